"""Tools that cells registered with the interpreter's monitoring: their functions, and the events that they have everywhere and in code of cells."""

from __future__ import annotations

import sys
import types
from collections.abc import Iterator
from typing import Any

from ...told import Cause, Told
from ..libraries.function_state import functions_of
from ..libraries.whose import users
from ..objects.definitions import is_definition
from ..process import monitoring
from .provider import LATE, Provider, provide


def _capture(shell: Any, _: Any) -> list[dict[str, Any]] | None:
    found = monitoring.tools(users)
    return [{**vars(tool), "local": _local(tool.number, shell.user_ns)} for tool in found] or None


def _local(number: int, namespace: dict[str, Any]) -> list[tuple[types.FunctionType, int, int]]:
    """Events that a tool has in code of the session's functions: of the function, of the how manieth code in it, and which."""
    return [
        (function, place, events)
        for function in _functions(namespace)
        for place, code in enumerate(_codes(function.__code__))
        if (events := sys.monitoring.get_local_events(number, code))  # type: ignore[attr-defined]
    ]


def _functions(namespace: dict[str, Any]) -> Iterator[types.FunctionType]:
    for value in list(namespace.values()):
        if type(value) is types.FunctionType:
            yield value
        elif isinstance(value, type) and is_definition(value):
            yield from (function for _, function in functions_of(value))


def _codes(code: types.CodeType) -> Iterator[types.CodeType]:
    yield code
    for one in code.co_consts:
        if isinstance(one, types.CodeType):
            yield from _codes(one)


def _restore(_: Any, state: list[dict[str, Any]]) -> list[Told]:
    at_work: Any = getattr(sys, "monitoring", None)
    told = []
    for tool in state:
        number, name = tool["number"], tool["name"]
        if at_work is None or at_work.get_tool(number) is not None:
            reason = "this Python has none." if at_work is None else "its number is taken here."
            told.append(
                Told(
                    f"sys.monitoring.{name}",
                    Cause.ENVIRONMENT,
                    f"it is no tool of the interpreter's any more: {reason}",
                )
            )
            continue
        at_work.use_tool_id(number, name)
        for event, function in tool["called"].items():
            at_work.register_callback(number, event, function)
        for function, place, events in tool["local"]:
            at_work.set_local_events(number, list(_codes(function.__code__))[place], events)
        at_work.set_events(number, tool["events"])
    return told


provide(Provider("monitoring", "tools of sys.monitoring", LATE, lambda _: None, _capture, _restore))
