"""Libraries whose ``__setstate__`` calls ``self.__init__`` with what their own constructor takes: that of a cell's class may take something else."""

from __future__ import annotations

import copyreg
import types
from collections.abc import Callable
from typing import Any

from ..looking.classes import names_of
from ..looking.codes import nested
from .contents import reduced_by
from .definitions import is_definition


def of_class(cls: type, decision: Callable[[Any], Any] | None) -> Callable[[Any], Any] | None:
    """The way in which objects of a class are reduced, with their library's constructor in the place of the cell's."""
    librarys = next((base for base in cls.__mro__ if not is_definition(base)), object)
    own = cls.__mro__[: cls.__mro__.index(librarys)]
    if not any("__init__" in names_of(one) for one in own) or any("__setstate__" in names_of(one) for one in own):
        return decision
    if not _constructs(librarys) or cls in copyreg.dispatch_table:
        return decision

    def reduce(value: Any) -> Any:
        reduced = reduced_by(decision, value)
        if not isinstance(reduced, tuple) or len(reduced) < 3 or reduced[2] is None:
            return reduced
        make, arguments, state, items, pairs, own_setter = (*reduced, None, None, None)[:6]
        if own_setter is not None:
            return reduced
        return make, arguments, (librarys, state), items, pairs, give_state_as

    return reduce


def _constructs(cls: type) -> bool:
    """Whether a class's own way to take a state calls a constructor, or that of one of its bases does."""
    setters = (names_of(base).get("__setstate__") for base in cls.__mro__)
    codes = [one for setter in setters if isinstance(setter, types.FunctionType) for one in nested(setter.__code__)]
    return any("__init__" in one.co_names for one in codes)


def give_state_as(made: Any, parts: tuple[type, Any]) -> None:
    """Give an object its state as one of its library's class, which it is for that time."""
    librarys, state = parts
    cls = type(made)
    try:
        object.__setattr__(made, "__class__", librarys)
    except TypeError:  # another layout
        made.__setstate__(state)
        return
    try:
        made.__setstate__(state)
    finally:
        object.__setattr__(made, "__class__", cls)
