"""Patches that a cell entered and left in force: ``stack.enter_context(mock.patch("shutil.which"))``, ``monkeypatch.setattr(shutil, "which", f)``.

The libraries know only of some; of the others the code shows what they would patch, and the place whether they do.
"""

from __future__ import annotations

import ast
import sys
import types
import weakref
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ...observe.cell_tree import nodes_of
from ..process.lifted import is_a_mock
from . import imported, places, whose

PlaceOf = Callable[[ast.expr, str], str | None]
_NOTHING = object()
_PLAIN = (int, float, complex, bool, str, bytes, type(None))
_named: dict[str, Any] = {}
"""Places that cells name to what patches; with what was to stand there, if the code shows it."""


def note(source: str, names: Mapping[str, Any], place: PlaceOf) -> None:
    """Remember what a cell's code would patch. place: of an attribute of what an expression stands for."""
    if "patch" in source or ".setattr(" in source:
        calls = (node for node in nodes_of(source) if isinstance(node, ast.Call))
        for found, new in (one for call in calls for one in _patched_by(call, place)):
            if found is not None:
                _named[found] = _value(new, names)


def note_dicts() -> Iterator[str]:
    """Note what libraries' dictionaries held that ``mock.patch.dict`` has changed; yields places of modules that it has put in."""
    mock = sys.modules.get("unittest.mock")
    for one in list(mock._patch._active_patches) if mock else ():  # type: ignore[attr-defined]
        held = getattr(one, "in_dict", None)
        if held is sys.modules:
            yield from (f"sys:modules[{name!r}]" for name in one.values)
        elif type(held) is dict and one not in _noted_dicts:
            _noted_dicts.add(one)
            for place in _places_of(held):
                imported.seen_as(place, one._original)


_noted_dicts: weakref.WeakSet[Any] = weakref.WeakSet()
"Patches of dictionaries that were looked for already."


def _places_of(held: Any) -> list[str]:
    """Where modules hold a dictionary."""
    return [
        place
        for name, module in whose.others()
        for own, value in list(vars(module).items())
        if value is held and places.is_ours(place := f"{name}:{own}")
    ]


def in_force() -> Iterator[str]:
    """Places at which something from a cell, or a mock, stands now."""
    for place, new in _named.items():
        exists, value = places.get(place)
        if exists and (_is_mocked(value) or _is_of_a_cell(value) or _is_same(value, new)):
            yield place


def _patched_by(call: ast.Call, place: PlaceOf) -> Iterator[tuple[str | None, ast.expr | None]]:
    """Places, and the expressions for what is to stand there."""
    *_, before, name = ["", *_dotted(call.func).split(".")]
    arguments = [*call.args, None, None, None][: max(3, len(call.args))]
    first, second, third = arguments[:3]
    new = next((one.value for one in call.keywords if one.arg in ("new", "value")), None)
    text = _text(first)
    if (name == "patch" or (name == "setattr" and before and third is None)) and text is not None:
        yield _place_of_text(text), new or second
    elif ((before, name) == ("patch", "object") or (name == "setattr" and before)) and first and _text(second):
        yield place(first, str(_text(second))), new or third
    elif (before, name) == ("patch", "multiple") and first:
        for one in call.keywords:
            if one.arg is not None:
                yield place(first, one.arg) if text is None else _place_of_text(f"{text}.{one.arg}"), one.value


def _dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def _text(node: ast.expr | None) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _value(node: ast.expr | None, names: Mapping[str, Any]) -> Any:
    if isinstance(node, ast.Name):
        value = names.get(node.id, _NOTHING)
        return value if type(value) in _PLAIN else _NOTHING  # what else it is would be kept alive here
    try:
        return _NOTHING if node is None else ast.literal_eval(node)
    except ValueError:
        return _NOTHING


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


def _is_same(value: Any, new: Any) -> bool:
    try:
        return value is new or (type(value) is type(new) and bool(value == new))
    except Exception:  # arrays say of each element whether it is equal
        return False
