"""The context in force of gmpy2, which is also what a variable may hold: ``ctx = gmpy2.get_context(); ctx.precision = 100``; and those of mpmath."""

from __future__ import annotations

import sys
from typing import Any

from ..lost import told_of
from ..reducers.lib_gmpy2 import settings
from .provider import LATE, Provider, provide


def _in_force(*_: Any) -> Any:
    gmpy2: Any = sys.modules.get("gmpy2")
    if not hasattr(gmpy2, "get_context"):
        return None
    now = gmpy2.get_context()
    return now if settings(now) != settings(gmpy2.context()) else None


def _put(_: Any, state: Any) -> None:
    if told_of(state) is None:
        import gmpy2

        gmpy2.set_context(state)


provide(Provider("gmpy2.context", "gmpy2's context", LATE, lambda _: None, _in_force, _put))


_OF_MPMATH = {"mp": ("prec", "dps", "pretty", "trap_complex"), "fp": ("pretty",), "iv": ("prec", "dps", "pretty")}
_AT_FIRST = {"prec": 53, "dps": 15, "pretty": False, "trap_complex": False}


def _of_mpmath(*_: Any) -> Any:
    mpmath: Any = sys.modules.get("mpmath")
    found: dict[str, dict[str, Any]] = {}
    for name, settings_of_it in _OF_MPMATH.items():
        context = getattr(mpmath, name, None)
        now = {one: getattr(context, one) for one in settings_of_it if hasattr(context, one)}
        if any(value != _AT_FIRST[one] for one, value in now.items()):
            found[name] = now
    return found or None


def _put_mpmath(_: Any, state: dict[str, dict[str, Any]]) -> None:
    import mpmath

    for name, settings_then in state.items():
        context = getattr(mpmath, name)
        for one, value in settings_then.items():
            if getattr(context, one) != value:  # the digits follow the bits
                setattr(context, one, value)


provide(Provider("mpmath.contexts", "mpmath's precision", LATE, lambda _: None, _of_mpmath, _put_mpmath))
