"""How saves ended, and what the last one holds."""

from __future__ import annotations

from collections.abc import MutableMapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

from ..recipe import Recipe
from ..snapshot.frozen import Frozen
from ..system import elapsed
from ..told import Told

if TYPE_CHECKING:
    from ..store import Committed
    from .writing import Written


@dataclass(frozen=True)
class Saved:
    """How a save ended."""

    ok: bool
    checkpoint: str | None = None
    created: float = 0.0
    bytes: int = 0
    seconds: float = 0.0
    told: tuple[Told, ...] = ()
    error: str = ""


@dataclass
class Progress:
    """What the last committed checkpoint holds, and what may have changed since."""

    frozen: Frozen | None = None
    warm: bytes | None = None
    anchors: MutableMapping[str, Any] = field(default_factory=WeakValueDictionary)
    "The functions and classes that it knows by name, which are the session's to drop."
    dirty: set[str] | None = None
    "Roots that may have changed; None means all."
    changed: bool = True
    "Whether anything ran since."
    goes_on: bool = False
    "Whether code of the user's (threads, tasks, timers) ran on while the last checkpoint was made, whatever names it can reach."
    last: Committed | None = None
    cells: int | None = None
    "How many of the session's cells had run when the last checkpoint was made; None where that is not known."
    looked: bool = False
    "Whether the last checkpoint was made by looking at every object, and nothing ran since."
    recipes: dict[tuple[str, ...], Recipe] = field(default_factory=dict)
    "How to make again what the last checkpoint does not hold."

    @property
    def changing(self) -> bool:
        """Whether no cell ran since the last checkpoint, but code of the user's that ran on while it was made (threads, tasks)."""
        return not self.changed and (self.goes_on or self.dirty != set())

    @property
    def settled(self) -> bool:
        """Whether the last checkpoint holds all; a cell in a subshell may mark names while a save begins."""
        return not self.changed and not self.changing


def saved_of(written: Written, begin: float) -> Saved:
    """Of what was committed. begin: when the save began."""
    done = written.done
    again = {root for recipe in written.recipes for root in recipe.covers}
    told = tuple(told for told in written.frozen.told if told.name not in again)
    return Saved(True, done.id, done.created, done.uploaded_bytes, elapsed() - begin, told)
