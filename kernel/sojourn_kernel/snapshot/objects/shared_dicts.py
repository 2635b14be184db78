"""Objects of libraries' classes whose attributes are a dictionary that their class holds, the same for all of them (accelerate's states): Borgs."""

from __future__ import annotations

import copyreg
import types
from collections.abc import Callable
from typing import Any

from .. import rebuild
from ..libraries import places, whose
from ..looking.classes import module_of, names_of, qualname_of
from ..lost import stands_for_lost
from . import contents
from .definitions import is_definition

_OWN = "__dict__"
_MAKING = ("__init__", "__new__")


def of_class(cls: type, decision: Callable[[Any], Any] | None) -> Callable[[Any], Any] | None:
    """The way in which objects of a class are reduced, with the class's dictionary for their attributes where that is what they have."""
    bases = [base for base in cls.__mro__[:-1] if not (is_definition(base) or whose.has_class(base))]
    if cls in copyreg.dispatch_table or not cls.__dictoffset__ or not any(map(_gives_a_dict, bases)):
        return decision
    if any((contents.PICKLING | contents.ARGUMENTS) & names_of(base).keys() for base in cls.__mro__[:-1]):
        return decision

    def reduce(value: Any) -> Any:
        held = object.__getattribute__(value, _OWN)
        place = next((place for base in bases if (place := _place_of(base, held)) is not None), None)
        if place is None:
            return NotImplemented if decision is None else decision(value)
        return rebuild.bare, (cls,), (place, dict(held)), None, None, share_dict

    return reduce


def _gives_a_dict(base: type) -> bool:
    """Whether making an object of the class gives it another dictionary than its own."""
    functions = (names_of(base).get(name) for name in _MAKING)
    return any(isinstance(one, types.FunctionType) and _OWN in one.__code__.co_names for one in functions)


def _place_of(base: type, held: dict[str, Any]) -> str | None:
    name = next((name for name, one in list(names_of(base).items()) if one is held), None)
    place = f"{module_of(base)}:{qualname_of(base)}.{name}"
    return place if name is not None and places.get(place)[1] is held else None


def share_dict(made: Any, state: tuple[str, dict[str, Any]]) -> None:
    """Give an object the dictionary of its class, with what was in that."""
    place, attributes = state
    if stands_for_lost(made):
        return
    exists, held = places.get_here(place)
    if exists and type(held) is dict:
        held.clear()
        held.update(attributes)
        object.__setattr__(made, _OWN, held)
    else:
        rebuild.set_state(made, attributes)
