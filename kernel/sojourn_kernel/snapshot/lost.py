"""Placeholders for what was lost: any use raises, naming the variable, the cause and the cell to run again."""

from __future__ import annotations

from typing import Any, NoReturn

from ..told import Told


class SojournLost(RuntimeError):
    """What was used could not be kept over the move; ``told`` says why."""

    def __init__(self, told: Told) -> None:
        super().__init__(told.sentence())
        self.told = told

    def __reduce__(self) -> tuple[Any, ...]:
        return SojournLost, (self.told,)


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
        _use(self)


def _use(self: Lost, *_: Any, **__: Any) -> NoReturn:
    raise SojournLost(object.__getattribute__(self, "_sojourn_told"))


def told_of(value: Any) -> Told | None:
    """The told of a placeholder, or None for any other object."""
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
