"""mpmath: its contexts are the ones that its functions work in, and its constants are theirs; by value they would lose their number classes."""

from __future__ import annotations

import sys
from typing import Any

from .. import rebuild
from ..attributes import attributes_of
from . import reducer

_CONTEXTS = ("mp", "fp", "iv")


@reducer("mpmath.ctx_mp:MPContext", "mpmath.ctx_fp:FPContext", "mpmath.ctx_iv:MPIntervalContext")
def context(value: Any) -> Any:
    """What a computation leaves in one (nodes of a quadrature, zeros that were found) is found again."""
    library = sys.modules["mpmath"]
    name = next((name for name in _CONTEXTS if getattr(library, name, None) is value), None)
    return NotImplemented if name is None else (rebuild.live, (f"{rebuild.PLACE}mpmath:{name}",))


@reducer("mpmath.ctx_mp_python:_constant", "mpmath.ctx_iv:ivmpf_constant")
def constant(value: Any) -> Any:
    owner = getattr(type(value), "context", None) or getattr(type(value), "ctx", None)
    name = next((name for name, one in attributes_of(owner).items() if one is value), None)
    return NotImplemented if name is None else (getattr, (owner, name))
