"""What class statements of cells have left in libraries: ``class Mon(yaml.YAMLObject)`` is in ``yaml.SafeLoader.yaml_constructors``.

A class that is made again from what it holds tells its library nothing. Only entries that are the session's classes, or methods of
theirs, or stand under such a class and hold functions of the session's (``@Task.event_handler``), are put back, and only those that
are not there already.
"""

from __future__ import annotations

import abc
import functools
import sys
import types
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ..libraries import places, whose
from ..looking.classes import inherited, module_of, names_of
from ..lost import told_of
from .call_rules import COVERED
from .provider import LATE, Provider, provide

_MOST = 1000  # entries of a register, from which it is taken for data or a cache
_DEEP = 3  # containers in containers
_Held = tuple[str, Mapping[str, Any], str]
"""A place, the names of its owner, and its own name."""


def _entries(shell: Any, _: Any) -> list[tuple[str, Any, Any]] | None:
    """Place, key and value of what libraries hold of the session's classes; the key is None in a list or set."""
    classes = [
        one for one in list(shell.user_ns.values()) if issubclass(type(one), type) and module_of(one) == "__main__"
    ]
    telling = [cls for cls in classes if _makers_of(cls)]
    libraries = frozenset(library for cls in telling for library in _makers_of(cls))
    found = []
    for place, names, name in _holding(libraries, tuple(map(id, telling)), len(sys.modules)) if libraries else ():
        found += [(place, key, value) for key, value in _items(names.get(name)) if _is_of_cells(key, value)]
    return found or None


def _makers_of(cls: type) -> frozenset[str]:
    """Libraries whose code runs with a class statement: those of its metaclasses, and of bases that look at classes made of them."""
    looking = [base for base in type.mro(cls) if "__init_subclass__" in names_of(base)]
    tops = {module_of(one).partition(".")[0] for one in (*type.mro(type(cls)), *looking) if one is not abc.ABCMeta}
    return frozenset(
        top for top in tops if top not in sys.stdlib_module_names and top not in COVERED and not whose.of_the_users(top)
    )


@functools.lru_cache(maxsize=4)
def _holding(libraries: frozenset[str], _classes: tuple[int, ...], _modules: int) -> tuple[_Held, ...]:
    """Where these libraries hold something of cells' classes: looked for again when a class was made or a module imported."""
    found: dict[int, _Held] = {}
    for library in sorted(libraries):
        for place, names, name, value in _containers(library):
            if any(_is_of_cells(key, one) for key, one in _items(value)):
                found.setdefault(id(value), (place, names, name))
    return tuple(found.values())


def _containers(library: str) -> Iterator[tuple[str, Mapping[str, Any], str, Any]]:
    for module_name, module in places.modules_of_library(library):
        for name, value in list(vars(module).items()):
            if name[:2] == "__":
                continue
            yield f"{module_name}:{name}", vars(module), name, value
            if issubclass(type(value), type) and module_of(value) == module_name:
                own = names_of(value)
                yield from ((f"{module_name}:{name}.{inner}", own, inner, one) for inner, one in list(own.items()))


def _items(held: Any) -> Iterable[tuple[Any, Any]]:
    """Keys and values of a dict, values of a list or set beside None; of nothing else."""
    if type(held) not in (dict, list, set) or len(held) > _MOST:
        return ()
    if type(held) is not dict:
        return [(None, one) for one in list(held)]
    return [
        (key, one) for key, one in list(held.items()) if issubclass(type(key), type) or type(key) in (str, int, tuple)
    ]


def _is_of_cells(key: Any, value: Any) -> bool:
    return _is_cells(value) or (_is_cells(key) and _holds_functions(value, _DEEP))


def _holds_functions(value: Any, depth: int) -> bool:
    """Whether a function of the session's is in it; what a library works out of a class by itself has none."""
    if type(value) is types.FunctionType:
        return value.__module__ == "__main__"
    if depth == 0 or type(value) not in (dict, list, set, tuple) or len(value) > _MOST:
        return False
    return any(_holds_functions(one, depth - 1) for one in list(value.values() if type(value) is dict else value))


def _is_cells(value: Any) -> bool:
    """Whether it is a class of a cell's, or a method of one."""
    owner: Any = value.__self__ if type(value) is types.MethodType else value
    return issubclass(type(owner), type) and module_of(owner) == "__main__"


def _put(_: Any, state: list[tuple[str, Any, Any]]) -> None:
    for place, key, value in state:
        if told_of(value) is None and told_of(key) is None:
            _add(_own(place), key, value)


def _own(place: str) -> Any:
    """What stands at a place; a class that had only its base's gets a copy, as its library makes one before it adds to it."""
    owner, name = places.owner_of(place)
    if issubclass(type(owner), type) and name not in names_of(owner):
        base = inherited(owner, name)
        if type(base) is dict:
            places.put(place, base.copy())
    return places.get(place)[1]


def _add(held: Any, key: Any, value: Any) -> None:
    if type(held) is dict:
        if key not in held or not _is_cells(held[key]):
            held[key] = value
    elif type(held) in (list, set) and not any(one is value for one in held):
        held.append(value) if type(held) is list else held.add(value)


provide(Provider("class registers", "what class statements leave in libraries", LATE, lambda _: None, _entries, _put))
