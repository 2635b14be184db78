"""Placeholders for what was lost: any use raises, naming the variable, the cause and the cell to run again."""

from __future__ import annotations

import threading
import types
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from ..told import Cause, Told

_loading = threading.local()


@contextmanager
def loading() -> Iterator[list[Lost]]:
    """While the body loads a piece, its stream may fill in placeholders, without effect; yields those that were made."""
    before = getattr(_loading, "made", None)
    _loading.made = []
    try:
        yield _loading.made
    finally:
        _loading.made = before


def lose(cause: Cause, reason: str) -> Lost:
    """A placeholder for something that can't be made again here; whoever loads the piece names it and tells."""
    made = Lost(Told("", cause, reason))
    if getattr(_loading, "made", None) is not None:
        _loading.made.append(made)
    return made


def name_loss(lost: Lost, told: Told) -> None:
    object.__setattr__(lost, "_sojourn_told", told)


class Absent(type):
    """Class of what stands for a class or function that can't be imported here."""

    _sojourn_told: Told

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        told = cls._sojourn_told
        if getattr(_loading, "made", None) is None:
            raise SojournLost(told)
        return lose(told.cause, told.reason)

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__") or name.startswith(("_repr_", "_ipython_")):
            raise AttributeError(name)
        raise SojournLost(cls._sojourn_told)

    def __repr__(cls) -> str:
        return f"<lost: {cls._sojourn_told.sentence()}>"


def absent(name: str, cause: Cause, reason: str) -> Absent:
    """Stands for a class or function: using it raises, and what a stream makes with it is lost as well."""

    def new(cls: Any, *args: Any, **kwargs: Any) -> Any:
        return lose(cause, reason)

    return Absent(name.rpartition(".")[2], (), {"__new__": new, "_sojourn_told": Told(name, cause, reason)})


def reduce_absent(cls: Absent) -> tuple[Any, ...]:
    """It stays what it is when the session moves on: a class made anew by its metaclass would not know what it stands for."""
    told = cls._sojourn_told
    return absent, (told.name, told.cause, told.reason)


class SojournLost(RuntimeError):
    """What was used could not be kept over the move; ``told`` says why."""

    def __init__(self, told: Told | str) -> None:
        # Libraries that carry an error on make it again from its text.
        super().__init__(told if isinstance(told, str) else told.sentence())
        self.told = Told("", Cause.UNPICKLABLE, told) if isinstance(told, str) else told

    def __reduce__(self) -> tuple[Any, ...]:
        return SojournLost, (self.told,)


def lost_function(lost: Lost) -> Any:
    """Stands for a function whose code could not be kept: it can be held, and shown, and says when it is called what became of it."""

    def call(*_: Any, **__: Any) -> Any:
        raise SojournLost(object.__getattribute__(lost, "_sojourn_told"))

    return call


_CALL = next(one for one in lost_function.__code__.co_consts if isinstance(one, types.CodeType))


def lost_code(function: types.FunctionType) -> Lost | None:
    """What a function stands for that has no code of its own."""
    lost = function.__closure__[0].cell_contents if function.__code__ is _CALL and function.__closure__ else None
    return lost if isinstance(lost, Lost) else None


def found_again(functions: Iterable[types.FunctionType]) -> None:
    """These are not lost after all: something else stands in their place."""
    gone = {id(lost) for one in functions if (lost := lost_code(one)) is not None}
    made = getattr(_loading, "made", None) or []
    made[:] = [one for one in made if id(one) not in gone]


class Lost:
    """Stands where something was that could not be kept. Showing it is safe; every use raises SojournLost."""

    __slots__ = ("__weakref__", "_sojourn_told")

    def __init__(self, told: Told) -> None:
        object.__setattr__(self, "_sojourn_told", told)

    def __repr__(self) -> str:
        return f"<lost: {object.__getattribute__(self, '_sojourn_told').sentence()}>"

    def __reduce_ex__(self, protocol: Any) -> tuple[Any, ...]:
        return Lost, (object.__getattribute__(self, "_sojourn_told"),)

    def __getattribute__(self, name: str) -> Any:
        # What the interpreter and displays ask of any object is answered; the rest is use.
        if name in ("__class__", "__reduce_ex__", "__repr__", "__doc__", "__module__", "__dict__", "__slots__"):
            return object.__getattribute__(self, name)
        if name.startswith(("_repr_", "_ipython_")):
            raise AttributeError(name)
        if name in _FILLING and getattr(_loading, "made", None) is not None:
            return _nothing
        return _use(self)


# What unpickling calls on what it has just made.
_FILLING = ("__setstate__", "append", "extend", "add", "update")


def _nothing(*_: Any, **__: Any) -> None:
    return None


def _use(self: Lost, *_: Any, **__: Any) -> Any:
    raise SojournLost(object.__getattribute__(self, "_sojourn_told"))


def _fill(self: Lost, *_: Any) -> None:
    if getattr(_loading, "made", None) is None:
        _use(self)


def stands_for_lost(made: Any) -> bool:
    """Whether what a stream made is a placeholder, or made of one for its class, and takes no state."""
    return type(made) is Lost or isinstance(made, Absent)


def told_of(value: Any) -> Told | None:
    """The told of a placeholder, or None for any other object."""
    if type(value) is Absent:
        return value._sojourn_told
    return object.__getattribute__(value, "_sojourn_told") if type(value) is Lost else None


_USES = [
    "call",
    "getitem",
    "setitem",
    "delitem",
    "contains",
    "iter",
    "next",
    "len",
    "bool",
    "int",
    "float",
    "complex",
    "index",
    "str",
    "bytes",
    "format",
    "hash",
    "reversed",
    "setattr",
    "delattr",
    "enter",
    "exit",
    "aenter",
    "aexit",
    "await",
    "aiter",
    "anext",
    "get",
    "set",
    "lt",
    "le",
    "gt",
    "ge",
    "eq",
    "ne",
    "add",
    "sub",
    "mul",
    "matmul",
    "truediv",
    "floordiv",
    "mod",
    "divmod",
    "pow",
    "lshift",
    "rshift",
    "and",
    "or",
    "xor",
    "radd",
    "rsub",
    "rmul",
    "rmatmul",
    "rtruediv",
    "rfloordiv",
    "rmod",
    "rdivmod",
    "rpow",
    "rlshift",
    "rrshift",
    "rand",
    "ror",
    "rxor",
    "iadd",
    "isub",
    "imul",
    "imatmul",
    "itruediv",
    "ifloordiv",
    "imod",
    "ipow",
    "ilshift",
    "irshift",
    "iand",
    "ior",
    "ixor",
    "neg",
    "pos",
    "abs",
    "invert",
    "round",
    "trunc",
    "floor",
    "ceil",
    "fspath",
    "array",
    "buffer",
]
for _name in _USES:
    if _name not in ("get", "set", "array", "buffer"):
        setattr(Lost, f"__{_name}__", _use)
setattr(Lost, "__setitem__", _fill)  # noqa: B010
