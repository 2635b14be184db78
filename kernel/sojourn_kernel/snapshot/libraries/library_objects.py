"""What modules hold that has to come back as theirs, found in one pass over each module once it is imported.

A pass over all the modules that pandas and scikit-learn bring takes 50 ms; later ones look at what was imported or reloaded since.
"""

from __future__ import annotations

import functools
import random
import sys
import types
from dataclasses import dataclass, field
from typing import Any

from ...observe.accesses import LIBRARIES

LONGEST = 200  # characters, or items, of a constant that may be known by identity


@dataclass
class LibraryObjects:
    """By kind; places are ``module:name``. What stands at a place may have changed since."""

    constants: dict[int, tuple[str, ...]] = field(default_factory=dict)
    "Places of texts and tuples, by id."
    bare: dict[int, tuple[str, ...]] = field(default_factory=dict)
    "Places of plain ``object()``, by id."
    streams: dict[str, random.Random] = field(default_factory=dict)
    "Streams of random numbers of libraries other than Python's own, by place: each once."
    generic: list[Any] = field(default_factory=list)
    "Functions that functools.singledispatch made."


_found = LibraryObjects()
_seen: set[str] = set()
_modules = 0
"How many there were when they were looked at."
_specs: dict[str, Any] = {}
"Specifications of the modules that a user may edit and reload: a reload gives them another."
_generic_code = functools.singledispatch(lambda _: None).__code__  # type: ignore[attr-defined]


def found() -> LibraryObjects:
    """What all modules hold that are imported by now."""
    global _modules
    _modules = len(sys.modules)
    again = [name for name, spec in _specs.items() if held(name).get("__spec__") is not spec]
    for name in [*(sys.modules.keys() - _seen), *again]:
        holds = held(name)
        spec, file = holds.get("__spec__"), holds.get("__file__")
        if not holds or getattr(spec, "_initializing", False):  # no module, or its import is under way
            continue
        _seen.add(name)
        if type(file) is str and not any(part in file for part in LIBRARIES):
            _specs[name] = spec
        if name != "__main__":
            _look(name, holds)
    return _found


def are_more() -> bool:
    """Whether modules were imported since they were looked at."""
    return len(sys.modules) != _modules


def place_of_bare(value: object) -> str | None:
    """The place of a plain ``object()``. Asked for each that is pickled: modules are looked at again only if there are more or fewer."""
    known = found() if are_more() else _found
    return next((place for place in known.bare.get(id(value), ()) if at(place) is value), None)


def held(name: str) -> dict[str, Any]:
    """What a module holds; nothing where something else stands for it."""
    module = sys.modules.get(name)
    is_session = name != "__main__" and module is sys.modules["__main__"]  # under another name: multiprocessing's
    return vars(module) if issubclass(type(module), types.ModuleType) and not is_session else {}


def streams() -> dict[str, random.Random]:
    """The streams that still stand at their places."""
    return {place: one for place, one in found().streams.items() if at(place) is one}


def at(place: str) -> Any:
    """What stands at ``module:name`` now."""
    module, _, name = place.partition(":")
    return held(module).get(name)


def _look(name: str, holds: dict[str, Any]) -> None:
    of_python = name.partition(".")[0] in sys.stdlib_module_names
    for key, value in list(holds.items()):
        kind = type(value)
        if kind is types.FunctionType:
            if value.__code__ is _generic_code and not any(one is value for one in _found.generic):
                _found.generic.append(value)
        elif kind is str or kind is tuple:
            if 1 < len(value) <= LONGEST and type(key) is str and not key.startswith("__"):
                _add(_found.constants, value, f"{name}:{key}")
        elif kind is object:
            _add(_found.bare, value, f"{name}:{key}")
        elif kind is random.Random and not of_python and not any(one is value for one in _found.streams.values()):
            _found.streams[f"{name}:{key}"] = value


def _add(places: dict[int, tuple[str, ...]], value: Any, place: str) -> None:
    held_at = places.get(id(value), ())
    if place not in held_at:
        places[id(value)] = (*held_at, place)
