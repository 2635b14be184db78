"""Exceptions, with what led to them and where they came through."""

from __future__ import annotations

import builtins
from typing import Any

from .. import rebuild
from ..libraries import whose
from ..looking.classes import names_of
from .contents import made_by
from .definitions import is_definition

_GROUP: Any = getattr(builtins, "BaseExceptionGroup", ())  # Python 3.10 has none


def reduce(value: BaseException) -> Any:
    """As its class says, and with what an error carries besides: where it came through, what led to it."""
    cls = type(value)
    make: Any
    arguments: Any
    state: Any
    own = cls.__reduce__ is not BaseException.__reduce__ or cls.__reduce_ex__ is not object.__reduce_ex__
    if (
        isinstance(value, _GROUP)
        and _has_users(cls, "__new__", "__init__")
        and not _has_users(cls, "__reduce__", "__reduce_ex__")
    ):
        make, arguments = make_group, (cls, value.message, value.exceptions)
        state = {"args": value.args, **value.__dict__}
    elif own or cls.__module__ == "builtins":
        reduced = value.__reduce_ex__(5)
        if not isinstance(reduced, tuple) or len(reduced) > 3:
            return reduced
        make, arguments, state = (*reduced, None)[:3]
        if (
            make is cls
            and _has_users(cls, "__new__", "__init__")
            and not _has_users(cls, "__reduce__", "__reduce_ex__")
        ):
            make, arguments = made_by, (cls, *_by_others(cls), *arguments)
    elif _has_users(cls, "__new__"):
        make, arguments, state = made_by, (cls, *_by_others(cls), *value.args), dict(value.__dict__)
    else:
        make, arguments, state = rebuild.exception, (cls, value.args), dict(value.__dict__)
    state = {**(state or {}), **_said(value)} or None
    around = (value.__cause__, value.__context__, value.__suppress_context__, value.__traceback__)
    return make, arguments, (state, *around), None, None, fill_error


def make_group(cls: Any, message: str, errors: tuple[BaseException, ...]) -> Any:
    """A group by what every group is made with: the user's class may be made with other arguments, which ``args`` then are."""
    return _GROUP.__new__(cls, message, errors)


def _is_users(cls: type) -> bool:
    return is_definition(cls) or whose.has_class(cls)


def _has_users(cls: type, *names: str) -> bool:
    """Whether a class of the user's among a class's bases defines one of these."""
    return any(not names_of(base).keys().isdisjoint(names) and _is_users(base) for base in cls.__mro__)


def _by_others(cls: type) -> list[type]:
    """The bases, not of the user's, that make an error and start it: the user's own take other arguments, and are not to run again."""
    others = [base for base in cls.__mro__ if not _is_users(base)]
    return [next(base for base in others if name in names_of(base)) for name in ("__new__", "__init__")]


_SAYS: tuple[tuple[type[BaseException], tuple[str, ...]], ...] = (
    (NameError, ("name",)),
    (AttributeError, ("name", "obj")),
    (ImportError, ("name", "path", "name_from")),
)
_BEGINS_WITH: dict[type[BaseException], tuple[str, ...]] = {
    UnicodeDecodeError: (_OF_TEXT := ("encoding", "object", "start", "end", "reason")),
    UnicodeEncodeError: _OF_TEXT,
    UnicodeTranslateError: _OF_TEXT[1:],
    SyntaxError: ("msg", "filename", "lineno", "offset", "text"),
    StopIteration: ("value",),
    SystemExit: ("code",),
}
"""Of Python's own errors, what is taken from their arguments and may be given another value later."""


def _said(value: BaseException) -> dict[str, Any]:
    """What the interpreter or a cell gave an error besides its arguments; its own pickling leaves that out."""
    says = [*_SAYS, *(entry for entry in _BEGINS_WITH.items() if type(value) is entry[0])]
    said = {
        name: getattr(base, name).__get__(value)
        for base, names in says
        if isinstance(value, base)
        for name in names
        if hasattr(base, name)
    }
    return {name: one for name, one in said.items() if one is not None}


def fill_error(made: BaseException, state: tuple[Any, ...]) -> None:
    attributes, made.__cause__, made.__context__, made.__suppress_context__, made.__traceback__ = state
    if attributes:
        made.__setstate__(attributes)
