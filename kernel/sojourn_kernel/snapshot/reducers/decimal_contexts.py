"""``decimal.localcontext()`` between its beginning and its end: the context that it set, and the one that it goes back to."""

from __future__ import annotations

import decimal
from typing import Any

from ...told import Cause
from ..looking import pointers
from . import CannotKeep, reducer

_OWN, _BEFORE = pointers.FIRST, pointers.FIRST + pointers.SIZE  # all that it holds


@reducer("decimal:ContextManager")
def manager(value: Any) -> Any:
    if type(value).__basicsize__ != _BEFORE + pointers.SIZE:
        raise CannotKeep(Cause.UNPICKLABLE, "which contexts it holds can't be read out")
    return make_manager, (_held(value, _OWN), _held(value, _BEFORE))


def _held(value: Any, offset: int) -> Any:
    return pointers.object_at(pointers.held_at(value, offset) or 0)


def make_manager(own: decimal.Context, before: decimal.Context) -> Any:
    made = decimal.localcontext(own)
    pointers.exchange(made, _OWN, own)  # it takes copies
    pointers.exchange(made, _BEFORE, before)
    return made
