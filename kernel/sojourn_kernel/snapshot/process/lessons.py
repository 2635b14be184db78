"""What children that hung or died have taught: which values a forked child must not touch, and which nobody should."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ...told import Cause, Told
from ..frozen import DEFINITIONS, PLANNING, STORING, Frozen
from ..looking.classes import module_of, qualname_of
from .fork import Outcome
from .memory import free_memory

NAMELESS = 2  # children that hung on nothing that has a name, after which the kernel saves by itself
DEADLY = 2  # deaths of children at a root after which it is not touched again
COPIES = 2  # times its size that a value may take in memory while a child pickles it
STOOD_STILL = "its serialisation stood still: it waits for something that does not come."
CRASHED = "the process that tried to save it crashed, or was killed twice; it was not tried again."
TOO_LARGE = "saving it takes more memory than there is; it is tried again once there is twice as much."
NOT_TOUCHED = frozenset(
    {STOOD_STILL, CRASHED, TOO_LARGE}
)  # what is told of what nothing must pickle again, nor compare
CHILD_BYTES = 256 << 20  # bytes: what a child needs in any case


@dataclass
class Lessons:
    """unsafe: types of values that a child has hung on; deaths: roots at which a child was killed or crashed, and how often.

    nameless: children that hung on no value of the user's. rehearse: whether recipes may be run to try them.
    """

    unsafe: set[str] = field(default_factory=set)
    still: set[str] = field(default_factory=set)
    "Roots that stood still in the kernel itself."
    blamed: dict[str, int] = field(default_factory=dict)
    "By root, the id of the value that is to blame: another value of the name is not."
    deaths: dict[str, int] = field(default_factory=dict)
    short: dict[str, list[int]] = field(default_factory=dict)
    "By root, the memory that was free after each child that used most of it up there."
    survived: set[int] = field(default_factory=set)
    "Ids of classes whose own pickling has ended no process."
    nameless: int = 0
    rehearse: bool = True
    definitions: bool = False
    "Whether a child hung on the functions and classes, and the one to blame has not been found in the kernel itself."

    def learn(self, outcome: Outcome, values: Mapping[str, Any]) -> None:
        """What a child hung on is saved in the kernel from now on; what killed two of them, or crashed one, is not touched again, but told,
        and so is what took more memory than there was, until there is more."""
        root = outcome.hung_on
        if root == PLANNING and (outcome.hung or outcome.crashed):
            self.rehearse = False
        elif root == DEFINITIONS and outcome.hung:
            self.definitions = True
        elif outcome.hung and root not in values and root != STORING:  # a store stands still for the kernel as well
            self.nameless += 1
        if not root:
            return
        self._blame(root, values)
        if outcome.greedy:
            self.short.setdefault(root, []).append(free_memory() or 0)
        elif outcome.died:
            self.deaths[root] = self.deaths.get(root, 0) + (DEADLY if outcome.crashed else 1)
        elif root in values:
            self.unsafe.add(_type_name(values[root]))

    def stood_still(self, roots: Iterable[str], values: Mapping[str, Any]) -> None:
        """Pickling these stood still in the kernel itself: they are not touched again, but told."""
        for root in roots:
            self.definitions = False
            self.still.add(root)
            self._blame(root, values)

    def crashed(self, roots: Iterable[str], values: Mapping[str, Any]) -> None:
        """Pickling these ended a child that the kernel had try it: they are not touched again, but told."""
        for root in roots:
            self.deaths[root] = DEADLY
            self._blame(root, values)

    def _blame(self, root: str, values: Mapping[str, Any]) -> None:
        if root in values:
            self.blamed[root] = id(values[root])

    def lethal(self, told: Callable[[str, Cause, str], Told], values: Mapping[str, Any]) -> dict[str, Told]:
        """What is not to be tried again, with what to tell. values: of roots, as they are now."""
        reasons = {root: CRASHED for root, times in self.deaths.items() if times >= DEADLY}
        reasons |= dict.fromkeys(self.still, STOOD_STILL)
        reasons |= dict.fromkeys(self._too_large(), TOO_LARGE)
        return {
            root: told(root, Cause.UNPICKLABLE, why)
            for root, why in reasons.items()
            if root not in values or self.blamed.get(root, id(values[root])) == id(values[root])
        }

    def _too_large(self) -> list[str]:
        room = (free_memory() or 0) if self.short else 0
        return [root for root, free in self.short.items() if len(free) >= DEADLY and room < COPIES * max(free)]

    def must_stay(self, roots: Mapping[str, Any], todo: Iterable[str], known: Frozen | None) -> bool:
        """Whether these roots are saved in the kernel itself: a child hung on their like, or memory is too short for a child."""
        todo = [root for root in todo if root not in self.still]
        if self.nameless >= NAMELESS or self.definitions:
            return True
        if self.unsafe and any(_type_name(roots[root]) in self.unsafe for root in todo):
            return True
        owner = known.owner if known else {}
        largest = max((owner[root].size for root in todo if root in owner), default=0)
        room = free_memory()
        return room is not None and room < COPIES * largest + CHILD_BYTES


def _type_name(value: Any) -> str:
    return f"{module_of(type(value))}.{qualname_of(type(value))}"
