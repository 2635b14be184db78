"""How large a value is likely to be when serialised, without looking through it: for what no save has measured yet."""

from __future__ import annotations

import types
from collections.abc import Iterable
from typing import Any

from ..snapshot.looking.classes import module_of

_PER_ITEM = 16  # bytes that an item of a container takes at the least
_EACH = [
    *((cls, 1) for cls in (str, bytes, bytearray)),
    *((cls, _PER_ITEM) for cls in (list, tuple, set, frozenset, dict)),
]


def size_now(measured: int, values: Iterable[Any], changed: bool) -> int:
    """Bytes, at the least. measured: by the last save; values are asked only where they may have changed since."""
    return max(measured, sum(map(size_of, values))) if changed else measured


def size_of(value: Any) -> int:
    """Bytes, at the least. Runs no code of the user's: only exact types of known libraries are asked."""
    cls = type(value)
    for known, each in _EACH:
        if cls is known:
            return len(value) * each
    library = module_of(cls).split(".", 1)[0]
    try:
        if library in ("numpy", "torch", "pyarrow"):
            return int(getattr(value, "nbytes", 0))
        if library == "pandas":
            used = value.memory_usage(index=True, deep=False)
            return int(used if isinstance(used, int) else used.sum())
        if library == "polars":
            return int(value.estimated_size())
        if library == "scipy" and hasattr(value, "data"):
            return int(value.data.nbytes)
    except Exception:  # a size is only a guess: an odd object has none
        return 0
    return 0


_ATOMS = (int, float, complex, bool, str, bytes, bytearray, type(None), types.ModuleType)
_CONTAINERS = (list, tuple, set, frozenset, dict)
_FEW = 1000  # items of a container that are looked at


def is_all_there_is(value: Any) -> bool:
    """Whether a value leads to nothing else, so that its size says how long it takes: others, a line of a figure, may hold anything."""
    if _is_of(value, _CONTAINERS):
        held = value.values() if type(value) is dict else value
        return len(value) <= _FEW and all(_is_of(one, _ATOMS) for one in held)
    if _is_of(value, _ATOMS):
        return True
    library = module_of(type(value)).split(".", 1)[0]
    if library == "numpy":
        return not getattr(getattr(value, "dtype", None), "hasobject", True)
    return library in ("pandas", "polars", "pyarrow") and size_of(value) > 0


def _is_of(value: Any, kinds: tuple[type, ...]) -> bool:
    """By identity: a metaclass of the user's may answer no comparison."""
    return any(type(value) is kind for kind in kinds)
