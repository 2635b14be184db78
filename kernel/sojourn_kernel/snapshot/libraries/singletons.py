"""Objects of which a library has one: the streams of random numbers that modules share, markers like ``dataclasses.MISSING``, and what
a module keeps for everyone, as ``responses`` does with the mock that its decorators use.

They come back as the library's own: a distribution that draws from numpy's stream goes on drawing from it, and ``is`` holds.
"""

from __future__ import annotations

import copyreg
import sys
import types
from collections.abc import Iterator
from typing import Any

from .. import rebuild
from ..objects.contents import ARGUMENTS, PICKLING
from . import library_objects, places

STREAMS = ("random:_inst", "numpy.random.mtrand:_rand", "numpy.random.mtrand:_rand._bit_generator", "torch:default_generator")  # fmt: skip
"""Places of the streams whose state :mod:`.ambient.streams` keeps."""
CONTEXTS = ("mpmath:mp", "mpmath:fp", "mpmath:iv")
"""Places of what a library computes in, and keeps its settings, caches and number classes in; :mod:`.ambient.multiprecision` keeps the settings."""


def streams() -> Iterator[tuple[str, Any]]:
    """Place and object of each stream, and each such context, that a module of an imported library holds."""
    for place in (*STREAMS, *CONTEXTS):
        module, _, chain = place.partition(":")
        value: Any = sys.modules.get(module)
        for name in chain.split("."):
            value = getattr(value, name, None)
        if value is not None:
            yield place, value
    yield from library_objects.streams().items()


def place_of_method(value: Any) -> str | None:
    """The place of a bound method that the module of its object's class holds under its name, as ``random.shuffle`` is one."""
    module = sys.modules.get(getattr(type(value.__self__), "__module__", None) or "")
    if not isinstance(module, types.ModuleType) or module.__name__ in ("builtins", "__main__"):
        return None
    name = getattr(value, "__name__", None)  # a method of a partial has none
    return f"{module.__name__}:{name}" if name and vars(module).get(name) is value else None


def place_of_marker(value: Any) -> str | None:
    """The place of an object without any state that a module holds; None if none does."""
    cls = type(value)
    if cls is object:
        place = library_objects.place_of_bare(value)
        return place if place is not None and place.partition(":")[0] not in rebuild.MADE else None
    module = sys.modules.get(cls.__module__)
    held = vars(module) if isinstance(module, types.ModuleType) else {}
    return next((f"{cls.__module__}:{name}" for name, one in list(held.items()) if one is value), None)


def reduce_marker(value: Any) -> Any:
    """The reduction of what :func:`place_of_marker` finds a place for; NotImplemented for others."""
    state = getattr(value, "__dict__", None) or {}
    place = place_of_marker(value)
    if place is None:
        return NotImplemented
    if any(type(one) not in _ATOMS for one in state.values()):
        return _with_state(value, place)
    return (rebuild.marker, (place, type(value), state)) if state else (rebuild.live, (rebuild.PLACE + place,))


def _with_state(value: Any, place: str) -> Any:
    """A library's own object with what it holds by now, where pickling would copy that attribute by attribute.

    Calls on it that are made again would do to it once more what it holds already.
    """
    from ..ambient.call_ledger import ledger  # which needs this module

    cls = type(value)
    if ledger.is_called(place):
        return NotImplemented
    if any(name in vars(base) for base in cls.__mro__[:-1] for name in PICKLING | ARGUMENTS):
        return NotImplemented
    if not places.is_ours(place) or cls in copyreg.dispatch_table:
        return NotImplemented
    return rebuild.librarys_own, (place, cls), dict(vars(value)), None, None, rebuild.fill_librarys_own


_ATOMS = frozenset({int, float, bool, str, bytes, type(None)})


def may_be_marker(cls: type) -> bool:
    """Whether objects of a library's class pickle as nothing but their class, so that a copy would be another marker."""
    if cls is object:
        return True
    if cls.__module__ in ("builtins", "__main__", *rebuild.MADE) or cls.__reduce_ex__ is not object.__reduce_ex__:
        return False
    if cls.__reduce__ is not object.__reduce__ or cls.__basicsize__ > _NOTHING_INSIDE or cls.__itemsize__:
        return False
    module = sys.modules.get(cls.__module__)
    return isinstance(module, types.ModuleType) and any(type(one) is cls for one in list(vars(module).values()))


class _Empty:
    pass


_NOTHING_INSIDE = _Empty.__basicsize__
