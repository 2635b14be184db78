"""What makes the same as a package that is missing here: time zones of pytz, which pandas had before version 3, are zoneinfo's."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any


def _zone(name: str, *_: Any) -> datetime.tzinfo:
    from zoneinfo import ZoneInfo

    return ZoneInfo(name)


def _utc() -> datetime.tzinfo:
    return datetime.timezone.utc


def _fixed(minutes: int) -> datetime.tzinfo:
    return datetime.timezone(datetime.timedelta(minutes=minutes))


_MAKERS: dict[tuple[str, str], Callable[..., Any]] = {
    ("pytz", "_p"): _zone,
    ("pytz", "_UTC"): _utc,
    ("pytz", "FixedOffset"): _fixed,
}


def of(module: str, name: str) -> Callable[..., Any] | None:
    """What stands for the function by this name, which makes objects as streams say; None where there is no such."""
    return _MAKERS.get((module, name))
