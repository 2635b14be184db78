"""What stood at a place of a module before a cell put something else there, and a cell still holds: ``real = json.dumps``.

Such an object is found by its name, and under its name is another now. A stream refers to it by its place, and a restore
remembers what it replaces.
"""

from __future__ import annotations

import builtins
import itertools
import sys
import types
from collections.abc import Iterator
from typing import Any

from . import patches, places, rebuild

_WRAPPERS = 10  # one around the other, up to which a function is looked for inside of them


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


def reduce_function(value: types.FunctionType) -> Any:
    """The same, or that of a function that another has taken the place of by wrapping it, as ``contextmanager`` does."""
    reduced = reduce(value)
    if reduced is not NotImplemented or value.__module__ == "__main__" or "<" in value.__qualname__:
        return reduced
    place = f"{value.__module__}:{value.__qualname__}"
    outer = places.get(place)[1] if value.__module__ in sys.modules else value
    for depth, one in enumerate(_inwards(outer)):
        if one is value:
            return (wrapped_at, (place, depth)) if depth else reduced
    return reduced


def wrapped_at(place: str, depth: int) -> Any:
    """The function that is so far inside of what stands at a place."""
    return next(itertools.islice(_inwards(find(place)), depth, None))


def _inwards(outer: Any) -> Iterator[Any]:
    """A function, what it wraps, what that wraps, and so on."""
    for _ in range(_WRAPPERS):
        yield outer
        if type(outer) is not types.FunctionType or "__wrapped__" not in vars(outer):
            return
        outer = vars(outer)["__wrapped__"]


def find(place: str) -> Any:
    """The object that stood at a place. Raises AttributeError where this library has none."""
    if place in places.REPLACED:
        return places.REPLACED[place]
    exists, value = places.get(place)
    if not exists:
        raise AttributeError(f"{place.replace(':', '.')} is not in this library")
    return value
