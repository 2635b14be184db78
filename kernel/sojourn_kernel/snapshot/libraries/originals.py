"""What stood at a place of a module before a cell put something else there, and a cell still holds: ``real = json.dumps``.

Such an object is found by its name, and under its name is another now. A stream refers to it by its place, and a restore
remembers what it replaces.
"""

from __future__ import annotations

import builtins
import sys
import types
from typing import Any

from .. import rebuild
from . import patches, places


def place_of(value: Any) -> str | None:
    """The place at which a library's function or class stood, if a cell put another there; None for all that is at its place."""
    module, name = getattr(value, "__module__", None), getattr(value, "__qualname__", None)
    if not isinstance(module, str) or not isinstance(name, str) or "<" in name:
        return None
    place = f"{module}:{name}"
    if module == "builtins":
        replaced = vars(builtins).get(name, value) is not value
    else:
        replaced = (place in patches.SET or place in patches.DELETED) and places.get(place)[1] is not value
    return place if replaced and _is_the_modules(value, module, name) else None


def _is_the_modules(value: Any, module: str, name: str) -> bool:
    """Not something else that was given the same name, as decorators do."""
    if isinstance(value, types.FunctionType):
        home = vars(sys.modules[module]) if module in sys.modules else None
        return value.__globals__ is home and value.__code__.co_name == name.rpartition(".")[2] and not value.__closure__
    return places.has_a_name(value)


def reduce(value: Any) -> Any:
    """The reduction of what :func:`place_of` finds a place for; NotImplemented for others."""
    place = place_of(value)
    return NotImplemented if place is None else (rebuild.original, (place,))


def find(place: str) -> Any:
    """The object that stood at a place. Raises AttributeError where this library has none."""
    if place in places.REPLACED:
        return places.REPLACED[place]
    exists, value = places.get(place)
    if not exists:
        raise AttributeError(f"{place.replace(':', '.')} is not in this library")
    return value
