"""gmpy2: contexts by their settings, and by what each goes back to as it is left: one that was never entered ends the process as it is."""

from __future__ import annotations

import contextvars
import gc
from typing import Any

from ..looking import pointers
from . import reducer
from .tokens import context_of, is_of_cells

_FIRST = ("precision", "round")  # which others have for their defaults


@reducer("gmpy2:context")
def context(value: Any) -> Any:
    if (token := _token_of(value)) is None:
        return make_context, (settings(value),)
    before = None if token.old_value is contextvars.Token.MISSING else token.old_value
    left = repr(token).startswith("<Token used")
    return make_context, (settings(value),), (before, left), None, None, enter_again


def _token_of(context: Any) -> Any:
    """What a context was given as it was entered, which it holds as the last of its own; it shows that to nobody."""
    address = pointers.held_at(context, type(context).__basicsize__ - pointers.SIZE)
    return next((one for one in gc.get_objects() if id(one) == address and type(one) is contextvars.Token), None)


def settings(context: Any) -> dict[str, Any]:
    names = [*_FIRST, *(name for name in dir(context) if not name.startswith("_") and name not in _FIRST)]
    return {name: value for name in names if not callable(value := getattr(context, name))}


def make_context(settings: dict[str, Any]) -> Any:
    import gmpy2

    made = gmpy2.context()
    for name, value in settings.items():
        if getattr(made, name) != value:
            setattr(made, name, value)
    return made


def enter_again(made: Any, entered: tuple[Any, bool]) -> None:
    """before: the context that it goes back to, None for one as gmpy2 makes them; left: whether it has gone back."""
    import gmpy2

    before, left = entered
    now = gmpy2.get_context()
    gmpy2.set_context(gmpy2.context() if before is None else before)
    made.__enter__()
    if left:
        made.__exit__(None, None, None)
    elif (token := _token_of(made)) is not None and context_of(token) is not None:
        is_of_cells(token)
    gmpy2.set_context(now)
