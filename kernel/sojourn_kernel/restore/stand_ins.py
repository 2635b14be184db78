"""What stands for what is missing here, or not there under its name, and makes the same: time zones of pytz, which pandas had before
version 3, are zoneinfo's; a module that its package had under another name (``numpy.rec`` before numpy 2) is an attribute of it.
"""

from __future__ import annotations

import datetime
import functools
import importlib
import types
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
    ("IPython.core.history", "HistoryOutput"): types.SimpleNamespace,  # IPython 8 keeps none
}


def of(module: str, name: str) -> Callable[..., Any] | None:
    """What stands for the function or class by this name, which makes objects as streams say; None where there is no such."""
    return _MAKERS.get((module, name)) or _in_attribute(module, name)


def _in_attribute(module: str, name: str) -> Any:
    above, _, last = module.rpartition(".")
    try:
        return functools.reduce(getattr, [last, *name.split(".")], importlib.import_module(above))
    except (ImportError, AttributeError, ValueError):
        return None
