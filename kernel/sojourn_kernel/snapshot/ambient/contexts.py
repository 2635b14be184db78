"""Values of context variables: of those that the user made, and of libraries' that cells changed by calls (``bind_contextvars(job=7)``)."""

from __future__ import annotations

import contextvars
import functools
import sys
import types
from typing import Any

from .. import places
from ..lost import told_of
from .provider import LATE, Provider, provide

_UNSET = object()
_MAKERS = ("contextvars", "ContextVar")  # one of which a module that makes such variables has imported
_ENTRIES = 1000  # of a module's dictionary that is looked through
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
    for var, value in contextvars.copy_context().items():
        if base.get(var, _UNSET) is value or var in users:
            continue
        place = _place(var, len(sys.modules))
        if place is not None:
            default = contextvars.Context().run(_default, var)
            found.append({"place": place, "name": var.name, "default": default, "value": value})
    return sorted(found, key=lambda one: str(one["place"])) or None


def _default(var: contextvars.ContextVar[Any]) -> dict[str, Any]:
    try:
        return {"default": var.get()}
    except LookupError:
        return {}


@functools.lru_cache(maxsize=1)
def _makers(_: int) -> list[str]:
    """The names of the modules that may have made a variable, of so many."""
    return [
        name
        for name, module in list(sys.modules.items())
        if isinstance(module, types.ModuleType)
        and not vars(module).keys().isdisjoint(_MAKERS)
        and name.partition(".")[0] not in _NOT_OURS
    ]


@functools.lru_cache(maxsize=256)
def _place(var: Any, modules: int) -> str | None:
    """Where a library's module holds a variable, or has it in a dictionary; looked for again when modules were imported."""
    for module in _makers(modules):
        held = sys.modules.get(module)
        for name, value in list(vars(held).items()) if held is not None else ():
            if value is var:
                return f"{module}:{name}"
            if type(value) is dict and len(value) <= _ENTRIES:
                key = next((key for key, one in list(value.items()) if one is var and type(key) in (str, int)), None)
                if key is not None:
                    return f"{module}:{name}[{key!r}]"
    return None


def _put_changed(_: Any, state: list[dict[str, Any]]) -> None:
    for one in state:
        if told_of(one["value"]) is not None:  # told, and it is as it was at the start
            continue
        exists, var = places.get(one["place"])
        if not exists:  # the library makes it when it is first asked for
            var = contextvars.ContextVar(one["name"], **one["default"])
            places.put(one["place"], var)
        var.set(one["value"])


provide(Provider("contextvars.libraries", "context variables of libraries", LATE, _at_start, _changed, _put_changed))
