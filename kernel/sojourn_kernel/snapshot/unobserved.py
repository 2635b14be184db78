"""Functions that the user set to trace or profile stay out of a save: they would change what is being saved."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def unobserved() -> Iterator[None]:
    """While inside, functions from cells neither trace nor profile this thread; debuggers and profilers go on."""
    trace, profile = sys.gettrace(), sys.getprofile()
    if _is_from_a_cell(trace):
        sys.settrace(None)
    if _is_from_a_cell(profile):
        sys.setprofile(None)
    try:
        yield
    finally:
        if _is_from_a_cell(trace):
            sys.settrace(trace)
        if _is_from_a_cell(profile):
            sys.setprofile(profile)


def in_a_child() -> None:
    """In a forked child nothing is traced or profiled, nor in the threads that it starts."""
    sys.settrace(None)
    sys.setprofile(None)
    threading.settrace(None)  # type: ignore[arg-type]
    threading.setprofile(None)


def _is_from_a_cell(function: Any) -> bool:
    function = getattr(function, "__func__", function)
    return "__main__" in (getattr(function, "__module__", None), type(function).__module__)
