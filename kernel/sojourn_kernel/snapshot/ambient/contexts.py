"""Values of the context variables that the user made."""

from __future__ import annotations

import contextvars
from typing import Any

from .provider import LATE, Provider, provide


def _values(shell: Any, _: Any) -> list[tuple[Any, Any]] | None:
    now = contextvars.copy_context()
    mine = {value for value in list(shell.user_ns.values()) if type(value) is contextvars.ContextVar}
    return [(var, now[var]) for var in mine if var in now] or None


def _put(_: Any, state: list[tuple[Any, Any]]) -> None:
    for var, value in state:
        var.set(value)


provide(Provider("contextvars", "values of context variables", LATE, lambda _: None, _values, _put))
