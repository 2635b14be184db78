"""What scipy.special does about errors (``scipy.special.seterr(all='raise')``): compiled code keeps it."""

from __future__ import annotations

import sys
from typing import Any

from .provider import LATE, Provider, provide


def _differing(*_: Any) -> dict[str, str] | None:
    special: Any = sys.modules.get("scipy.special")
    if not hasattr(special, "geterr"):
        return None
    return {kind: action for kind, action in special.geterr().items() if action != _at_first(kind)} or None


def _at_first(kind: str) -> str:
    return "raise" if kind == "memory" else "ignore"


def _put(_: Any, state: dict[str, str]) -> None:
    from scipy import special

    special.seterr(**state)


provide(Provider("scipy.special.errors", "scipy.special's handling of errors", LATE, lambda _: None, _differing, _put))
