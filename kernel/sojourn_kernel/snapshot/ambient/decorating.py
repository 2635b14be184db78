"""Decorators of libraries whose names don't say that they register something: ``@schedule.repeat(schedule.every(10).minutes)``.

What such a decorator can reach is looked at before and after. It is called by the cell itself, as some look at the frame that calls them.
"""

from __future__ import annotations

import ast
import builtins
import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ...observe.setting_calls import AFTER_IT, BEFORE_IT, DECORATING, names_of
from ..libraries import imported, patches, places
from ..looking import classes
from . import unnamed_settings as unnamed
from .reached_state import Seen


@dataclass
class _Under:
    """A decorator that a cell has made and is about to call. given: what with. held: classes that it may put that on, and what they held."""

    text: str
    decorator: Any
    seen: Seen | None = None
    given: Any = None
    held: list[tuple[type, dict[str, Any]]] = field(default_factory=list)


_under_way: list[_Under] = []


def begin() -> None:
    """A cell begins: what an error left behind is none of its."""
    _under_way.clear()


def start(note: Callable[..., object], namespace: Callable[[], Mapping[str, Any]]) -> None:
    """Put what is called around decorators where the code of cells finds it. note: adds a call to the ledger."""

    def made(text: str, decorator: Any) -> Any:
        _under_way.append(_Under(text, decorator))
        return decorator

    def before_it(value: Any) -> Any:
        if _under_way:
            with contextlib.suppress(Exception):  # never the user's trouble
                one = _under_way[-1]
                one.given, one.seen = value, unnamed.before_decorating(one.decorator)
                one.held = [(cls, dict(classes.names_of(cls))) for cls in _classes_named(one.text, value, namespace())]
        return value

    def after_it(result: Any) -> Any:
        if _under_way:
            with contextlib.suppress(Exception):
                one = _under_way.pop()
                same = one.given is result  # else the registration is part of what the name stands for
                if same and one.seen is not None and unnamed.is_registration(one.seen, result):
                    note(one.text, namespace(), result)
                else:
                    patches.SET.update(_put_on(one.held))
        return result

    for name, function in ((DECORATING, made), (BEFORE_IT, before_it), (AFTER_IT, after_it)):
        setattr(builtins, name, function)


def _classes_named(text: str, given: Any, namespace: Mapping[str, Any]) -> list[type]:
    """The classes that a decorator is given, or that what it is given says of its arguments: ``@patch def shout(self: str)``."""
    nodes = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.expr)]
    named = [imported.by_way_of_modules(chain, namespace) for node in nodes if (chain := names_of(node))]
    said = getattr(given, "__annotations__", {}).values()
    found = [*named, *(namespace.get(one) if isinstance(one, str) else one for one in said)]
    return [one for one in found if issubclass(type(one), type)]


def _put_on(held: list[tuple[type, dict[str, Any]]]) -> Iterator[str]:
    """Places of what libraries' classes have by now and had not."""
    for cls, before in held:
        for name, value in classes.names_of(cls).items():
            place = places.of_attribute(cls, name) if before.get(name, held) is not value else None
            if place is not None:
                yield place
