"""Progress bars: their count and what they show; one in the middle of its loop is told."""

from __future__ import annotations

from typing import Any

from ...told import Cause
from . import CannotKeep, reducer


def make_tqdm(cls: type, options: dict[str, Any], count: int) -> Any:
    made = cls(None, **options)
    made.n = made.last_print_n = count
    return made


def fill_tqdm(made: Any, shown: dict[str, Any]) -> None:
    made.__dict__.update(shown)


@reducer("tqdm.std:tqdm")
def tqdm(value: Any) -> Any:
    if value.disable:  # it has given itself no further attributes
        return make_tqdm, (type(value), {"total": value.total, "disable": True}, value.n)
    if getattr(value, "iterable", None) is not None and value.n not in (0, value.total):
        raise CannotKeep(Cause.LIVE_RESOURCE, "a progress bar in the middle of its loop can't be kept")
    options = {
        "total": value.total,
        "desc": (value.desc or "").removesuffix(": ") or None,
        "unit": value.unit,
        "disable": False,
    }
    return (
        make_tqdm,
        (type(value), options, value.n),
        {"postfix": value.postfix, "desc": value.desc},
        None,
        None,
        fill_tqdm,
    )
