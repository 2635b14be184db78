"""Values of context variables: of those that the user made, and of libraries' that cells changed by calls (``bind_contextvars(job=7)``)."""

from __future__ import annotations

import contextvars
import sys
from typing import Any

from ..libraries.context_places import default_of, places_of, variable_at
from ..libraries.places import library_of
from ..lost import told_of
from .provider import LATE, Provider, provide

_UNSET = object()
# Their variables are about what runs, or kept by providers of their own.
_NOT_OURS = frozenset({
    "asyncio", "anyio", "sniffio", "tornado", "zmq", "ipykernel", "IPython", "jupyter_client", "comm", "traitlets", "decimal", "_decimal",
    "_pydecimal", "numpy", "sojourn_kernel", "__main__", "greenlet",
})  # fmt: skip


def _of_users(shell: Any) -> set[Any]:
    return {value for value in list(shell.user_ns.values()) if type(value) is contextvars.ContextVar}


def _values(shell: Any, _: Any) -> list[tuple[Any, Any]] | None:
    now = contextvars.copy_context()
    return [(var, now[var]) for var in _of_users(shell) if var in now] or None


def _put(_: Any, state: list[tuple[Any, Any]]) -> None:
    for var, value in state:
        var.set(value)


provide(Provider("contextvars", "values of context variables", LATE, lambda _: None, _values, _put))


def _at_start(_: Any) -> dict[Any, Any]:
    return dict(contextvars.copy_context().items())


def _changed(shell: Any, base: dict[Any, Any] | None) -> list[dict[str, Any]] | None:
    """Place, name, default and value of libraries' variables that are not as the kernel started."""
    users, base, found = _of_users(shell), base or {}, []
    now = contextvars.copy_context().items()
    changed = {var: value for var, value in now if base.get(var, _UNSET) is not value and var not in users}
    places = places_of(changed, len(sys.modules))
    for var, value in changed.items():
        place = places[var]
        if place is not None and library_of(place) not in _NOT_OURS:
            found.append({"place": place, "name": var.name, "default": default_of(var), "value": value})
    return sorted(found, key=lambda one: str(one["place"])) or None


def _put_changed(_: Any, state: list[dict[str, Any]]) -> None:
    for one in state:
        if told_of(one["value"]) is not None:  # told, and it is as it was at the start
            continue
        variable_at(one["place"], one["name"], one["default"]).set(one["value"])


provide(Provider("contextvars.libraries", "context variables of libraries", LATE, _at_start, _changed, _put_changed))
