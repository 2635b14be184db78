"""What holds while Sojourn works, however many calls and threads of it overlap: the first of them begins it, the last undoes it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Outermost:
    """undo: called when the last one leaves."""

    def __init__(self, undo: Callable[[], object]) -> None:
        self._undo = undo
        self._lock, self._depth = threading.RLock(), 0

    @property
    def holds(self) -> bool:
        """Whether somebody is inside."""
        return self._depth > 0

    @contextmanager
    def inside(self, begin: Callable[[], object]) -> Iterator[None]:
        """begin: called where nobody else is inside."""
        with self._lock:
            if self._depth == 0:
                begin()
            self._depth += 1
        try:
            yield
        finally:
            with self._lock:
                self._depth -= 1
                if self._depth == 0:
                    self._undo()
