"""How far libraries have numbered their objects: brought forward as soon as a library is imported, before it makes one."""

from __future__ import annotations

import contextlib
import sys
import types
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from ..libraries import after_import, counters, places
from .provider import COUNTERS, LATE, SETTINGS, Provider, provide

_waiting: dict[str, Any] = {}
"Of libraries that the session had imported and this process has not: how far a counter is, or which kind of table stands there, by place."


def _captured(*_: Any) -> dict[str, Any] | None:
    counters.find()
    found: dict[str, Any] = {**counters.made_later(), **counters.numbers()}  # tables first: their entries follow
    return {**{place: one for place, one in _waiting.items() if place not in found}, **found} or None


def _put(_: Any, state: Mapping[str, Any]) -> None:
    _waiting.update(state)
    for library, of_library in _grouped(state, places.library_of).items():
        after_import.after(library, partial(_forward_library, of_library))


def _forward_library(state: Mapping[str, Any], library: types.ModuleType) -> None:
    """Bring the counters of a library forward: those of modules that it imports later, later."""
    for name, of_module in _grouped(state, lambda place: place.partition(":")[0]).items():
        if name == library.__name__:
            _forward_module(of_module, library)
        else:
            after_import.after(name, partial(_forward_module, of_module))


def _grouped(state: Mapping[str, Any], by: Callable[[str], str]) -> dict[str, dict[str, Any]]:
    groups: dict[str, dict[str, Any]] = {}
    for place, one in state.items():
        groups.setdefault(by(place), {})[place] = one
    return groups


def _forward_module(state: Mapping[str, Any], _: types.ModuleType) -> None:
    for place, one in state.items():
        _waiting.pop(place, None)
        with contextlib.suppress(Exception):  # another version of the library may have something else there
            _forward(place, one)


def _forward(place: str, one: int | str) -> None:
    owner, last = places.owner_of(place)
    if isinstance(one, str):
        if owner is not None and not hasattr(owner, last):
            setattr(owner, last, counters.KINDS[one]())
        return
    # The entry of a table is made where there is none, as the library would make it.
    exists, value = (True, owner[places.key_of(last)]) if last.startswith("[") else places.get(place)
    further = counters.forward(value, one) if exists else None
    if further is not None:
        places.put(place, further)


def _by_object(shell: Any, _: Any) -> list[tuple[str, Any, int]] | None:
    """Counters that a library keeps for each of the session's objects: a model's agents."""
    kept = list(counters.by_object())
    named = {id(value) for value in list(shell.user_ns.values())} if kept else set()
    return [entry for entry in kept if id(entry[1]) in named] or None


def _put_by_object(_: Any, state: list[tuple[str, Any, int]]) -> None:
    for place, key, number in state:
        if place.partition(":")[0] not in sys.modules:
            continue
        with contextlib.suppress(Exception):  # as above; a key that was lost may not even hash
            table = places.get(place)[1]
            further = counters.forward(table[key], number)
            if further is not None:
                table[key] = further


provide(
    Provider("counters", "libraries' counters", SETTINGS, lambda _: counters.start(), _captured, _put, order=COUNTERS)
)
provide(Provider("counters.by_object", "libraries' counters", LATE, lambda _: None, _by_object, _put_by_object))
