"""Pointers inside ctypes' structures and arrays: set again to what they point to, where the structure holds that or the session has it."""

from __future__ import annotations

import ctypes
import gc
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ..aliasing import lenders

_SIZE = ctypes.sizeof(ctypes.c_void_p)
_TO_TEXT = bytes.__basicsize__ - 1  # from a text's object to its characters
_Data = ctypes.Structure.__base__ or ctypes.Structure
_Pointer = ctypes.POINTER(ctypes.c_int).__base__ or _Data
_Function = ctypes.CFUNCTYPE(None).__mro__[1]


@dataclass(frozen=True)
class _Place:
    """A pointer in a structure or array. offset: of its bytes. steps: fields' names and entries' numbers, and their numbers in ctypes' own keys."""

    kind: Any
    offset: int
    steps: tuple[str | int, ...] = ()
    numbers: tuple[int, ...] = ()

    def inner(self, kind: Any, offset: int, step: str | int, number: int) -> _Place:
        return _Place(kind, self.offset + offset, (*self.steps, step), (*self.numbers, number))


def settings(value: Any) -> tuple[bytes, list[tuple[Any, ...]]] | None:
    """The bytes of an instance without its pointers, and what sets these: for each its steps, how, and to what. None where one leads elsewhere."""
    data, found = bytearray(bytes(value)), []
    places = list(_places(_Place(type(value), 0)))
    if any(one.kind is None for one in places):
        return None
    for place in places:
        address = int.from_bytes(data[place.offset : place.offset + _SIZE], sys.byteorder)
        data[place.offset : place.offset + _SIZE] = bytes(_SIZE)
        if address:
            if (how := _how(value, place, address)) is None:
                return None
            found.append((place.steps, *how))
    return bytes(data), found


def _places(of: _Place) -> Iterator[_Place]:
    """Where an instance has pointers; one of no kind where members lie over one another."""
    kind = of.kind
    if issubclass(kind, ctypes.Array):
        size = ctypes.sizeof(kind._type_)
        for at in range(kind._length_):
            yield from _places(of.inner(kind._type_, at * size, at, at))
    elif issubclass(kind, ctypes.Structure):
        fields = [entry for base in reversed(kind.__mro__) for entry in vars(base).get("_fields_", ())]
        for at, (name, inner, *bits) in enumerate(fields):
            if not bits:
                yield from _places(of.inner(inner, getattr(kind, name).offset, name, at))
    elif issubclass(kind, ctypes.Union):
        yield _Place(None, of.offset)
    elif not issubclass(kind, ctypes._SimpleCData) or kind._type_ in "zZPO":
        yield of


def _how(value: Any, place: _Place, address: int) -> tuple[Any, ...] | None:
    """How a pointer is set again, and to what."""
    kept = list(_data_in(_kept_for(value._objects, place.numbers)))
    kind = place.kind
    letter = kind._type_ if issubclass(kind, ctypes._SimpleCData) else ""
    if letter == "O":
        return next((("to", one) for one in kept if id(one) == address), None)
    if letter == "Z":
        texts = [one for one in kept if type(one).__name__ == "PyCapsule"]
        return ("to", ctypes.wstring_at(address)) if len(texts) == 1 else None
    if issubclass(kind, _Function):
        called = [one for thunk in kept for one in gc.get_referents(thunk) if _is_called(thunk, one)]
        return ("call", kind, called[0]) if len(called) == 1 else None
    for one in kept:
        if type(one) is bytes and id(one) + _TO_TEXT == address:
            return "to", one
        if issubclass(type(one), _Data) and ctypes.addressof(one) == address:
            same = issubclass(kind, _Pointer) and issubclass(type(one), kind._type_)
            return ("at", one) if same else ("cast", kind, one)
    size = ctypes.sizeof(kind._type_) if issubclass(kind, _Pointer) else 1
    held = lenders.holder(address, size)
    return None if held is None else ("into", kind, *held, size)


def is_pointer(value: Any) -> bool:
    return issubclass(type(value), _Pointer)


def kept_around(pointer: Any, value: Any) -> tuple[Any, int] | None:
    """What a pointer keeps alive whose memory an instance is part of, and where in that it begins."""
    start, size = ctypes.addressof(value), ctypes.sizeof(value)
    for one in _data_in(pointer._objects):
        if issubclass(type(one), _Data) and not is_pointer(one):
            offset = start - ctypes.addressof(one)
            if 0 <= offset <= ctypes.sizeof(one) - size:
                return one, offset
    return None


def _is_called(thunk: Any, one: Any) -> bool:
    return type(thunk).__name__ == "CThunkObject" and callable(one) and not isinstance(one, type)


def _kept_for(kept: Any, numbers: tuple[int, ...]) -> Any:
    """What an instance keeps alive for one of its pointers: ctypes numbers fields from the inner one to the outer one."""
    if not isinstance(kept, dict):
        return None
    for cut in range(len(numbers), 0, -1):
        one = kept.get(":".join(f"{number:x}" for number in reversed(numbers[:cut])))
        if one is not None:
            return one if cut == len(numbers) else _kept_for(one, numbers[cut:])
    return None


def _data_in(kept: Any, depth: int = 4) -> Iterator[Any]:
    """What is in the dicts and tuples in which ctypes keeps things alive, nearest first."""
    parts = list(kept.values()) if type(kept) is dict else list(kept) if type(kept) is tuple else None
    if parts is None:
        yield kept
    elif depth:
        for part in parts:
            yield from _data_in(part, depth - 1)


# What streams name


def with_pointers(cls: Any, data: bytes) -> Any:
    return cls.from_buffer_copy(data)


def set_pointers(made: Any, found: list[tuple[Any, ...]]) -> None:
    for steps, how, *what in found:
        owner = made
        for step in steps[:-1]:
            owner = owner[step] if isinstance(step, int) else getattr(owner, step)
        last, value = steps[-1], _pointing(how, *what)
        if isinstance(last, int):
            owner[last] = value
        else:
            setattr(owner, last, value)


def _pointing(how: str, *what: Any) -> Any:
    if how == "at":
        return ctypes.pointer(what[0])
    if how == "cast":
        return ctypes.cast(what[1], what[0])
    if how == "call":
        return what[0](what[1])
    if how == "into":
        return into(*what)
    return what[0]


def into(kind: Any, owner: Any, offset: int, size: int) -> Any:
    """A pointer to a place in the memory of what the session has."""
    memory = lenders.lent(owner, offset, size, True)
    return ctypes.cast((ctypes.c_char * memory.nbytes).from_buffer(memory), kind)  # which keeps the memory
