"""Tables of the interpreter's and of libraries that the user's functions were entered in: codecs and generic functions."""

from __future__ import annotations

import codecs
import functools
import operator
from typing import Any

from ..libraries import library_objects, whose
from .provider import LATE, Provider, provide
from .registrations import Entry, note_calls

_searchers: list[Entry] = []


def _put_codecs(_: Any, state: list[Any]) -> None:
    for search in state:
        codecs.register(search)


provide(
    Provider(
        "codecs",
        "codecs",
        LATE,
        lambda _: note_calls(codecs, _searchers, operator.is_),
        lambda *_: [search for search, _, _ in _searchers] or None,
        _put_codecs,
    )
)


# functools.singledispatch: what cells registered with functions that a module has


def _registered(*_: Any) -> list[tuple[Any, type, Any]] | None:
    found = [
        (function, cls, one)
        for function in library_objects.found().generic
        if not whose.users(function)
        for cls, one in function.registry.items()
        if whose.users(one)
    ]
    return found or None


def _put_registered(_: Any, state: list[tuple[Any, type, Any]]) -> None:
    for function, cls, one in state:
        function.register(cls, one)


provide(Provider("singledispatch", "generic functions", LATE, lambda _: None, _registered, _put_registered))


def _registered_methods(*_: Any) -> list[tuple[type, str, type, Any]] | None:
    found = [
        (owner, name, cls, one)
        for owner in whose.users_classes()
        for name, method in list(vars(owner).items())
        if type(method) is functools.singledispatchmethod
        for cls, one in method.dispatcher.registry.items()
        if whose.users(one)
    ]
    return found or None


def _put_registered_methods(_: Any, state: list[tuple[type, str, type, Any]]) -> None:
    for owner, name, cls, one in state:
        vars(owner)[name].register(cls, one)


provide(
    Provider(
        "singledispatchmethod",
        "generic methods",
        LATE,
        lambda _: None,
        _registered_methods,
        _put_registered_methods,
    )
)
