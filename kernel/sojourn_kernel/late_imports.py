"""Our own modules that a kernel's start does not wait for, imported as they would have been then."""

from __future__ import annotations

import importlib
import sys
from typing import Any

AT_START = (
    tuple(sys.path),
    tuple(sys.path_hooks),
    tuple(sys.meta_path),
)  # before the working directory and what cells add


def import_late(name: str) -> None:
    """Import a module of this package, past files of the user's that go by the names of libraries, and finders and loaders of theirs."""
    lists: tuple[list[Any], ...] = (sys.path, sys.path_hooks, sys.meta_path)
    here, known = [one[:] for one in lists], dict(sys.path_importer_cache)
    for one, start in zip(lists, AT_START, strict=True):
        one[:] = start
    sys.path_importer_cache.clear()
    try:
        importlib.import_module(f"{__package__}.{name}")
    finally:
        for one, now in zip(lists, here, strict=True):
            one[:] = now
        sys.path_importer_cache.clear()
        sys.path_importer_cache.update(known)
