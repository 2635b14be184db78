"""Where a generator stands between two of its values: its place in the code, its variables and what it has on its stack.

CPython keeps that in a frame inside of the generator and shows only a part of it. It is read, and written into a generator of the same
code that has not begun, where it lies; whatever doesn't look as it should there is refused. The layouts are those of genobject.h and
pycore_frame.h (pycore_interpframe_structs.h) of each version.
"""

from __future__ import annotations

import ctypes
import sys
import types
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeAlias

from ..looking import pointers

Generator: TypeAlias = "types.GeneratorType[Any, Any, Any] | types.AsyncGeneratorType[Any, Any]"
_KINDS = (types.GeneratorType, types.AsyncGeneratorType)  # whose objects look alike


@dataclass(frozen=True)
class _Layout:
    """Offsets in bytes. caught, state, frame: in a generator, its error, its state and its frame; the others are in the frame.

    rest: None before there was one. suspended, begins: states of a generator between two values, and of one that has not begun.
    """

    caught: int
    state: int
    frame: int
    code: int
    function: int
    globals: int
    next: int
    top: int
    rest: int | None
    held: int
    suspended: tuple[int, ...]
    begins: int


def _layout() -> _Layout | None:
    version, word = sys.version_info[:2], pointers.SIZE
    if sys.implementation.name != "cpython" or version not in ((3, 11), (3, 12), (3, 13)):
        return None
    first = pointers.FIRST + (word if version == (3, 11) else 0)  # where 3.11 holds the code
    frame = (
        first + 7 * word
    )  # weak references, two names, two of errors, origin, four bytes with the state for the last
    code, function, globals = (4, 0, 1) if version == (3, 11) else (0, 2, 3)
    return _Layout(
        caught=first + 3 * word,
        state=frame - word + 3,
        frame=frame,
        code=code * word,
        function=function * word,
        globals=globals * word,
        next=7 * word,
        top=8 * word,
        rest=None if version == (3, 11) else 8 * word + 4,
        held=9 * word,
        suspended=(-2, -1) if version == (3, 13) else (-1,),
        begins=-3 if version == (3, 13) else -2,
    )


_LAYOUT = _layout()


class NotReadable(Exception):
    """It can't be told where a generator stands."""


@dataclass(frozen=True)
class Place:
    """Where a generator stands. at, rest, state: as its frame has them, the first from where one that has not begun stands.

    version, code: those of Python and of the function, which must be the same. held: variables and what is on the
    stack; () is nothing. caught: the error that it is handling.
    """

    at: int
    rest: int
    state: int
    version: tuple[int, int]
    code: bytes
    variables: int
    held: list[Any]
    caught: Any


class _Frame:
    """The frame in a generator, checked against what Python says of it."""

    def __init__(self, generator: Generator) -> None:
        shown = frame_of(generator)
        if _LAYOUT is None or shown is None:
            raise NotReadable("this Python's generators are not known")
        self.layout, self.generator = _LAYOUT, generator
        self.start = id(generator) + _LAYOUT.frame
        if (self._word(_LAYOUT.code), self._word(_LAYOUT.globals)) != (id(shown.f_code), id(shown.f_globals)):
            raise NotReadable("its frame is not where it should be")
        self.caught = ctypes.c_void_p.from_address(id(generator) + _LAYOUT.caught)
        self.state = ctypes.c_int8.from_address(id(generator) + _LAYOUT.state)
        self.next = ctypes.c_void_p.from_address(self.start + _LAYOUT.next)
        self.top = ctypes.c_int.from_address(self.start + _LAYOUT.top)
        self.rest = ctypes.c_uint16.from_address(self.start + _LAYOUT.rest) if _LAYOUT.rest is not None else None

    def _word(self, offset: int) -> int | None:
        return pointers.held_at(self.generator, self.layout.frame + offset)

    def slot(self, number: int) -> ctypes.c_void_p:
        return ctypes.c_void_p.from_address(self.start + self.layout.held + number * pointers.SIZE)

    def held(self) -> list[Any]:
        return [
            (pointers.object_at(one),) if (one := self.slot(number).value) else () for number in range(self.top.value)
        ]

    def error(self) -> Any:
        return pointers.object_at(self.caught.value) if self.caught.value else None

    def function(self) -> Any:
        return pointers.object_at(self._word(self.layout.function) or 0)


