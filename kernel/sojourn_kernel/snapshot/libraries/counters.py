"""Counters that libraries number their objects with: ``itertools.count`` in a class, ``ID_COUNTER.count += 1``, names used so far.

Imported again, a library would count from the start, and what it makes next would carry the numbers of what was restored: two
variables of a solver's would be one. A counter is found by what it is (``itertools.count``, ``defaultdict(int)``) or by code of its
library that adds to it; it is one that a fresh process may be brought forward to, and never back.
"""

from __future__ import annotations

import collections
import functools
import itertools
import math
import re
import sys
import threading
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from ... import system
from ...observe.accesses import LIBRARIES
from ..looking.additions import added_by
from ..looking.attributes import attributes_here, attributes_of
from ..looking.classes import module_of, names_of
from . import library_objects

FURTHEST = 1_000_000  # steps that a counter is brought forward
_ENTRIES = 10_000  # of a dictionary of counters
_MANY = 200  # attributes of an object, from which it is data
_COUNT = re.compile(r"count\((\d+)\)$")  # counts up by one
_BUILT_IN = type(itertools.count().__next__)


@dataclass
class _Library:
    """Where the counters of one library may be, by place. added: names of attributes that its code adds to, by module, and in any of them."""

    added: dict[str, set[str]] = field(default_factory=dict)
    added_anywhere: set[str] = field(default_factory=set)
    numbers: dict[str, tuple[Any, str]] = field(default_factory=dict)
    "A module or a class, and the name there."
    counts: dict[str, Any] = field(default_factory=dict)
    tables: dict[str, dict[Any, Any]] = field(default_factory=dict)
    objects: dict[str, Any] = field(default_factory=dict)
    met: set[int] = field(default_factory=set)


@dataclass
class _Looking:
    """Modules that are still to be gone through: their code first, then what they hold.

    modules: how many there were at the last look. globals: names that the modules' code adds to.
    """

    seen: set[str] = field(default_factory=set)
    modules: int = 0
    to_read: list[types.ModuleType] = field(default_factory=list)
    to_look: list[types.ModuleType] = field(default_factory=list)
    globals: dict[str, set[str]] = field(default_factory=dict)


_libraries: dict[str, _Library] = {}
_looking = _Looking()
_LATER = frozenset({"boto3", "botocore", "s3transfer", "urllib3", "cryptography", "cloudpickle", "dill", "networkx"})
"Libraries that Sojourn itself may import later."


def start() -> None:
    """What is imported by now is the kernel's own."""
    _looking.seen.update(sys.modules)


def find(seconds: float = math.inf) -> bool:
    """Look for counters in the libraries that were imported since, for so long. Gives back whether all were gone through."""
    until, _looking.modules = system.now() + seconds, len(sys.modules)
    for name in sys.modules.keys() - _looking.seen:
        held = library_objects.held(name)
        if getattr(held.get("__spec__"), "_initializing", False):
            continue
        _looking.seen.add(name)
        if _is_library(name, held):
            _looking.to_read.append(sys.modules[name])
    while _looking.to_read or _looking.to_look:
        if system.now() > until:
            return False
        if _looking.to_read:
            module = _looking.to_read.pop()
            library = _library_of(module)
            _looking.globals[module.__name__], attributes = added_by(module)
            library.added[module.__name__] = attributes
            library.added_anywhere |= attributes
            _looking.to_look.append(module)
        else:
            module = _looking.to_look.pop()
            _look(module, _library_of(module), _looking.globals.pop(module.__name__, set()))
    return True


def are_more() -> bool:
    """Whether there are modules that were not gone through."""
    return bool(_looking.to_read or _looking.to_look) or len(sys.modules) != _looking.modules


def _is_library(name: str, held: dict[str, Any]) -> bool:
    file, top = held.get("__file__"), name.partition(".")[0]
    if top in _LATER or top in sys.stdlib_module_names or held.get("__name__") != name:
        return False
    return type(file) is str and any(part in file for part in LIBRARIES)


def _library_of(module: types.ModuleType) -> _Library:
    return _libraries.setdefault(module.__name__.partition(".")[0], _Library())


def numbers() -> dict[str, int]:
    """How far each counter is, by place; those that stand where they begin are left out."""
    found: dict[str, int] = {}
    for place, value in _values():
        number = number_of(value)
        if number:
            found[place] = number
    return found


KINDS: dict[str, Callable[[], dict[Any, Any]]] = {
    "numbers": lambda: collections.defaultdict(int),
    "counts": lambda: collections.defaultdict(itertools.count),
    "Counter": collections.Counter,
}


def made_later() -> dict[str, str]:
    """Place → kind of the tables that stand in objects, where a library puts one when it first needs it."""
    tables = (one for library in _libraries.values() for one in _tables_in_objects(library))
    return {place: kind for place, table in tables if (kind := _kind(table)) is not None}


