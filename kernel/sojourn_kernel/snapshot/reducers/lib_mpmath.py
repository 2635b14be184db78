"""mpmath's constants are those of its contexts, which are found by their places; by value they would lose their number classes."""

from __future__ import annotations

from typing import Any

from ..looking.attributes import attributes_of
from . import reducer


@reducer("mpmath.ctx_mp_python:_constant", "mpmath.ctx_iv:ivmpf_constant")
def constant(value: Any) -> Any:
    owner = getattr(type(value), "context", None) or getattr(type(value), "ctx", None)
    name = next((name for name, one in attributes_of(owner).items() if one is value), None)
    return NotImplemented if name is None else (getattr, (owner, name))