def frame_of(generator: Generator) -> types.FrameType | None:
    """The frame as Python shows it."""
    frame: types.FrameType | None = (
        generator.gi_frame if isinstance(generator, types.GeneratorType) else generator.ag_frame
    )
    return frame


def code_of(generator: Generator) -> types.CodeType:
    code: types.CodeType = generator.gi_code if isinstance(generator, types.GeneratorType) else generator.ag_code
    return code


def function_of(generator: Generator) -> Any:
    """The function whose generator it is. Raises NotReadable."""
    found = _Frame(generator).function()
    if type(found) is not types.FunctionType or found.__code__ is not code_of(generator):
        raise NotReadable("its function is another now")
    return found


def begun_by(function: types.FunctionType) -> Generator:
    """A generator of a function that has not begun, with nothing for its arguments: no line of it runs."""
    code = function.__code__
    names = code.co_varnames[code.co_argcount : code.co_argcount + code.co_kwonlyargcount]
    made = function(*[None] * code.co_argcount, **dict.fromkeys(names))
    if type(made) not in _KINDS or code_of(made) is not code:
        raise NotReadable("its function gives another")
    found: Generator = made
    return found


def read(generator: Generator) -> Place:
    """Where a generator stands. Raises NotReadable."""
    frame, fresh = _Frame(generator), _Frame(begun_by(function_of(generator)))
    code, variables, top = code_of(generator), fresh.top.value, frame.top.value
    if frame.state.value not in frame.layout.suspended or fresh.state.value != frame.layout.begins:
        raise NotReadable("it runs")
    if not code.co_nlocals <= variables <= top <= variables + code.co_stacksize:
        raise NotReadable("its stack is not as it should be")
    at = (frame.next.value or 0) - (fresh.next.value or 0)
    if not -len(code.co_code) < at < len(code.co_code):
        raise NotReadable("its place is not in its code")
    rest = frame.rest.value if frame.rest is not None else 0
    return Place(
        at, rest, frame.state.value, sys.version_info[:2], code.co_code, variables, frame.held(), frame.error()
    )


def check(generator: Generator, place: Place) -> None:
    """Raise NotReadable where a place is none in the code of a generator that has not begun."""
    if place.version != sys.version_info[:2] or place.code != code_of(generator).co_code:
        raise NotReadable("its code is another here")
    frame = _Frame(generator)
    if frame.state.value != frame.layout.begins or frame.top.value != place.variables:
        raise NotReadable("it has begun")


def go_on(generator: Generator, place: Place) -> None:
    """Have a generator that has not begun stand at a place."""
    check(generator, place)
    frame = _Frame(generator)
    for number, one in enumerate(place.held):
        _put(frame.slot(number), one, held=number < place.variables)
    _put(frame.caught, () if place.caught is None else (place.caught,))
    frame.top.value = len(place.held)
    frame.next.value = (frame.next.value or 0) + place.at
    if frame.rest is not None:
        frame.rest.value = place.rest
    frame.state.value = place.state


def _put(slot: ctypes.c_void_p, one: tuple[Any, ...], held: bool = True) -> None:
    """Have a slot hold a value, or nothing. held: whether it holds what is there before."""
    before = slot.value if held else None
    for value in one:
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(value))
    slot.value = id(one[0]) if one else None
    if before:
        ctypes.pythonapi.Py_DecRef(ctypes.c_void_p(before))


_waiting: list[tuple[Generator, Place]] | None = None


@contextmanager
def loading() -> Iterator[None]:
    """While inside, generators are left as they are made, and go on from their places only when all was loaded.

    One that is let go runs what its code has for its end, which is for the session's own alone.
    """
    global _waiting
    before, _waiting = _waiting, []
    try:
        yield
        for generator, place in _waiting:
            go_on(generator, place)
    finally:
        _waiting = before


def later(generator: Generator, place: Place) -> None:
    """Have a generator go on from a place once what is being loaded is there."""
    check(generator, place)
    if _waiting is None:
        go_on(generator, place)
    else:
        _waiting.append((generator, place))
