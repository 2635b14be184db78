"""What a library's context manager has set that a cell entered itself and may never leave: it is kept by the places where it stands.

The library is looked at before and after. Whatever stands at such a place when the session is saved is put back, so one that was left again
costs nothing.
"""

from __future__ import annotations

import contextlib
import gc
import sys
import types
from collections.abc import Iterator
from typing import Any

from ..libraries import imported, patches, places
from ..looking.attributes import attributes_here
from ..looking.classes import inherited, module_of, names_of
from .call_rules import COVERED
from .reached_state import MISSING, Seen, held_at, look

_DEPTH = 3  # of objects in objects
_MOST = 50_000  # values of a library that are looked through for places
_seen: list[tuple[Seen, Any]] = []
"What was seen before the context manager that is being entered, and the object that it is about."


def entering(manager: Any) -> Any:
    """What a cell's code hands a context manager to that it is about to enter; gives it back."""
    _seen.clear()
    with contextlib.suppress(Exception):  # never the user's trouble
        function, owner = _code_of(manager)
        seen = look(function, owner)
        if seen is not None and seen.library not in COVERED | sys.stdlib_module_names | {"__main__"}:
            _seen.append((seen, owner))
    return manager


def entered(result: Any) -> Any:
    """What a cell's code hands the result of entering to; gives it back."""
    if _seen:
        with contextlib.suppress(Exception):
            _note(*_seen.pop())
    return result


def _code_of(manager: Any) -> tuple[Any, Any]:
    """The function that entering runs, and what it is called on."""
    if isinstance(manager, contextlib._GeneratorContextManager):
        function, first = getattr(manager, "func", None), next(iter(getattr(manager, "args", ())), None)
        held = inherited(type(first), getattr(function, "__name__", ""))
        return function, first if getattr(held, "__wrapped__", None) is function else None
    return inherited(type(manager), "__enter__"), manager


def _note(seen: Seen, owner: Any) -> None:
    changed = [(holder, key) for holder, key, was in seen.values if held_at(holder, key) is not was]
    containers = [(part, copy) for part, copy in seen.parts if not _holds_the_same(part, copy)]
    entries = [(one.holder, one.key) for one in seen.of_own_kinds() if one.was is not MISSING]
    wanted = {_id_of(holder) for holder, _ in changed} | {id(one) for one, _ in (*containers, *entries)}
    found = _places(seen.library, wanted) if wanted else {}
    for holder, key in changed:
        start = found.get(_id_of(holder))
        if start is not None and type(key) is str and places.is_ours(start + key):
            patches.SET.add(start + key)
    for holder, key in entries:
        step = f"[{key!r}]"
        start = found.get(id(holder))
        if start is not None and type(key) in (str, int) and places.is_ours(start + step):
            patches.SET.add(start + step)
    if (place := _place_of(owner, seen.library)) is not None:
        imported.seen_again(place, owner)  # the manager has it as well, and leaves it as it was
    for part, copy in containers:
        if id(part) in found:
            imported.seen_as(found[id(part)], copy)


def _place_of(owner: Any, library: str) -> str | None:
    """The place of an object that a library's module holds; None for any other."""
    if owner is None or issubclass(type(owner), places.NAMED):
        return None
    modules = places.modules_of_library(library)
    return next(
        (f"{name}:{own}" for name, one in modules for own, held in list(vars(one).items()) if held is owner), None
    )


def _holds_the_same(part: Any, copy: Any) -> bool:
    if type(part) is dict:
        return list(map(id, part)) == list(map(id, copy)) and _holds_the_same([*part.values()], [*copy.values()])
    return part == copy if type(part) is set else list(map(id, part)) == list(map(id, copy))


def _id_of(holder: Any) -> int:
    """Of what holds values: that of the dictionary behind the view of one that a class shows."""
    return id(gc.get_referents(holder)[0] if type(holder) is types.MappingProxyType else holder)


def _places(library: str, wanted: set[int]) -> dict[int, str]:
    """Places of a library's containers, and what the places of attributes begin with, by the id of what holds them."""
    found: dict[int, str] = {}
    met: set[int] = set()
    todo: list[tuple[str, Any, int]] = []
    for name, module in places.modules_of_library(library):
        found[id(vars(module))] = f"{name}:"
        todo += [(f"{name}:{own}", value, _DEPTH) for own, value in list(vars(module).items()) if own[:2] != "__"]
    while todo and len(met) < _MOST and not wanted <= found.keys():
        place, value, depth = todo.pop(0)
        if id(value) in met or isinstance(value, (types.ModuleType, types.FunctionType)):
            continue
        met.add(id(value))
        for holder, start, parts in _inside(value, place, library):
            found.setdefault(holder, start)
            todo += [(place + step, one, depth - 1) for step, one in parts if depth > 1]
    return found


def _inside(value: Any, place: str, library: str) -> Iterator[tuple[int, str, list[tuple[str, Any]]]]:
    """The id of what holds a value's parts, what their places begin with, and the parts with the last steps of their places."""
    if type(value) in imported.CONTAINERS:
        yield id(value), place, _entries(value) if type(value) is dict else []
        return
    is_class = issubclass(type(value), type)
    if module_of(value if is_class else type(value)).partition(".")[0] == library:
        if issubclass(type(value), dict):
            yield id(value), place, _entries(value)
        held: Any = names_of(value) if is_class else attributes_here(value)
        yield _id_of(held), f"{place}.", [(f".{name}", one) for name, one in list(held.items()) if name[:2] != "__"]


def _entries(held: dict[Any, Any]) -> list[tuple[str, Any]]:
    return [(f"[{key!r}]", one) for key, one in list(dict.items(held)) if type(key) in (str, int)]
