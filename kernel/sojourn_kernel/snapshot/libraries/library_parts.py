"""Parts of the objects that libraries hold: ``logger._core`` of loguru's, which every logger that is bound from it has as well.

Where an object comes back as the library's own, so does what it has held since it was first seen. A variable's value is the session's.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ..looking.attributes import attributes_of
from ..looking.classes import module_of
from . import places

_DEPTH, _MOST = 2, 200  # of parts in parts; attributes of one object
_first: dict[str, weakref.ref[Any]] = {}
"""Place → what stood there when its owner was first seen."""


def note(place: str, owner: Any) -> None:
    """Remember the parts of an object that is seen for the first time."""
    for part, value in _parts(place, owner, _DEPTH):
        try:
            _first.setdefault(part, weakref.ref(value))
        except TypeError:  # it can't be referred to weakly
            continue


def of(held: Mapping[str, Any], main: Mapping[str, Any], is_set: Callable[[str], bool]) -> dict[str, Any]:
    """Place → part, of the objects that come back as the library's own. is_set: whether something is put in at a place again."""
    own = {id(value) for value in list(main.values())}
    return {
        part: value
        for place, owner in held.items()
        for part, value in _parts(place, owner, _DEPTH)
        if part in _first and _first[part]() is value and id(value) not in own and not is_set(part)
    }


def _parts(place: str, owner: Any, depth: int) -> Iterator[tuple[str, Any]]:
    attributes = {} if issubclass(type(owner), places.NAMED) else attributes_of(owner)
    if len(attributes) > _MOST:
        return
    for name, value in list(attributes.items()):
        cls = type(value)
        if type(name) is not str or not name.isidentifier() or issubclass(cls, places.NAMED):
            continue
        if cls.__dictoffset__ and places.library_of(module_of(cls)) == places.library_of(place):
            yield f"{place}.{name}", value
            if depth > 1:
                yield from _parts(f"{place}.{name}", value, depth - 1)
