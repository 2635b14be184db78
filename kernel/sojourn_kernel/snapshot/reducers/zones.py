"""Time zones that are no one's but their maker's (``ZoneInfo.no_cache``): times subtract by whether their zones are one object."""

from __future__ import annotations

import weakref
from typing import Any

from .. import rebuild
from . import reducer

_by_key: weakref.WeakValueDictionary[str, Any] = weakref.WeakValueDictionary()
"""Zones that were loaded, by a key that no other zone has."""


@reducer("zoneinfo:ZoneInfo")
def zone(value: Any) -> Any:
    make, (name, cached, *_) = value.__reduce__()[:2]
    if cached:
        return NotImplemented
    key = next((key for key, one in _by_key.items() if one is value), f"{rebuild.LIFE}-{id(value):x}")
    return zone_of_its_own, (make, name, key)


def zone_of_its_own(make: Any, name: str, key: str) -> Any:
    """One object for all the pieces that hold it."""
    made = _by_key.get(key)
    if made is None:
        made = _by_key[key] = make(name, False)
    return made
