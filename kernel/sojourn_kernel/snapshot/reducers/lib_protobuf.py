"""Messages of protocol buffers (ONNX models): a message, or a list in one, that is a part of what a variable holds stays that part."""

from __future__ import annotations

import time
from typing import Any

from ...told import Cause
from . import CannotKeep, KeptBut, reducer, variables

_MANY = 100_000  # parts of a message, up to which they are looked at
_SECONDS = 0.5  # for which what was found is good: a save asks for each message
_known: dict[int, tuple[float, Any, dict[int, tuple[Any, Path]]]] = {}
"What a message holds, by its own id: when it was looked at, it, and its parts with the ways to them, by theirs."

Path = tuple[tuple[str, Any], ...]
"Steps down: the name of a field, with the number or key in it, or None."


@reducer("google.protobuf.message:Message")
def message(value: Any) -> Any:
    root, path, whole = _place_of(value)
    if root is not None:
        return part_of, (root, path)
    if not whole:
        raise KeptBut(value.__reduce_ex__(5), "whether it is a part of a large message is not looked for")
    return NotImplemented


@reducer(
    *(f"google._upb._message:{name}Container" for name in ("RepeatedComposite", "RepeatedScalar")),
    *(f"google._upb._message:{name}MapContainer" for name in ("Message", "Scalar")),
)
def container(value: Any) -> Any:
    root, path, _ = _place_of(value)
    if root is None:
        raise CannotKeep(Cause.UNPICKLABLE, "it is a part of a message that no variable holds")
    return part_of, (root, path)


def part_of(root: Any, path: Path) -> Any:
    for name, at in path:
        root = getattr(root, name) if at is None else getattr(root, name)[at]
    return root


def _place_of(value: Any) -> tuple[Any, Path, bool]:
    """The message of a variable that has this as a part, the way to it, and whether all messages were looked at."""
    whole = True
    for root in variables():
        if root is value or not _is_message(root) or not _may_hold(root.DESCRIPTOR, value):
            continue
        parts = _parts_of(root)
        if id(value) in parts:
            return root, parts[id(value)][1], True
        whole = whole and len(parts) < _MANY
    return None, (), whole


def _is_message(value: Any) -> bool:
    return any(
        f"{base.__module__}:{base.__qualname__}" == "google.protobuf.message:Message" for base in type(value).__mro__
    )


def _may_hold(outer: Any, value: Any) -> bool:
    """Whether messages of a type can have such a part."""
    if not _is_message(value):
        return True
    todo, met = [outer], {outer.full_name}
    while todo:
        for field in todo.pop().fields:
            inner = field.message_type
            if inner is not None and inner.full_name == value.DESCRIPTOR.full_name:
                return True
            if inner is not None and inner.full_name not in met:
                met.add(inner.full_name)
                todo.append(inner)
    return False


def _parts_of(root: Any) -> dict[int, tuple[Any, Path]]:
    looked, known, parts = _known.get(id(root), (0.0, None, {}))
    if known is root and time.monotonic() - looked < _SECONDS:
        return parts
    for key in [key for key, (then, _, _) in _known.items() if time.monotonic() - then >= _SECONDS]:
        del _known[key]
    parts = {}
    todo: list[tuple[Any, Path]] = [(root, ())]
    while todo and len(parts) < _MANY:
        outer, path = todo.pop()
        for field in outer.DESCRIPTOR.fields:
            inner, above = field.message_type, (*path, (field.name, None))
            if inner is None and not field.is_repeated:
                continue
            held = getattr(outer, field.name)
            parts[id(held)] = held, above
            if inner is None or (not field.is_repeated and not outer.HasField(field.name)):
                continue  # one that is not set may hold others of its type without end
            if not field.is_repeated:
                todo.append((held, above))
            elif not inner.GetOptions().map_entry:
                found = [(one, (*path, (field.name, at))) for at, one in enumerate(held)]
                parts.update({id(one): (one, way) for one, way in found})
                todo += found
            elif inner.fields_by_name["value"].message_type is not None:
                found = [(held[key], (*path, (field.name, key))) for key in held]
                parts.update({id(one): (one, way) for one, way in found})
                todo += found
    _known[id(root)] = time.monotonic(), root, parts
    return parts
