"""Whether what a thread does at the moment is Sojourn's: what observes the doings of a session is not to hear of it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

_here = threading.local()
_is_a_child = False


@contextmanager
def ours() -> Iterator[None]:
    """What this thread does meanwhile is Sojourn's."""
    _here.depth = getattr(_here, "depth", 0) + 1
    try:
        yield
    finally:
        _here.depth -= 1


def in_a_child() -> None:
    """From here on all that this process does is: it is a child that saves."""
    global _is_a_child
    _is_a_child = True


def is_ours() -> bool:
    """Whether this thread is in something of Sojourn's, or is one of its threads."""
    if _is_a_child or getattr(_here, "depth", 0) > 0:
        return True
    # Asking threading for the current thread may make one.
    thread = threading._active.get(threading.get_ident())  # type: ignore[attr-defined]
    return thread is not None and thread.name.startswith("sojourn-")
