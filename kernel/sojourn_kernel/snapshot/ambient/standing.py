"""What a call has set whose object can take it back, as ``opt = xr.set_options(…)`` by ``opt.__exit__(…)``, and whether that still stands.

A setting that was taken back is not to be made again. One of which nothing was seen counts as standing.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from ..looking.classes import inherited
from . import unnamed_settings as unnamed
from .call_rules import PLAIN
from .reached_state import MISSING, Change, held_at

_TAKE_BACK = (
    "__exit__",
    "close",
    "reset",
    "remove",
    "undo",
    "restore",
    "cancel",
    "dispose",
    "disconnect",
    "unsubscribe",
)


def can_be_taken_back(result: Any) -> bool:
    """Whether what a call gave has a method that takes back what the call set."""
    cls = type(result)
    return not issubclass(cls, (*PLAIN, type)) and any(inherited(cls, name) is not None for name in _TAKE_BACK)


def set_by(was: unnamed.Before | None) -> tuple[Change, ...]:
    """What a call has just set, as far as it is seen."""
    with contextlib.suppress(Exception):  # objects of a library's may raise anything
        return tuple(replace(one, was=MISSING) for one in unnamed.settings_among(was)) if was is not None else ()
    return ()


def seen_before(text: str, namespace: Mapping[str, Any]) -> unnamed.Before | None:
    """What is seen before a call that is known to set something."""
    with contextlib.suppress(Exception):
        return unnamed.before(text, namespace)
    return None


def stands(changes: Iterable[Change]) -> bool:
    """Whether any of what a call set is still so, or nothing of it was seen."""
    changes = tuple(changes)
    return not changes or any(map(_stands, changes))


def _stands(change: Change) -> bool:
    holder = change.holder
    if type(holder) in (list, set):
        return any(one is change.now or (type(one) in PLAIN and one == change.now) for one in list(holder))
    if change.entry:
        there: bool = change.key in holder
        return there
    return _are_same(held_at(holder, change.key), change.now)


def _are_same(one: Any, other: Any) -> bool:
    """Objects of one class may have been put in each other's place by what keeps them."""
    return one is other or (type(one) is type(other) and (type(one) not in PLAIN or one == other))
