"""Functions that the user set to trace, profile or audit stay out of a save: they would change what is being saved."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_saving: set[int] = set()
_is_a_child = False


def is_ours() -> bool:
    """Whether what this thread does now is for a save: it is in one, or it is one of Sojourn's threads."""
    if _is_a_child or (here := threading.get_ident()) in _saving:
        return True
    thread = threading._active.get(here)  # type: ignore[attr-defined]  # asking for the current one may make one
    return thread is not None and thread.name.startswith("sojourn-")


@contextmanager
def unobserved() -> Iterator[None]:
    """While inside, functions from cells neither trace, profile nor audit this thread; debuggers and profilers go on."""
    trace, profile = sys.gettrace(), sys.getprofile()
    if _is_from_a_cell(trace):
        sys.settrace(None)
    if _is_from_a_cell(profile):
        sys.setprofile(None)
    _saving.add(threading.get_ident())
    try:
        yield
    finally:
        _saving.discard(threading.get_ident())
        if _is_from_a_cell(trace):
            sys.settrace(trace)
        if _is_from_a_cell(profile):
            sys.setprofile(profile)


def in_a_child() -> None:
    """In a forked child nothing is observed, nor in the threads that it starts."""
    global _is_a_child
    _is_a_child = True
    sys.settrace(None)
    sys.setprofile(None)
    threading.settrace(None)  # type: ignore[arg-type]
    threading.setprofile(None)


def _is_from_a_cell(function: Any) -> bool:
    function = getattr(function, "__func__", function)
    return "__main__" in (getattr(function, "__module__", None), type(function).__module__)
