"""How large a value is likely to be when serialised, without looking through it: for what no save has measured yet."""

from __future__ import annotations

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
