"""What was let go of while its name stayed: released views, streams without what they stood on, iterators of what changed under them.

Each use of one raises, and so does each use of what is made in its place.
"""

from __future__ import annotations

import ctypes
import io
from typing import Any

from ..looking import pointers

_SIZE_AT_START = pointers.FIRST + pointers.SIZE
"Where an iterator of a dictionary or a set has the size that this had, right behind what it goes through."
_HAS_RAISED = -1  # in its place, from then on


def is_released(value: memoryview) -> bool:
    try:
        _ = value.nbytes
    except ValueError:
        return True
    return False


def knows_its_hash(value: memoryview) -> bool:
    """Whether a released view still has the hash of what it showed, since that was asked for before."""
    try:
        hash(value)
    except ValueError:
        return False
    return True


def is_detached(value: Any) -> bool:
    """Whether what a stream of text or a buffer stood on was taken away; one that never had any says something else."""
    try:
        _ = value.closed
    except ValueError as error:
        return "detached" in str(error)
    return False


def has_raised(value: Any) -> bool:
    """Whether an iterator of a dictionary or a set has found out that this changed its size, which it says ever after."""
    known = iter({0: 0, 1: 1}) if "dict" in type(value).__name__ else iter({0, 1})
    return _size_at_start(known) == len((0, 1)) and _size_at_start(value) == _HAS_RAISED


def _size_at_start(value: Any) -> int:
    return ctypes.c_ssize_t.from_address(id(value) + _SIZE_AT_START).value


# What streams name


def released_view() -> memoryview:
    made = memoryview(b"")
    made.release()
    return made


def detached_text(how: dict[str, Any]) -> io.TextIOWrapper:
    made = io.TextIOWrapper(io.BytesIO(), **how)
    made.detach()
    return made


def detached_buffer(cls: Any) -> Any:
    made = cls(io.BytesIO())
    made.detach()
    return made


_OVER: dict[str, Any] = {"key": dict.keys, "value": dict.values, "item": dict.items}


def over_a_changed_dict(kind: str, backwards: bool) -> Any:
    changed: dict[int, int] = {}
    view = _OVER[kind](changed)
    made: Any = reversed(view) if backwards else iter(view)
    changed[0] = 0
    return _raising(made)


def over_a_changed_set() -> Any:
    changed = set[int]()
    made = iter(changed)
    changed.add(0)
    return _raising(made)


def _raising(made: Any) -> Any:
    try:
        next(made)
    except RuntimeError:
        return made
    raise TypeError("an iterator goes on here though what it goes through has changed")
