"""What a library remembers of the session's objects: under a name (``blinker.signal('done')``), in a list, as the one that is used by default.

Only entries that a fresh library lacks are put back: whatever else it makes by itself stays its own.
"""

from __future__ import annotations

import functools
import itertools
import re
import sys
import weakref
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any

from ...told import Cause, Told
from ..libraries import places, whose
from ..looking.classes import module_of, names_of
from ..lost import told_of
from .call_rules import COVERED
from .provider import LATE, Provider, provide

_MOST = 1000  # entries of a register, from which it is taken for data or a cache
_ONE_OF_ALL = re.compile("current|default|instance|active|last|latest|main|singleton|session|client|app|global")
"What a class calls the one of its objects that stands for all."
_FEW = 20
_PUT, _ADD, _UNDER = "put", "add", "under"
_GROWING = (list, set, weakref.WeakSet)
_DICTS = (dict, weakref.WeakValueDictionary)
_Place = tuple[str, Mapping[str, Any], str]


@dataclass(frozen=True)
class _Registers:
    """Of what a library's modules and classes hold: dicts, what else may hold objects, and attributes that may be one.

    Each is a place, the names of its owner and its own: a library may put another there (``registry = {}``).
    """

    dicts: tuple[_Place, ...]
    growing: tuple[_Place, ...]
    attributes: tuple[_Place, ...]


@functools.lru_cache(maxsize=128)
def _registers_of(library: str, _: int) -> _Registers:
    """Looked for again when the library has imported more of its modules."""
    dicts: dict[int, _Place] = {}
    growing: dict[int, _Place] = {}
    attributes: list[_Place] = []
    for place, owner, name, value in _held_by(library):
        found = (place, names_of(owner) if isinstance(owner, type) else vars(owner), name)
        if issubclass(type(value), _DICTS) and _may_hold(_items_of(value).values()):
            dicts.setdefault(id(value), found)
        elif type(value) in _GROWING and _may_hold(value):
            growing.setdefault(id(value), found)
        elif (value is None or _may_be_entry(type(value))) and (
            not isinstance(owner, type) or _ONE_OF_ALL.search(name)
        ):
            attributes.append(found)
    return _Registers(tuple(dicts.values()), tuple(growing.values()), tuple(attributes))


@functools.lru_cache(maxsize=1)
def _modules_of_each(_: int) -> Counter[str]:
    """How many modules of each library are imported."""
    return Counter(name.partition(".")[0] for name in list(sys.modules))


def looked_through(namespace: Mapping[str, Any]) -> Iterator[str]:
    """Look through the libraries of the session's objects, one after the other, so that a save has less to do."""
    for library in _libraries_of(filter(_may_be_entry, set(map(type, list(namespace.values()))))):
        _registers_of(library, _modules_of_each(len(sys.modules))[library])
        yield library


def _held_by(library: str) -> Iterator[tuple[str, Any, str, Any]]:
    """Place, owner, name and value of what a library's modules hold, and of what their classes do; the user's modules are roots."""
    for module_name, module in places.modules_of_library(library):
        for name, value in list(vars(module).items()):
            if name.startswith("__"):
                continue
            yield f"{module_name}:{name}", module, name, value
            if issubclass(type(value), type) and module_of(value) == module_name:
                yield from (
                    (f"{module_name}:{name}.{inner}", value, inner, held)
                    for inner, held in list(names_of(value).items())
                    if not inner.startswith("__") and not hasattr(type(held), "__get__")
                )


def _libraries_of(classes: Iterable[type]) -> set[str]:
    bases = {base for cls in classes for base in (type.mro(cls) if _is_of_a_cell(cls) else (cls,))}
    tops = {module_of(base).partition(".")[0] for base in bases}
    return {
        top for top in tops if top not in sys.stdlib_module_names and top not in COVERED and not whose.of_the_users(top)
    }


def _is_of_a_cell(cls: type) -> bool:
    return module_of(cls) == "__main__"


