"""Our own modules that a kernel's start does not wait for, imported as they would have been then."""

from __future__ import annotations

import importlib
import sys

AT_START = tuple(sys.path)  # before the working directory and what cells add to it


def import_late(name: str) -> None:
    """Import a module of this package, past files of the user's that go by the names of libraries."""
    here = sys.path[:]
    sys.path[:] = AT_START
    try:
        importlib.import_module(f"{__package__}.{name}")
    finally:
        sys.path[:] = here
