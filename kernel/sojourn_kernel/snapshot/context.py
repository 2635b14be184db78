"""What all drafts of a save have in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..told import Cause, Told
from . import rebuild
from .libraries import imported, library_objects, library_parts, patches, shell_parts, singletons
from .objects.definitions import Definitions
from .pickler import Known
from .precaution import Precaution


@dataclass
class Context:
    """What all drafts of a save have in common.

    main: the namespace of the session's functions. live, containers: what is found by name where the session goes on, by id.
    named: immutable values whose sharing is observed because a variable holds them, by id. constants: places of those that
    libraries may know by identity. cell_of: execution count and source of the cell that made a name. known: what its picklers found out.
    precaution: what is tried before it is pickled here.
    """

    main: dict[str, Any]
    live: dict[int, str]
    definitions: Definitions
    cell_of: Callable[[str], tuple[int | None, str]]
    containers: dict[int, str] = field(default_factory=dict)
    live_types: frozenset[type] = frozenset()
    named: dict[int, Any] = field(default_factory=dict)
    constants: Mapping[int, tuple[str, ...]] = field(default_factory=lambda: library_objects.found().constants)
    known: Known = field(default_factory=Known)
    precaution: Precaution | None = None

    def told(self, root: str, path: str, cause: Cause, reason: str) -> Told:
        cell, source = self.cell_of(root)
        return Told(root, cause, reason if reason.endswith((".", "!", "?")) else reason + ".", path, cell, source)


def context_of(
    main: dict[str, Any],
    definitions: dict[str, Any],
    cell_of: Callable[[str], tuple[int | None, str]] = lambda name: (None, ""),
    named: dict[int, Any] | None = None,
    precaution: Precaution | None = None,
) -> Context:
    """The context of one save. definitions: functions and classes that the session knows by name."""
    live, containers, types = _live(main)
    return Context(main, live, Definitions(definitions), cell_of, containers, types, named or {}, precaution=precaution)


def _live(main: dict[str, Any]) -> tuple[dict[int, str], dict[int, str], frozenset[type]]:
    """Ids of what every session has: objects, and plain containers, which only ``persistent_id`` sees; types of the objects."""
    objects: dict[int, str] = {}
    containers: dict[int, str] = {}
    for name, find in rebuild.LIVE.items():
        try:
            value = find(main)
        except Exception:  # no shell, no loop: then nothing can refer to it
            continue
        (containers if type(value) in (dict, list, float) else objects)[id(value)] = name
    changed = patches.SET | patches.DELETED
    held = imported.held(changed)
    parts = library_parts.of(held, main, lambda place: place in changed)
    librarys = {**held, **parts, **dict(singletons.streams())}
    named = {rebuild.PLACE + place: value for place, value in librarys.items()}
    named |= {rebuild.PART + part: value for part, value in shell_parts.parts(main).items()}
    for name, value in named.items():
        known = containers if type(value) in imported.CONTAINERS else objects
        known.setdefault(id(value), name)
    return objects, containers, frozenset(map(type, named.values()))
