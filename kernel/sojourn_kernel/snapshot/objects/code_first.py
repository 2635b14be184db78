"""Classes made in cells that hold their own objects, in a set of all of them or a cache: what asks these for their hashes needs the class's code.

A class is made empty and then filled, so its objects among what fills it would be put under other hashes than those that they have, or not be sorted.
"""

from __future__ import annotations

import functools
import types
from typing import Any

from ..looking.classes import names_of
from ..lost import Absent
from .definitions import is_definition

_CODE = (types.FunctionType, property, classmethod, staticmethod, functools.cached_property)
_CONSTANT = (int, float, str, bytes, type(None))
_ASKED = ("__hash__", "__eq__", "__lt__", "__gt__", "__le__", "__ge__")
"What containers ask of what is put into them; equality alone leaves no hash."


class CodeOf:
    """Stands in a stream for a part of a class's code."""

    def __init__(self, cls: type, code: dict[str, Any]) -> None:
        self.cls, self.code = cls, code


def ahead(cls: type, attributes: dict[str, Any], reduced: tuple[Any, ...]) -> tuple[Any, ...]:
    """A class's reduction, with its code ahead of what fills it where that may ask for it."""
    make, arguments, state, *others, filler = reduced
    return (make, arguments, (code, filler, state), *others, fill) if (code := _parts(cls, attributes)) else reduced


def _parts(cls: type, attributes: dict[str, Any]) -> tuple[CodeOf, ...]:
    """A class's own hashing and ordering, and then what these may call; empty without any."""
    own = (names_of(base) for base in cls.__mro__ if is_definition(base))
    if not any(isinstance(held.get(name), types.FunctionType) for held in own for name in _ASKED if name != "__eq__"):
        return ()
    found = {name: attributes[name] for name in _ASKED if name in attributes}
    rest = {
        name: held
        for name, held in attributes.items()
        if name not in found and (isinstance(held, _CODE) or type(held) in _CONSTANT)
    }
    return CodeOf(cls, found), CodeOf(cls, rest)


def reduce(value: CodeOf) -> Any:
    return begun, (value.cls,), value.code, None, None, give


# What streams name


def begun(cls: Any) -> list[Any]:
    return [cls]


def give(made: list[Any], code: dict[str, Any]) -> None:
    for name, held in code.items() if type(made[0]) is not Absent else ():
        type.__setattr__(made[0], name, held)


def fill(made: Any, state: tuple[Any, Any, Any]) -> None:
    """Fill a class that has its code by now."""
    _, filler, whole = state
    filler(made, whole)
