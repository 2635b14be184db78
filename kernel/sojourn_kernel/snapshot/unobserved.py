"""Functions that the user set to trace, profile or audit stay out of a save, and so does what stands in for the system's: they would
change what is being saved, or keep it from being saved."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from ..ours import ours
from .libraries.whose import users
from .process.lifted import lifted, stand_ins
from .process.monitoring import unmonitored
from .process.process_limits import raised


@contextmanager
def unobserved() -> Iterator[None]:
    """While inside, functions from cells neither trace, profile nor audit this thread, nor monitor the interpreter; debuggers and profilers go on."""
    trace, profile = sys.gettrace(), sys.getprofile()
    if users(trace):
        sys.settrace(None)
    if users(profile):
        sys.setprofile(None)
    try:
        with ours(), unmonitored(users):
            yield
    finally:
        if users(trace):
            sys.settrace(trace)
        if users(profile):
            sys.setprofile(profile)


@contextmanager
def undisturbed() -> Iterator[None]:
    """While inside, mocks and other stand-ins from cells are not in the way of what is Sojourn's, nor are limits that they set."""
    with lifted(users), raised():
        yield


def is_disturbed() -> bool:
    """Whether a cell put anything in the place of what Sojourn stands on."""
    return bool(stand_ins(users))
