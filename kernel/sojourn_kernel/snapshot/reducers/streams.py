"""Streams of random numbers that libraries' modules hold (``factory.random.randgen``): who draws from one goes on doing so."""

from __future__ import annotations

import functools
import random
import sys
import types
from typing import Any

from .. import rebuild
from . import reducer


def of_libraries() -> dict[str, random.Random]:
    """Place → stream."""
    return dict(_found(len(sys.modules)).values())


@functools.lru_cache(maxsize=2)
def _found(_: int) -> dict[int, tuple[str, random.Random]]:
    """Places and streams by id; looked for again when modules were imported."""
    found: dict[int, tuple[str, random.Random]] = {}
    for name, module in list(sys.modules.items()):
        library = name.partition(".")[0]
        if type(module) is not types.ModuleType or library in sys.stdlib_module_names or library == "__main__":
            continue
        for attribute, value in list(vars(module).items()):
            if type(value) is random.Random:
                found.setdefault(id(value), (f"{name}:{attribute}", value))
    return found


@reducer("random:Random")
def stream(value: Any) -> Any:
    place, found = _found(len(sys.modules)).get(id(value), ("", None))
    return (rebuild.live, (rebuild.PLACE + place,)) if found is value else value.__reduce__()
