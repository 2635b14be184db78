"""Decorators of libraries whose names don't say that they register something: ``@schedule.repeat(schedule.every(10).minutes)``.

What such a decorator can reach is looked at before and after. It is called by the cell itself, as some look at the frame that calls them.
"""

from __future__ import annotations

import builtins
import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ...observe.setting_calls import AFTER_IT, BEFORE_IT, DECORATING
from . import unnamed_settings as unnamed
from .reached_state import Seen


@dataclass
class _Under:
    """A decorator that a cell has made and is about to call. given: what with."""

    text: str
    decorator: Any
    seen: Seen | None = None
    given: Any = None


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
        return value

    def after_it(result: Any) -> Any:
        if _under_way:
            with contextlib.suppress(Exception):
                one = _under_way.pop()
                same = one.given is result  # else the registration is part of what the name stands for
                if same and one.seen is not None and unnamed.is_registration(one.seen, result):
                    note(one.text, namespace(), result)
        return result

    for name, function in ((DECORATING, made), (BEFORE_IT, before_it), (AFTER_IT, after_it)):
        setattr(builtins, name, function)
