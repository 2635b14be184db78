"""Classes made in cells over a library's class whose own pickling makes objects of that one again, whatever it is given (numpy's scalars and generators)."""

from __future__ import annotations

import copyreg
import sys
from collections.abc import Callable
from typing import Any

from .. import rebuild
from ..libraries import whose
from ..looking.classes import module_of, names_of, qualname_of
from ..lost import stands_for_lost
from . import contents

_REDUCING = ("__reduce__", "__reduce_ex__")


def of_class(cls: type, decision: Callable[[Any], Any] | None) -> Callable[[Any], Any] | None:
    """The way in which objects of a class are reduced, so that they are made as what they are."""
    librarys = next((base for base in cls.__mro__ if not _is_the_sessions(base)), object)
    own = cls.__mro__[: cls.__mro__.index(librarys)]
    if not own or any(contents.PICKLING & names_of(base).keys() for base in own):
        return decision
    if librarys not in copyreg.dispatch_table and all(
        getattr(librarys, name, None) is getattr(object, name) for name in _REDUCING
    ):
        return decision

    def reduce(value: Any) -> Any:
        reduced = contents.reduced_by(decision, value)
        if not isinstance(reduced, tuple) or _mentions(cls, reduced):
            return reduced
        make, arguments, state, items, pairs, setter = (*reduced, None, None, None, None)[:6]
        parts = contents.parts_of_state(value)
        if not any(parts):
            return make_as, (cls, make, arguments), state, items, pairs, setter
        return make_as, (cls, make, arguments), (state, setter, parts), items, pairs, fill

    return reduce


def _is_the_sessions(cls: type) -> bool:
    return module_of(cls) == "__main__" or whose.has_class(cls)


def _mentions(cls: type, reduced: tuple[Any, ...]) -> bool:
    """Whether what makes an object is told of its class."""
    make, arguments, *_ = reduced
    return any(one is cls or getattr(one, "__self__", None) is cls for one in (make, *arguments))


# What streams name


def make_as(cls: type, make: Any, arguments: tuple[Any, ...]) -> Any:
    """An object of a cell's class, of what its library makes. Raises TypeError where that can't become one."""
    made = make(*arguments)
    base: Any = type(made)
    if base is cls or stands_for_lost(made):
        return made
    given = _given_to_make(base, made, make, arguments)
    if given is not None and issubclass(cls, base):
        one = base.__new__(cls, *given)
        base.__init__(one, *given)
        return one
    try:
        made.__class__ = cls
    except (TypeError, AttributeError):
        raise TypeError(
            f"its library's pickling makes a {qualname_of(base)} of a {qualname_of(cls)}, which it can't become"
        ) from None
    return made


def _given_to_make(base: Any, made: Any, make: Any, arguments: tuple[Any, ...]) -> tuple[Any, ...] | None:
    """What the constructor of the base makes another one like this of; None where that is not known."""
    if make is base:
        return arguments
    numpy = sys.modules.get("numpy")
    if numpy is not None and issubclass(base, numpy.generic):
        return (made,)
    if numpy is not None and base is numpy.random.Generator:
        return (made.bit_generator,)
    if numpy is not None and base is numpy.random.RandomState:
        return (made._bit_generator,)
    return None


def fill(made: Any, parts: tuple[Any, Any, Any]) -> None:
    """Give an object its library's state, and the attributes that the session gave it."""
    state, setter, own = parts
    if stands_for_lost(made):
        return
    if state is not None:
        rebuild.give_state_by(setter, made, state)
    rebuild.set_state(made, own)
