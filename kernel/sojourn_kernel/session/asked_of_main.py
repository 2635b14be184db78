"""What code that no cell shows asks the session's module for before it is loaded: ``from __main__ import table`` in a module, or a pickle."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import Any

_ASKED = "__getattr__"  # PEP 562


class Answering:
    """Stands in the namespace while not all is loaded. load: called with a name that is not there; whether it has loaded that."""

    def __init__(self, namespace: dict[str, Any], load: Callable[[str], bool]) -> None:
        self._namespace, self._load, self._process = namespace, load, os.getpid()
        self._own = self._answer

    def begin(self) -> None:
        self._namespace.setdefault(_ASKED, self._own)

    def end(self) -> None:
        if self._namespace.get(_ASKED) is self._own:
            del self._namespace[_ASKED]

    def leave(self, roots: dict[str, Any]) -> None:
        """It is nothing of the session's."""
        if roots.get(_ASKED) is self._own:
            del roots[_ASKED]

    def _answer(self, name: str) -> Any:
        """For the thread that cells run in, which what is loaded belongs to; a forked process has no connections of its own."""
        here = threading.current_thread() is threading.main_thread() and os.getpid() == self._process
        if here and self._load(name) and name in self._namespace:
            return self._namespace[name]
        raise AttributeError(f"module '__main__' has no attribute {name!r}")
