"""Exceptions, with what led to them and where they came through."""

from __future__ import annotations

from typing import Any

from . import rebuild


def reduce(value: BaseException) -> Any:
    """As its class says, and with what an error carries besides: where it came through, what led to it."""
    cls = type(value)
    own = cls.__reduce__ is not BaseException.__reduce__ or cls.__reduce_ex__ is not object.__reduce_ex__
    if own or cls.__module__ == "builtins":
        reduced = value.__reduce_ex__(5)
        if not isinstance(reduced, tuple) or len(reduced) > 3:
            return reduced
        make, arguments, state = (*reduced, None)[:3]
    else:
        make, arguments, state = rebuild.exception, (cls, value.args), dict(value.__dict__)
    state = {**(state or {}), **_said(value)} or None
    around = (value.__cause__, value.__context__, value.__suppress_context__, value.__traceback__)
    return make, arguments, (state, *around), None, None, fill_error


_SAYS: tuple[tuple[type[BaseException], tuple[str, ...]], ...] = (
    (NameError, ("name",)),
    (AttributeError, ("name", "obj")),
    (ImportError, ("name", "path", "name_from")),
)


def _said(value: BaseException) -> dict[str, Any]:
    """What the interpreter gave an error besides its arguments; its own pickling leaves that out."""
    said = {
        name: getattr(base, name).__get__(value)
        for base, names in _SAYS
        if isinstance(value, base)
        for name in names
        if hasattr(base, name)
    }
    return {name: one for name, one in said.items() if one is not None}


def fill_error(made: BaseException, state: tuple[Any, ...]) -> None:
    attributes, made.__cause__, made.__context__, made.__suppress_context__, made.__traceback__ = state
    if attributes:
        made.__setstate__(attributes)
