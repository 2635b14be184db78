"""Time zones: those that are no one's but their maker's (``ZoneInfo.no_cache``), for times subtract by whether their zones are one object,
and those that can't be made without arguments."""

from __future__ import annotations

import datetime
import types
import weakref
from typing import Any

from .. import rebuild
from ..objects import contents
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


@reducer("datetime:tzinfo")
def zone_of_a_library(value: Any) -> Any:
    """By its attributes, where its own pickling would make it without the arguments that it wants."""
    cls = type(value)
    if cls.__reduce__ is not datetime.tzinfo.__reduce__ or hasattr(cls, "__getinitargs__"):
        return NotImplemented
    begin = cls.__init__
    wants = isinstance(begin, types.FunctionType) and begin.__code__.co_argcount - len(begin.__defaults__ or ()) > 1
    return (new_zone, *contents.by_state(value)[1:]) if wants else NotImplemented


def new_zone(cls: Any) -> Any:
    return datetime.tzinfo.__new__(cls)
