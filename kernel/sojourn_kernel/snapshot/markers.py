"""Objects of which a library has one, where plain pickling would make another: markers, and what a module keeps for everyone."""

from __future__ import annotations

import copyreg
import sys
import types
from collections.abc import Callable
from typing import Any

from . import rebuild
from .ambient.call_ledger import ledger
from .libraries import imported, places
from .libraries.singletons import place_of_marker
from .objects.contents import ARGUMENTS, PICKLING
from .objects.emptiness import refuses_its_own_state
from .once import once

_STATE = {"__getstate__", "__setstate__"}
_ATOMS = frozenset({int, float, bool, str, bytes, type(None)})


class _Empty:
    pass


_NOTHING_INSIDE = _Empty.__basicsize__


def may_be_marker(cls: type) -> bool:
    """Whether objects of a library's class pickle as nothing but their class, so that a copy would be another marker."""
    if cls is object:
        return True
    if cls.__module__ in ("builtins", "__main__", *rebuild.MADE) or cls.__reduce_ex__ is not object.__reduce_ex__:
        return False
    if cls.__reduce__ is not object.__reduce__ or cls.__itemsize__:
        return False
    if cls.__basicsize__ > _NOTHING_INSIDE and not refuses_its_own_state(cls):
        return False
    if any(type(one) is cls for _, one in _imported().values()):
        return True
    module = sys.modules.get(cls.__module__)
    return isinstance(module, types.ModuleType) and any(type(one) is cls for one in list(vars(module).values()))


def _imported() -> dict[int, tuple[str, Any]]:
    return once("objects taken by name", imported.places_by_id)


def reduce_marker(value: Any) -> Any:
    """The reduction of what a library's module holds as its own; NotImplemented for others."""
    state = getattr(value, "__dict__", None) or {}
    own = place_of_marker(value)
    place = own or _imported().get(id(value), (None, None))[0]
    if place is None:
        return NotImplemented
    if any(type(one) not in _ATOMS for one in state.values()) or refuses_its_own_state(type(value)):
        return _with_state(value, place, rebuild.taken_by_name if own is None else rebuild.librarys_own)
    return (rebuild.marker, (place, type(value), state)) if state else (rebuild.live, (rebuild.PLACE + place,))


def _with_state(value: Any, place: str, find: Callable[[str, type], Any]) -> Any:
    """A library's own object with what it holds by now, where pickling would copy that attribute by attribute."""
    cls = type(value)
    own = {name for base in cls.__mro__[:-1] for name in (PICKLING | ARGUMENTS) & vars(base).keys()}
    if not places.is_ours(place) or cls in copyreg.dispatch_table or not own <= _STATE:
        return NotImplemented
    if refuses_its_own_state(cls):
        return find, (place, cls), (None, value.__getstate__()), None, None, rebuild.set_state
    if own and ledger.is_called(place):  # calls that are made again would do to it once more what it holds already
        return NotImplemented
    if own:  # it says what its state is, and takes that as an object that is made again would
        return find, (place, cls), value.__getstate__()
    return find, (place, cls), dict(vars(value)), None, None, rebuild.fill_librarys_own
