"""mpmath: contexts, and what is known by them: their constants and the classes of their numbers, which each makes for itself."""

from __future__ import annotations

import sys
from typing import Any

from ..looking.attributes import attributes_of
from . import class_reducer, reducer

_SETTINGS = ("trap_complex", "pretty")


@reducer("mpmath.ctx_mp_python:_constant", "mpmath.ctx_iv:ivmpf_constant")
def constant(value: Any) -> Any:
    """Those of contexts; by value they would lose their number classes."""
    return _in_context(type(value), value)


@class_reducer("mpmath.ctx_mp_python", "mpmath.ctx_iv", "mpmath.matrices.matrices")
def class_of_a_context(value: type) -> Any:
    return _in_context(value, value)


def _in_context(cls: Any, value: Any) -> Any:
    owner = vars(cls).get("context") or vars(cls).get("ctx")
    name = next((name for name, one in attributes_of(owner).items() if one is value), None)
    return NotImplemented if name is None else (getattr, (owner, name))


@reducer("mpmath.ctx_mp:MPContext")
def context(value: Any) -> Any:
    """One that a session made (``mpmath.MPContext()``, ``mp.clone()``): those of the library are found by their places."""
    cls = type(value)
    if not cls.__module__.startswith("mpmath."):
        return NotImplemented
    domains = sys.modules.get("sympy.polys.domains")
    for name in ("RR", "CC"):
        field = getattr(domains, name, None)
        if getattr(field, "_context", None) is value:
            return getattr, (field, "_context")
    usual = attributes_of(cls()).keys()
    added = {name: one for name, one in attributes_of(value).items() if name not in usual}
    settings = {name: getattr(value, name) for name in _SETTINGS}
    return make_context, (cls, value.prec, value.dps, settings), added or None


def make_context(cls: Any, precision: int, digits: int, settings: dict[str, Any]) -> Any:
    """With the binary precision, from which the decimal one that was asked for does not follow."""
    made = cls()
    made.dps = digits
    if made.prec != precision:
        made.prec = precision
    for name, value in settings.items():
        setattr(made, name, value)
    return made
