"""Objects that say that they are of another class, as werkzeug's proxies do: ``flask.g``, ``flask.current_app``.

Pickle believes them, and refuses. One that a library's module holds comes back as the library's own, any other by what it holds.
"""

from __future__ import annotations

import contextvars
import sys
import types
from collections.abc import Callable
from typing import Any

from .. import rebuild
from ..libraries import library_objects, patches, places, whose
from ..looking.classes import made_in_c, module_of, names_of
from . import contents

_MADE_BY_IMPORT = (types.FunctionType, types.BuiltinFunctionType, contextvars.ContextVar, type)
_places: dict[int, str] = {}
"By id: where a proxy was found. Something else may stand there now."
_held: dict[int, tuple[type, int, dict[int, str]]] = {}
"By id of a class, which may answer no hash: the class, how many modules there were, and where its objects stood."


def decision(cls: type) -> Callable[[Any], Any] | None:
    """How objects of such a class are reduced; None for other classes. One that says how it is pickled is asked unless a library holds it."""
    bases = cls.__mro__[:-1]
    named = {name for base in bases for name in names_of(base)}
    if "__class__" not in named or any(map(made_in_c, bases)):
        return None
    return _by_place if named & (contents.PICKLING | contents.ARGUMENTS) else reduce


def _by_place(value: Any) -> Any:
    """Django's lazy objects pickle as what they wrap, which is not what a module of its own library holds."""
    place = _held_by_its_library(type(value)).get(id(value))
    if place is None or place in patches.SET or library_objects.at(place) is not value:
        return NotImplemented
    return rebuild.live, (rebuild.PLACE + place,)


def _held_by_its_library(cls: type) -> dict[int, str]:
    """By id, places of the objects of a class in its library's modules; looked for again when modules were imported."""
    of, modules_then, found = _held.get(id(cls), (None, 0, {}))
    if of is cls and modules_then == len(sys.modules):
        return found
    found = {}
    for name, module in places.modules_of_library(module_of(cls).partition(".")[0]):
        found |= {id(one): f"{name}:{key}" for key, one in list(vars(module).items()) if type(one) is cls}
    _held[id(cls)] = cls, len(sys.modules), found
    return found


def reduce(value: Any) -> Any:
    place = place_of(value)
    if place is None:
        return contents.by_state(value)
    found, (attributes, slots) = (rebuild.live, (rebuild.PLACE + place,)), contents.parts_of_state(value)
    state = tuple({name: one for name, one in part.items() if not _is_as_imported(one)} for part in (attributes, slots))
    return (*found, state, None, None, rebuild.set_state) if any(state) else found


def place_of(value: Any) -> str | None:
    """The place at which a module of a library's holds an object; None if none does, or if a cell put it there."""
    known = _places.get(id(value))
    if known is not None and library_objects.at(known) is value and known not in patches.SET:
        return known
    for name, module in whose.others():
        key = next((key for key, one in list(vars(module).items()) if one is value), None)
        if key is not None and f"{name}:{key}" not in patches.SET and not whose.is_users(module):
            _places[id(value)] = f"{name}:{key}"
            return _places[id(value)]
    return None


def _is_as_imported(value: Any) -> bool:
    """Whether the library's import makes it again, so that nothing of it needs to be put back."""
    return isinstance(value, _MADE_BY_IMPORT) and getattr(value, "__module__", None) != "__main__"