def _entries(shell: Any, _: Any) -> list[tuple[Any, ...]] | None:
    """Places in libraries, the session's objects that stand there, and whether they are one of several; the key of one that is no text."""
    named = {id(value): (name, value) for name, value in list(shell.user_ns.items()) if _may_be_entry(type(value))}
    found: list[tuple[Any, ...]] = []

    def note(place: str, value: Any, *how: Any) -> None:
        if id(value) not in named or not places.is_ours(place):
            return
        if how[0] == _UNDER or places.of_object(named[id(value)][0], value) is None:  # and not the library's own
            found.append((place, value, *how))

    for library in _libraries_of({type(value) for _, value in named.values()}):
        registers = _registers_of(library, _modules_of_each(len(sys.modules))[library])
        for place, holder, name in registers.dicts:
            register: Any = holder.get(name)
            entries = _items_of(register) if issubclass(type(register), _DICTS) else {}
            if len(entries) <= _MOST and not named.keys().isdisjoint(map(id, list(entries.values()))):
                for key, value in list(entries.items()):
                    if type(key) in (str, int):
                        note(f"{place}[{key!r}]", value, _PUT)
                    elif isinstance(key, (type, tuple)):
                        note(place, value, _UNDER, key)
        for place, holder, name in registers.growing:
            several: Any = holder.get(name)
            if (
                type(several) in _GROWING
                and len(several) <= _MOST
                and not named.keys().isdisjoint(map(id, list(several)))
            ):
                for value in list(several):
                    note(place, value, _ADD)
        for place, holder, name in registers.attributes:
            if id(value := holder.get(name)) in named:
                note(place, value, _PUT)
    return found or None


def _items_of(register: MutableMapping[Any, Any]) -> Mapping[Any, Any]:
    """What a dict holds by now, past its class's own methods: those of transformers' registers of models import every model there is."""
    if type(register) is dict or not issubclass(type(register), dict):
        return register
    held: Any = register
    return dict(dict.items(held)) if dict.__len__(held) <= _MOST else {}


def _may_be_entry(cls: type) -> bool:
    """Whether objects of the class have attributes or slots and no name of their own; no code of the class runs."""
    return not issubclass(cls, places.NAMED) and bool(
        type.__getattribute__(cls, "__dictoffset__") or "__slots__" in names_of(cls)
    )


def _may_hold(values: Iterable[Any]) -> bool:
    """Whether a container is empty yet, or there is an object among what is in it first: texts and functions are no register of objects."""
    first = list(itertools.islice(iter(values), _FEW))
    return not first or any(_may_be_entry(type(one)) for one in first)


def _put_entries(_: Any, state: list[tuple[Any, ...]]) -> list[Told]:
    """What another version of the library has no place for is told, if it stands in none that there is."""
    kept: set[int] = set()
    left: dict[int, tuple[str, str]] = {}
    for place, value, *how in state:
        if told_of(value) is not None:
            continue
        try:
            if places.owner_of(place)[0] is None:
                left.setdefault(id(value), (place, "there is no such place here"))
                continue
            _put_entry(place, value, how)
            kept.add(id(value))
        except Exception as error:  # the library's own code may run
            left.setdefault(id(value), (place, f"putting it back raised {type(error).__name__}: {error}"))
    return [
        Told(place.replace(":", "."), Cause.ENVIRONMENT, f"the library knew an object of the session by it, and {why}.")
        for number, (place, why) in left.items()
        if number not in kept
    ]


def _put_entry(place: str, value: Any, how: list[Any]) -> None:
    exists, here = places.get(place)
    if how and how[0] == _UNDER:
        of_a_class = isinstance(how[1], type)  # what a class has one object of is the session's
        if exists and (of_a_class or how[1] not in here):
            here[how[1]] = value
    elif how != [_ADD]:
        if not exists or here is None or _stands_for_all(place, here, value):
            places.put(place, value)
    elif type(here) in _GROWING and not any(one is value for one in here):
        here.append(value) if type(here) is list else here.add(value)


def _stands_for_all(place: str, here: Any, value: Any) -> bool:
    """Whether a class has the one of its objects there that stands for all, which it has made anew here, as ``luigi`` does when imported."""
    of_class, _, name = place.partition(":")[2].rpartition(".")
    return bool(of_class) and here is not value and type(here) is type(value) and _ONE_OF_ALL.search(name) is not None


provide(Provider("registries", "what libraries know by name", LATE, lambda _: None, _entries, _put_entries))
