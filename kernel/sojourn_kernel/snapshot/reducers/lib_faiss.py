"""faiss: an index that works inside of another (a quantizer, what an ``IndexIDMap`` is over) is that one's part, and no copy beside it."""

from __future__ import annotations

from typing import Any

from . import reducer, variables

_INSIDE = ("index", "quantizer", "base_index", "refine_index", "storage")  # attributes that hold an index
_MODULES = ("swigfaiss", "swigfaiss_avx2", "swigfaiss_avx512", "swigfaiss_avx512_spr", "swigfaiss_sve")


@reducer(*(f"faiss.{module}:Index" for module in _MODULES))
def index(value: Any) -> Any:
    where = _where(value)
    for one in variables():
        if one is not value and _is_index(type(one)):
            for name in _INSIDE:
                if _where(getattr(one, name, None)) == where:
                    return inside_of, (one, name)
    return NotImplemented


def _is_index(cls: type) -> bool:
    return any(base.__name__ == "Index" and base.__module__.startswith("faiss.") for base in cls.__mro__)


def _where(value: Any) -> int | None:
    """Where its memory lies: each look at an attribute gives another object of Python's over it."""
    return int(value.this) if _is_index(type(value)) else None


def inside_of(owner: Any, name: str) -> Any:
    import faiss  # type: ignore[import-not-found,unused-ignore]

    made = faiss.downcast_index(getattr(owner, name))
    made.referenced_objects = [owner]  # as long as it is there, so is what it is in
    return made
