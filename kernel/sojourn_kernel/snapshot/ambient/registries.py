"""What a library remembers of the session's objects under a name (``blinker.signal('done')``).

Only entries that a fresh library lacks are put back: whatever it makes by itself stays its own.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Iterable
from typing import Any

from .. import places
from ..classes import module_of
from ..lost import told_of
from .call_rules import COVERED
from .provider import LATE, Provider, provide

_MOST = 1000  # entries of a dict, from which it is taken for data or a cache


@functools.lru_cache(maxsize=128)
def _dicts_of(library: str, _: int) -> tuple[tuple[str, dict[Any, Any]], ...]:
    """Places and values of the dicts that a library's modules hold; looked for again when modules were imported."""
    found: dict[int, tuple[str, dict[Any, Any]]] = {}
    for name, module in places.modules_of_library(library):
        for attribute, value in list(vars(module).items()):
            if isinstance(value, dict) and not attribute.startswith("__"):
                found.setdefault(id(value), (f"{name}:{attribute}", value))
    return tuple(found.values())


def _libraries_of(values: Iterable[Any]) -> set[str]:
    tops = {module_of(type(value)).partition(".")[0] for value in values}
    return {top for top in tops if top not in sys.stdlib_module_names and top not in COVERED and top != "__main__"}


def _entries(shell: Any, _: Any) -> list[tuple[str, Any]] | None:
    """Places in libraries' dicts, and the session's objects that stand there."""
    named = {id(value): (name, value) for name, value in list(shell.user_ns.items()) if _may_be_entry(type(value))}
    found = []
    for library in _libraries_of(value for _, value in named.values()):
        for place, entries in _dicts_of(library, len(sys.modules)):
            if len(entries) > _MOST:
                continue
            for key, value in list(entries.items()):
                if type(key) is not str or id(value) not in named or not places.is_ours(f"{place}[{key!r}]"):
                    continue
                if places.of_object(named[id(value)][0], value) is None:  # not the library's own
                    found.append((f"{place}[{key!r}]", value))
    return found or None


def _may_be_entry(cls: type) -> bool:
    """Whether objects of the class have attributes or slots and no name of their own; no code of the class runs."""
    own = type.__getattribute__(cls, "__dict__")
    return not issubclass(cls, places.NAMED) and bool(
        type.__getattribute__(cls, "__dictoffset__") or "__slots__" in own
    )


def _put_entries(_: Any, state: list[tuple[str, Any]]) -> None:
    for place, value in state:
        exists, here = places.get(place)
        if told_of(value) is None and (not exists or here is None):
            places.put(place, value)


provide(Provider("registries", "what libraries know by name", LATE, lambda _: None, _entries, _put_entries))
