"""Whether unpickling may make an empty object of a class, and fill it then."""

from __future__ import annotations

import copyreg
import types
from typing import Any

from ..libraries import whose
from ..looking.classes import inherited, made_in_c, names_of, slot_names
from . import contents


def answers_everything(cls: type) -> bool:
    """A class with ``__getattr__`` and no pickling of its own: an empty object asked for ``__setstate__`` may say yes, or never end."""
    names = {name for base in cls.__mro__ if base is not object for name in base.__dict__}
    own = contents.PICKLING | contents.ARGUMENTS
    return "__getattr__" in names and not names & own and cls not in copyreg.dispatch_table


def refuses_its_slots(cls: type) -> bool:
    """Whether unpickling would set slots by a ``__setattr__`` of a library's that lets nobody set them."""
    if (
        cls.__setattr__ is object.__setattr__
        or cls in copyreg.dispatch_table
        or any(b in _LAYOUTS for b in cls.__mro__)
    ):
        return False
    names = {name for base in cls.__mro__ if base is not object for name in vars(base)}
    if names & (contents.PICKLING | contents.ARGUMENTS):
        return False
    return bool(slot_names(cls))


def refuses_its_own_state(cls: type) -> bool:
    """Whether a class's compiled way to take a state sets attributes by a ``__setattr__`` in Python that lets nobody set them: frozen dataclasses
    that mypyc compiled (plum's dispatchers)."""
    if "__mypyc_attrs__" not in names_of(cls) or cls in copyreg.dispatch_table:
        return False
    return isinstance(cls.__setattr__, types.FunctionType) and cls.__reduce_ex__ is object.__reduce_ex__


def looks_at_what_is_asked(cls: type) -> bool:
    """A class with a ``__getattribute__`` in Python and no pickling of its own: unpickling asks an empty object of it for its ``__dict__``, where the
    class may need what it does not have yet (salabim's ``_dynamics``)."""
    bases = cls.__mro__[:-1]
    asked = inherited(cls, "__getattribute__")
    if not isinstance(asked, types.FunctionType) or cls in copyreg.dispatch_table or any(map(made_in_c, bases)):
        return False
    own = contents.PICKLING | contents.ARGUMENTS
    return not any(own & names_of(base).keys() for base in bases)


def wants_arguments(cls: type) -> bool:
    """Whether unpickling would call a ``__new__`` that needs arguments, or makes another kind without them, and the class does not say which."""
    new = cls.__new__
    if not isinstance(new, types.FunctionType) or cls.__reduce_ex__ is not object.__reduce_ex__:
        return False
    if cls.__reduce__ is not object.__reduce__ or hasattr(cls, "__getnewargs__"):
        return False
    if hasattr(cls, "__getnewargs_ex__") or cls in copyreg.dispatch_table or any(b in _LAYOUTS for b in cls.__mro__):
        return False
    code, given = new.__code__, len(new.__defaults__ or ())
    keywords = code.co_kwonlyargcount - len(new.__kwdefaults__ or {})
    return code.co_argcount - given > 1 or keywords > 0 or _makes_another_kind(cls)


def _makes_another_kind(cls: type) -> bool:
    """Whether a library's ``__new__`` makes something else without arguments; asked once, and never of the user's classes."""
    if any(whose.has_class(base) for base in cls.__mro__):
        return False
    new: Any = cls.__new__
    if id(cls) not in _kinds:
        try:
            another = type(new(cls)) is not cls
        except Exception:  # then unpickling could not call it either
            another = True
        _kinds[id(cls)] = cls, another
    return _kinds[id(cls)][1]


# Instances of these hold more than attributes.
_LAYOUTS = (int, float, complex, str, bytes, bytearray, tuple, frozenset, set, list, dict, type, BaseException)
_kinds: dict[int, tuple[type, bool]] = {}  # by id: a metaclass may answer no hash
