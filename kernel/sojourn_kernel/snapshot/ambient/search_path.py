"""``sys.path``: what cells made of it, over the folders of the interpreter that the session goes on in."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from .provider import FIRST, Provider, provide

_of_before: list[list[str]] = []  # of the interpreter that the session comes from, where the path is put back next


def _put_start(_: Any, state: list[str]) -> None:
    _of_before[:] = [state]


def _put(_: Any, state: list[str]) -> None:
    sys.path[:] = moved(state, _of_before.pop(), list(sys.path)) if _of_before else state


def moved(path: list[str], before: list[str], here: list[str]) -> list[str]:
    """A path with the folders that one interpreter had at its start replaced by those that another has: what cells added and removed stays so."""
    gone = set(before) - set(here)
    new = [one for one in here if one not in before and one not in path]
    place = next((number for number, one in enumerate(path) if one in gone), len(path))
    return [one for one in path[:place] if one not in gone] + new + [one for one in path[place:] if one not in gone]


def _hold(_: Any) -> Callable[[], object]:
    before = list(sys.path)

    def put_back() -> None:
        sys.path[:] = before

    return put_back


def _start(_: Any) -> list[str]:
    return list(sys.path)


provide(
    Provider(
        "sys.path.start",
        "the folders of the interpreter",
        FIRST,
        _start,
        lambda _, base: base if sys.path != base else None,
        _put_start,
    )
)
provide(
    Provider(
        "sys.path",
        "sys.path",
        FIRST,
        _start,
        lambda _, base: list(sys.path) if sys.path != base else None,
        _put,
        hold=_hold,
    )
)
