"""Functions that the user set to trace, profile or audit stay out of a save: they would change what is being saved."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from ..ours import ours
from .ambient.registrations import users


@contextmanager
def unobserved() -> Iterator[None]:
    """While inside, functions from cells neither trace, profile nor audit this thread; debuggers and profilers go on."""
    trace, profile = sys.gettrace(), sys.getprofile()
    if users(trace):
        sys.settrace(None)
    if users(profile):
        sys.setprofile(None)
    try:
        with ours():
            yield
    finally:
        if users(trace):
            sys.settrace(trace)
        if users(profile):
            sys.setprofile(profile)
