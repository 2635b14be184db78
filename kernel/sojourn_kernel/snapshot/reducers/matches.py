"""Results of regular expressions: found again in the same text by the call that found them."""

from __future__ import annotations

import re
from itertools import islice
from typing import Any

from ...told import Cause
from . import CannotKeep, reducer

LIMIT = 100_000  # matches that are tried


@reducer("re:Match", "_regex:Match")
def match(value: re.Match[Any]) -> Any:
    """A match says neither which call made it nor its number among many: that is tried once, here."""
    pattern, place = value.re, (value.string, value.pos, value.endpos)
    for how in ("match", "fullmatch", "search"):
        found = getattr(pattern, how)(*place)
        if found is not None and _same(found, value):
            return find_again, (pattern, *place, how, 0)
    for number, found in enumerate(islice(pattern.finditer(*place), LIMIT)):
        if _same(found, value):
            return find_again, (pattern, *place, "finditer", number)
    raise CannotKeep(Cause.UNPICKLABLE, "this match can't be found again in its text")


def _same(one: re.Match[Any], other: re.Match[Any]) -> bool:
    return one.regs == other.regs and one.lastindex == other.lastindex  # type: ignore[attr-defined]


def find_again(pattern: Any, text: Any, pos: int, endpos: int, how: str, number: int) -> Any:
    if how == "finditer":
        return next(islice(pattern.finditer(text, pos, endpos), number, None))
    return getattr(pattern, how)(text, pos, endpos)
