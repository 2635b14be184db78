"""What children that hung or died have taught: which values a forked child must not touch, and which nobody should."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..told import Cause, Told
from .classes import module_of, qualname_of
from .fork import Outcome
from .frozen import PLANNING, STORING, Frozen
from .memory import free_memory

NAMELESS = 2  # children that hung on nothing that has a name, after which the kernel saves by itself
DEADLY = 2  # deaths of children at a root after which it is not touched again
COPIES = 2  # times its size that a value may take in memory while a child pickles it
CHILD_BYTES = 256 << 20  # bytes: what a child needs in any case


@dataclass
class Lessons:
    """unsafe: types of values that a child has hung on; deaths: roots at which a child was killed or crashed, and how often.

    nameless: children that hung on no value of the user's. rehearse: whether recipes may be run to try them.
    """

    unsafe: set[str] = field(default_factory=set)
    deaths: dict[str, int] = field(default_factory=dict)
    nameless: int = 0
    rehearse: bool = True

    def learn(self, outcome: Outcome, values: Mapping[str, Any]) -> None:
        """What a child hung on is saved in the kernel from now on; what killed two of them, or crashed one, is not touched again, but told."""
        root = outcome.hung_on
        if root == PLANNING and (outcome.hung or outcome.crashed):
            self.rehearse = False
        elif outcome.hung and root not in values and root != STORING:  # a store stands still for the kernel as well
            self.nameless += 1
        if not root:
            return
        if outcome.died:
            self.deaths[root] = self.deaths.get(root, 0) + (DEADLY if outcome.crashed else 1)
        elif root in values:
            self.unsafe.add(_type_name(values[root]))

    def lethal(self, told: Callable[[str, Cause, str], Told]) -> dict[str, Told]:
        reason = "the process that tried to save it crashed, or was killed twice; it was not tried again."
        return {root: told(root, Cause.UNPICKLABLE, reason) for root, times in self.deaths.items() if times >= DEADLY}

    def must_stay(self, roots: Mapping[str, Any], todo: Iterable[str], known: Frozen | None) -> bool:
        """Whether these roots are saved in the kernel itself: a child hung on their like, or memory is too short for a child."""
        todo = list(todo)
        if self.nameless >= NAMELESS:
            return True
        if self.unsafe and any(_type_name(roots[root]) in self.unsafe for root in todo):
            return True
        owner = known.owner if known else {}
        largest = max((owner[root].size for root in todo if root in owner), default=0)
        room = free_memory()
        return room is not None and room < COPIES * largest + CHILD_BYTES


def _type_name(value: Any) -> str:
    return f"{module_of(type(value))}.{qualname_of(type(value))}"
