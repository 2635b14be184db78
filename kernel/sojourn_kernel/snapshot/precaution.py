"""Pickling by code that no save of this session has been through, tried in a forked child before the kernel itself does it.

Compiled code may crash where Python would raise, and a kernel that crashes in its last save loses the session, not one object. So in a
save in the kernel itself, the first object of each class that is pickled by a library's own code, or by the user's, costs a trial.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from .looking.classes import qualname_of
from .process.fork import Child
from .process.interruption import Interruption

STILL = 2.0  # seconds without progress after which a trial tells nothing: a child hangs where the kernel would not
SHARE = 0.3  # of the time that is left which a trial may take


class Untried(Interruption):
    """An object of this class is about to be pickled by its own code."""

    def __init__(self, cls: type) -> None:
        super().__init__(qualname_of(cls))
        self.cls = cls


class Crashed(Interruption):
    """Pickling a root ended the child that tried it."""


class Precaution:
    """survived: ids of classes whose own pickling has ended no process. ahead: whether others are to be tried first; else they are only
    noted. crashed: roots that ended a child."""

    def __init__(self, survived: set[int], ahead: bool) -> None:
        self.survived, self.ahead = survived, ahead
        self.crashed: list[str] = []

    def meets(self, cls: type) -> None:
        """Called before the first object of a class is reduced that foreign code pickles. Raises Untried."""
        if id(cls) in self.survived:
            return
        if self.ahead:
            raise Untried(cls)
        self.survived.add(id(cls))

    def tried(self, act: Callable[[], Any], until: float | None) -> bool:
        """Whether a child that does this lives. until: ``time.monotonic()`` at which all must be done."""

        def go(report: Callable[[str], None]) -> frozenset[int]:
            self.ahead = False
            act()
            return frozenset(self.survived)

        now = time.monotonic()
        try:
            outcome = Child(go).wait(STILL, None if until is None else now + SHARE * max(0.0, until - now))
        except OSError:  # no room for a child
            return True
        self.survived |= outcome.result or frozenset()
        return not outcome.crashed
