"""Objects of which a library has one: the streams of random numbers that modules share, markers like ``dataclasses.MISSING``, and what
a module keeps for everyone, as ``responses`` does with the mock that its decorators use.

They come back as the library's own: a distribution that draws from numpy's stream goes on drawing from it, and ``is`` holds.
"""

from __future__ import annotations

import sys
import types
from collections.abc import Iterator
from typing import Any

from .. import rebuild
from . import library_objects

STREAMS = ("random:_inst", "numpy.random.mtrand:_rand", "numpy.random.mtrand:_rand._bit_generator", "torch:default_generator")  # fmt: skip
"""Places of the streams whose state :mod:`.ambient.streams` keeps."""
CONTEXTS = ("mpmath:mp", "mpmath:fp", "mpmath:iv", "pyro.poutine.runtime:_PYRO_PARAM_STORE")
"""Places of what a library computes in, and keeps its settings, caches, number classes and parameters in; :mod:`.ambient.multiprecision` keeps the
settings, :mod:`.ambient.pyro_parameters` the parameters."""


def streams() -> Iterator[tuple[str, Any]]:
    """Place and object of each stream, and each such context, that a module of an imported library holds."""
    for place in (*STREAMS, *CONTEXTS):
        module, _, chain = place.partition(":")
        value: Any = sys.modules.get(module)
        for name in chain.split("."):
            value = getattr(value, name, None)
        if value is not None:
            yield place, value
    yield from library_objects.streams().items()


def place_of_method(value: Any) -> str | None:
    """The place of a bound method that the module of its object's class holds under its name, as ``random.shuffle`` is one."""
    module = sys.modules.get(getattr(type(value.__self__), "__module__", None) or "")
    if not isinstance(module, types.ModuleType) or module.__name__ in ("builtins", "__main__"):
        return None
    name = getattr(value, "__name__", None)  # a method of a partial has none
    return f"{module.__name__}:{name}" if name and vars(module).get(name) is value else None


def place_of_marker(value: Any) -> str | None:
    """The place of an object without any state that a module holds; None if none does."""
    cls = type(value)
    if cls is object:
        place = library_objects.place_of_bare(value)
        return place if place is not None and place.partition(":")[0] not in rebuild.MADE else None
    module = sys.modules.get(cls.__module__)
    held = vars(module) if isinstance(module, types.ModuleType) else {}
    return next((f"{cls.__module__}:{name}" for name, one in list(held.items()) if one is value), None)