def by_object() -> Iterator[tuple[str, Any, int]]:
    """Counters that a library keeps for each of some objects: place of the table, object, how far it is."""
    for place, table in _tables():
        for key, value in list(table.items())[:_ENTRIES]:
            if not isinstance(key, (str, int)) and (number := number_of(value)):
                yield place, key, number


def number_of(value: Any) -> int:
    """How far a counter is; 0 for what is none."""
    if type(value) is int:
        return max(value, 0)
    found = _COUNT.match(repr(value)) if type(value) is itertools.count else None
    return int(found.group(1)) if found else 0


def forward(value: Any, number: int) -> int | None:
    """Bring a count forward in place; for a number, give back what it has to be, None where it is as far already."""
    now = number_of(value)
    if not 0 < number - now <= FURTHEST:
        return None
    if type(value) is not itertools.count:
        return number
    collections.deque(itertools.islice(value, number - now), maxlen=0)
    return None


def _values() -> Iterator[tuple[str, Any]]:
    for library in _libraries.values():
        for place, (owner, name) in library.numbers.items():
            yield place, object.__getattribute__(owner, "__dict__").get(name)
        yield from library.counts.items()
        for place, one in library.objects.items():
            for name, value in list(attributes_here(one).items()):
                if _counts(library, place, one, name, value):
                    yield f"{place}.{name}", value
    for place, table in _tables():
        for key, value in list(table.items())[:_ENTRIES]:
            if type(key) in (str, int):
                yield f"{place}[{key!r}]", value


def _counts(library: _Library, place: str, one: Any, name: str, value: Any) -> bool:
    """Whether an attribute of an object is a counter: by what it is, or as code beside the object or its class adds to it."""
    if type(value) is not int:
        return type(value) is itertools.count
    return any(name in library.added.get(m, ()) for m in (place.partition(":")[0], module_of(type(one))))


def _tables() -> Iterator[tuple[str, dict[Any, Any]]]:
    for library in _libraries.values():
        yield from library.tables.items()
        yield from _tables_in_objects(library)


def _tables_in_objects(library: _Library) -> Iterator[tuple[str, dict[Any, Any]]]:
    for place, one in library.objects.items():
        yield from ((f"{place}.{name}", v) for name, v in list(attributes_here(one).items()) if _is_table(v))


def _is_table(value: Any) -> bool:
    """A dictionary whose values are counters, as its type says."""
    if type(value) is collections.Counter:
        return True
    factory = value.default_factory if type(value) is collections.defaultdict else None
    made = factory.func if type(factory) is functools.partial else factory
    return made is int or made is itertools.count


def _kind(table: dict[Any, Any]) -> str | None:
    if type(table) is collections.Counter:
        return "Counter"
    factory = table.default_factory if isinstance(table, collections.defaultdict) else None
    return "numbers" if factory is int else "counts" if factory is itertools.count else None


def _look(module: types.ModuleType, library: _Library, added: set[str]) -> None:
    """Note where the counters of a module may be. added: globals that its code adds to."""
    top = module.__name__.partition(".")[0]
    for name, value in list(vars(module).items()):
        place = f"{module.__name__}:{name}"
        if type(value) is int:
            if name in added:
                library.numbers[place] = (module, name)
            continue
        if id(value) in library.met or type(name) is not str:
            continue
        if _note(place, value, library):
            continue
        if issubclass(type(value), type):
            if module_of(value) == module.__name__:
                library.met.add(id(value))
                for attribute, held in list(names_of(value).items()):
                    if type(held) is int and attribute in library.added_anywhere:
                        library.numbers[f"{place}.{attribute}"] = (value, attribute)
                    else:
                        _note(f"{place}.{attribute}", held, library)
        elif issubclass(type(value), threading.local) or (
            _is_librarys(top, value) and _has_counters(place, value, library)
        ):
            library.met.add(id(value))
            library.objects[place] = value


def _note(place: str, value: Any, library: _Library) -> bool:
    """Whether it is a counter by itself."""
    owner = getattr(value, "__self__", None) if type(value) is _BUILT_IN else None
    if type(owner) is itertools.count:  # next_id = itertools.count().__next__
        place, value = f"{place}.__self__", owner
    if type(value) is itertools.count:
        library.counts.setdefault(place, value)
    elif _is_table(value):
        library.tables.setdefault(place, value)
    else:
        return False
    library.met.add(id(value))
    return True


def _has_counters(place: str, value: Any, library: _Library) -> bool:
    attributes = attributes_of(value)
    if len(attributes) > _MANY:
        return False
    return any(_counts(library, place, value, name, one) or _is_table(one) for name, one in attributes.items())


def _is_librarys(top: str, value: Any) -> bool:
    cls = type(value)
    return bool(type.__getattribute__(cls, "__dictoffset__")) and module_of(cls).partition(".")[0] == top
