"""The context in force of gmpy2, which is also what a variable may hold: ``ctx = gmpy2.get_context(); ctx.precision = 100``."""

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
