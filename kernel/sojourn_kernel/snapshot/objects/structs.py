"""Objects of C code that are the values of their properties and nothing else: key points of OpenCV, parameters of an algorithm.

Their class has no methods, makes one without arguments, and takes each value back. Whether that is all is tried before it is believed.
"""

from __future__ import annotations

import copyreg
import sys
import types
from collections.abc import Callable
from typing import Any

from ..looking.classes import module_of, names_of

_WRITABLE = (types.GetSetDescriptorType, types.MemberDescriptorType, property)
_NO_METHOD = (staticmethod, classmethod, types.ClassMethodDescriptorType, types.BuiltinFunctionType, int, type)
_PLAIN = (int, float, complex, str, bytes, bool, type(None))


def decision(cls: type) -> Callable[[Any], Any] | None:
    """How objects of such a class are reduced; None for any other class."""
    names = _properties(cls)
    if not names:
        return None

    def reduce(value: Any) -> Any:
        try:
            return value.__reduce_ex__(5)
        except TypeError:
            state = {name: getattr(value, name) for name in names}
            if not all(map(is_plain, state.values())) or not _is_all(cls, state):
                raise
            return cls, (), state, None, None, put

    return reduce


def _properties(cls: type) -> tuple[str, ...]:
    """Names of what a class of C code shows, where it shows nothing else and has no pickling."""
    in_python = cls.__new__ is object.__new__ or isinstance(cls.__new__, types.FunctionType)
    home = module_of(cls).partition(".")[0]
    if (
        in_python
        or home == "__main__"
        or home in sys.stdlib_module_names
        or cls.__dictoffset__
        or cls in copyreg.dispatch_table
    ):
        return ()
    if cls.__reduce_ex__ is not object.__reduce_ex__ or cls.__reduce__ is not object.__reduce__:
        return ()
    found: list[str] = []
    for base in cls.__mro__[:-1]:
        for name, held in names_of(base).items():
            if isinstance(held, _WRITABLE) and not name.startswith("__"):
                found.append(name)
            elif not name.startswith("_") and not isinstance(held, _NO_METHOD):
                return ()
    return tuple(dict.fromkeys(found))


def is_plain(value: Any) -> bool:
    """Whether a value is a number or text, or tuples and lists of them."""
    return all(map(is_plain, value)) if type(value) in (tuple, list) else type(value) in _PLAIN


def _is_all(cls: type, state: dict[str, Any]) -> bool:
    """Whether another object takes these values."""
    made = cls()
    put(made, state)
    return repr({name: getattr(made, name) for name in state}) == repr(state)


# What streams name


def put(made: Any, state: dict[str, Any]) -> None:
    for name, value in state.items():
        setattr(made, name, value)
