"""Patches of unittest.mock that a cell entered and left in force: ``stack.enter_context(mock.patch("shutil.which"))``.

The library knows only of those that were started; of the others the code shows what they would patch, and the place whether they do.
"""

from __future__ import annotations

import ast
import sys
import types
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ..observe.cell_tree import nodes_of
from . import places
from .lifted import is_a_mock

_NOTHING = object()
_named: dict[str, Any] = {}
"""Places that cells name to ``patch``; with the constant that was to stand there, if the code shows one."""


def note(source: str, names: Mapping[str, Any], place: Callable[[ast.expr, str], str | None]) -> None:
    """Remember what a cell's code names to ``patch``. place: of an attribute of what an expression stands for."""
    if "patch" in source and "unittest.mock" in sys.modules:
        calls = (node for node in nodes_of(source) if isinstance(node, ast.Call))
        for call in calls:
            _named.update({found: value for found, value in _patched_by(call, place) if found is not None})


def in_force() -> Iterator[str]:
    """Places at which something from a cell, or a mock, stands now."""
    for place, constant in _named.items():
        exists, value = places.get(place)
        if exists and (_is_mocked(value) or _is_of_a_cell(value) or (type(value), value) == (type(constant), constant)):
            yield place


def _patched_by(call: ast.Call, place: Callable[[ast.expr, str], str | None]) -> Iterator[tuple[str | None, Any]]:
    parts = _dotted(call.func).split(".")
    first = call.args[0] if call.args else None
    if parts[-1] == "patch" and (text := _text(first)) is not None:
        yield _place_of_text(text), _new(call, 1)
    elif parts[-2:] == ["patch", "object"] and len(call.args) > 1 and (text := _text(call.args[1])) is not None:
        yield place(call.args[0], text), _new(call, 2)
    elif parts[-2:] == ["patch", "multiple"] and first is not None:
        owner = _text(first)
        for one in call.keywords:
            if one.arg is not None:
                named = place(first, one.arg) if owner is None else _place_of_text(f"{owner}.{one.arg}")
                yield named, _constant(one.value)


def _dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def _text(node: ast.expr | None) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _new(call: ast.Call, position: int) -> Any:
    given = [one.value for one in call.keywords if one.arg == "new"] + call.args[position : position + 1]
    return _constant(given[0]) if given else _NOTHING


def _constant(node: ast.expr) -> Any:
    return node.value if isinstance(node, ast.Constant) else _NOTHING


def _place_of_text(text: str) -> str | None:
    """``package.module.Class.method``, of what is imported."""
    owner_text, _, attribute = text.rpartition(".")
    parts = owner_text.split(".")
    for count in range(len(parts), 0, -1):
        owner: Any = sys.modules.get(".".join(parts[:count]))
        if isinstance(owner, types.ModuleType):
            for part in parts[count:]:
                owner = getattr(owner, part, None)
            return None if owner is None else places.of_attribute(owner, attribute)
    return None


def _is_mocked(value: Any) -> bool:
    """A mock, or a function that is one's face (``autospec=True``)."""
    return is_a_mock(vars(value).get("mock") if isinstance(value, types.FunctionType) else value)


def _is_of_a_cell(value: Any) -> bool:
    return "__main__" in (getattr(value, "__module__", None), type(value).__module__)
