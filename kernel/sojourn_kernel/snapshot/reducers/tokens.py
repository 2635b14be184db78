"""Tokens of context variables: they are good in the context that made them, which for most is that of the cells."""

from __future__ import annotations

import contextvars
import gc
from typing import Any

from ...told import Cause
from ..looking import pointers
from . import CannotKeep, reducer

_CONTEXT = pointers.FIRST  # where a token holds its context
_here: contextvars.ContextVar[None] = contextvars.ContextVar("_here", default=None)
_cells: contextvars.Context | None = None
_waiting: list[contextvars.Token[Any]] = []
"Tokens that were restored, and belong to the context of cells, which only a cell's own code meets."


def note_cells_context() -> None:
    """Called where cells run: their context is this one, and tokens that were restored are good in it."""
    global _cells
    token = _here.set(None)
    _cells = context_of(token)
    _here.reset(token)
    while _waiting and _cells is not None:
        pointers.exchange(_waiting.pop(), _CONTEXT, _cells)


def context_of(token: contextvars.Token[Any]) -> contextvars.Context | None:
    """The context that made a token; None where this Python keeps it elsewhere."""
    found = next((one for one in gc.get_referents(token) if type(one) is contextvars.Context), None)
    return found if found is not None and pointers.held_at(token, _CONTEXT) == id(found) else None


@reducer("_contextvars:Token", "builtins:Token")
def token(value: contextvars.Token[Any]) -> Any:
    context = context_of(value)
    if context is None:
        raise CannotKeep(Cause.LIVE_RESOURCE, "a token belongs to the context that made it")
    before = () if value.old_value is contextvars.Token.MISSING else (value.old_value,)
    used = repr(value).startswith("<Token used")
    return make_token, (value.var, before, used, None if context is _cells else context)


def make_token(
    var: contextvars.ContextVar[Any], before: tuple[Any, ...], used: bool, context: contextvars.Context | None
) -> contextvars.Token[Any]:
    made = contextvars.Context().run(_made, var, before, used)
    if context is not None:
        pointers.exchange(made, _CONTEXT, context)
    elif not used:
        is_of_cells(made)
    return made


def is_of_cells(token: contextvars.Token[Any]) -> None:
    """Have a token be good in the context of cells, from the next one on."""
    _waiting.append(token)


def _made(var: contextvars.ContextVar[Any], before: tuple[Any, ...], used: bool) -> contextvars.Token[Any]:
    for value in before:
        var.set(value)
    token = var.set(None)
    if used:
        var.reset(token)
    return token
