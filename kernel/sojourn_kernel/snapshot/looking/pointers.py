"""What an object made in C holds and lets nobody set: exchanged where it lies."""

from __future__ import annotations

import ctypes
from typing import Any

FIRST = object.__basicsize__  # where an object holds the first thing of its own: right after what every object has
SIZE = ctypes.sizeof(ctypes.c_void_p)  # bytes of an address


def held_at(owner: Any, offset: int) -> int | None:
    """The address of what an object holds at an offset."""
    return ctypes.c_void_p.from_address(id(owner) + offset).value


def object_at(address: int) -> Any:
    """The object that lies at an address."""
    return ctypes.cast(address, ctypes.py_object).value


def exchange(owner: Any, offset: int, value: Any) -> None:
    """Have an object hold another value at an offset, and let go of the one before, if there is one."""
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(value))
    _put(owner, offset, id(value))


def empty(owner: Any, offset: int) -> None:
    """Have an object hold nothing at an offset."""
    _put(owner, offset, None)


def _put(owner: Any, offset: int, address: int | None) -> None:
    place = ctypes.c_void_p.from_address(id(owner) + offset)
    before = ctypes.cast(place, ctypes.py_object) if place.value else None
    place.value = address
    if before is not None:
        ctypes.pythonapi.Py_DecRef(before)
