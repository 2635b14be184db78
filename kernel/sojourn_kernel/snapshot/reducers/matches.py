"""Results of regular expressions: found again in the same text by the call that found them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

from ...told import Cause
from ..process.fork import Child
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


# An iterator of matches does not show its text, or how far it is: a forked child goes on to its end and tells


@reducer("_sre:SRE_Scanner", "_regex:Scanner")
def scanner(value: Any) -> Any:
    outcome = Child(lambda report: _rest(value)).wait()
    if outcome.result is None:
        raise CannotKeep(Cause.UNPICKLABLE, f"its text can't be read out ({outcome.problem or 'a large one'})")
    return scan_again, (value.pattern, *outcome.result)


def _rest(value: Any) -> tuple[Any, int, int, int] | None:
    """Text, first and last place, and how many matches were passed. It uses the scanner up."""
    left = list(islice(iter(value.search, None), LIMIT))
    if not left:
        return "" if isinstance(value.pattern.pattern, str) else b"", 0, 0, 0
    text, pos, endpos = left[0].string, left[0].pos, left[0].endpos
    there = [one.span() for one in islice(value.pattern.finditer(text, pos, endpos), 2 * LIMIT)]
    passed = len(there) - len(left)
    same = passed >= 0 and there[passed:] == [one.span() for one in left] and len(left) < LIMIT
    return (text, pos, endpos, passed) if same else None


def scan_again(pattern: Any, text: Any, pos: int, endpos: int, passed: int) -> Any:
    made = pattern.scanner(text, pos, endpos)
    for _ in range(passed if text else 1):
        made.search()
    return made


def _same(one: re.Match[Any], other: re.Match[Any]) -> bool:
    return one.regs == other.regs and one.lastindex == other.lastindex  # type: ignore[attr-defined]


def find_again(pattern: Any, text: Any, pos: int, endpos: int, how: str, number: int) -> Any:
    if how == "finditer":
        return next(islice(pattern.finditer(text, pos, endpos), number, None))
    return getattr(pattern, how)(text, pos, endpos)


def make_text_scanner(cls: Any, lexicon: Any, flags: int) -> Any:
    return cls(lexicon, flags)


@reducer("re:Scanner")
def text_scanner(value: Any) -> Any:
    """Its pattern is made of its lexicon, and has no text of its own; nor has that of its last match."""
    others = {name: held for name, held in vars(value).items() if name not in ("lexicon", "scanner")}
    made = make_text_scanner, (type(value), value.lexicon, value.scanner.flags)
    if not others:
        return made
    last, place = others.get("match"), None
    if isinstance(last, re.Match) and last.re is value.scanner:
        del others["match"]
        tried = enumerate(islice(_in_order(value.scanner, last.string), LIMIT))
        place = next(((last.string, number) for number, one in tried if _same(one, last)), None)
    return *made, (others, place), None, None, fill_text_scanner


def fill_text_scanner(made: Any, state: tuple[dict[str, Any], tuple[Any, int] | None]) -> None:
    others, place = state
    vars(made).update(others)
    if place is not None:
        text, number = place
        made.match = next(islice(_in_order(made.scanner, text), number, None))


def _in_order(pattern: Any, text: Any) -> Iterator[re.Match[Any]]:
    """The matches that the method ``scan`` goes through."""
    return iter(pattern.scanner(text).match, None)
