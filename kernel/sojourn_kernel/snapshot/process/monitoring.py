"""Tools of cells that the interpreter reports events to (``sys.monitoring``, of Python 3.12 and later)."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

_TOOLS = range(6)


@dataclass(frozen=True)
class Tool:
    """number: the id that it took. events: those that it has everywhere. called: its functions by the events that they are called for."""

    number: int
    name: str
    events: int
    called: dict[int, Callable[..., Any]]


def tools(users: Callable[[Any], bool]) -> list[Tool]:
    """The tools in use that have functions of the user's."""
    monitoring: Any = getattr(sys, "monitoring", None)
    if monitoring is None:
        return []
    named = {number: monitoring.get_tool(number) for number in _TOOLS}
    found = [Tool(n, name, monitoring.get_events(n), _called(n)) for n, name in named.items() if name is not None]
    return [tool for tool in found if any(map(users, tool.called.values()))]


def _called(number: int) -> dict[int, Callable[..., Any]]:
    """A function is shown only to whoever takes it away."""
    monitoring: Any = sys.monitoring  # type: ignore[attr-defined]
    called = {}
    for event in vars(monitoring.events).values():
        if event.bit_count() == 1 and (function := monitoring.register_callback(number, event, None)) is not None:
            monitoring.register_callback(number, event, function)
            called[event] = function
    return called


@contextmanager
def unmonitored(users: Callable[[Any], bool]) -> Iterator[None]:
    """While inside, tools with functions of the user's hear nothing of what happens everywhere."""
    silenced = [tool for tool in tools(users) if tool.events]
    for tool in silenced:
        sys.monitoring.set_events(tool.number, 0)  # type: ignore[attr-defined]
    try:
        yield
    finally:
        for tool in silenced:
            sys.monitoring.set_events(tool.number, tool.events)  # type: ignore[attr-defined]


def silence() -> None:
    """No tool hears anything of what happens everywhere from here on."""
    monitoring: Any = getattr(sys, "monitoring", None)
    for number in _TOOLS if monitoring is not None else ():
        if monitoring.get_tool(number) is not None:
            monitoring.set_events(number, 0)
