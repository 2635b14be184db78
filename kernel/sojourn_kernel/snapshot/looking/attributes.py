"""Attributes of objects; dictionaries of them that something else holds too: ``vars(one)`` in a variable, one dictionary for many objects."""

from __future__ import annotations

import io
import sys
import threading
import types
from typing import Any

from . import pointers


def dict_of(value: Any) -> Any:
    """An object's ``__dict__``, of whatever kind; None where it has none."""
    try:
        return object.__getattribute__(value, "__dict__")
    except Exception:  # or a descriptor of the user's in its place
        return None


def attributes_of(value: Any) -> dict[Any, Any]:
    """An object's own dictionary, whatever its class would say of it; an empty one where it has none."""
    found = dict_of(value)
    return found if type(found) is dict else {}


def name_of(module: types.ModuleType) -> str:
    """A module's name, without running code of a class that cells gave it; empty where it has none."""
    name = attributes_of(module).get("__name__")
    return name if isinstance(name, str) else ""


def is_imported(value: Any) -> bool:
    """Whether it is a module that imports find by its name."""
    return issubclass(type(value), types.ModuleType) and sys.modules.get(name_of(value)) is value


def attributes_here(value: Any) -> dict[Any, Any]:
    """The same, and of what has others in each thread those of this one."""
    return value.__dict__ if issubclass(type(value), threading.local) else attributes_of(value)


def is_its_own(value: Any) -> bool:
    """Whether a dictionary is the dictionary of its attributes as well (``self.__dict__ = self``)."""
    found = dict_of(value)
    return found is not None and found is value


def held_in(value: Any, most: int) -> list[Any]:
    """What a list, tuple or dict holds, or another object's attributes; nothing of one with more entries than ``most``."""
    held = value if type(value) in (list, tuple, dict) else attributes_of(value)
    if len(held) > most:
        return []
    return list(held.values() if type(held) is dict else held)


def put_slots(made: Any, slots: dict[str, Any] | None) -> None:
    """Give an object what it has in slots, whatever its class would say to that."""
    for name, value in (slots or {}).items():
        object.__setattr__(made, name, value)


def take_dict(made: Any, state: Any) -> None:
    """Attributes in a dictionary that others hold as well: it is the object's own, not a copy."""
    attributes, slots = state if isinstance(state, tuple) else (state, None)
    if isinstance(made, (types.SimpleNamespace, io.IOBase)):
        pointers.exchange(made, type(made).__dictoffset__, attributes)  # it lets nobody set that by its name
    else:
        object.__setattr__(made, "__dict__", attributes)
    put_slots(made, slots)
