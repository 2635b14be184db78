"""ibis' default backend: ibis makes it as soon as an expression needs one, and what was read or made without another is in it."""

from __future__ import annotations

import sys
from typing import Any

from .provider import LATE, Provider, provide


def _default(*_: Any) -> tuple[Any] | None:
    options = getattr(sys.modules.get("ibis.config"), "options", None)
    found = getattr(options, "default_backend", None)
    return None if found is None else (found,)


def _put(_: Any, state: tuple[Any]) -> None:
    from ibis.config import options

    options.default_backend = state[0]


provide(Provider("ibis.backend", "ibis' default backend", LATE, lambda _: None, _default, _put))
