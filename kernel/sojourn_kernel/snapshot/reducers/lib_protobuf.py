"""protobuf: a message inside of another, and the lists and maps in one, are parts of that, and change with it.

Each is found in the message that a variable holds; on its own it would be a copy.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

from ..looking.attributes import held_in
from ..once import once
from . import reducer, variables

MOST = 20_000  # messages, lists and maps of a session that are gone through
_FEW = 1000  # entries of a container of the user's in which messages are looked for

Step = tuple[str, Any]
"The name of a field, or the key or number of an entry."


@reducer(
    "google.protobuf.message:Message",
    "google._upb._message:RepeatedCompositeContainer",
    "google._upb._message:RepeatedScalarContainer",
    "google._upb._message:MessageMapContainer",
    "google._upb._message:ScalarMapContainer",
)
def part(value: Any) -> Any:
    found = once("parts of messages", _parts).get(id(value))
    return NotImplemented if found is None or found[0] is not value else (part_of, found[1:])


def part_of(whole: Any, steps: tuple[Step, ...]) -> Any:
    for kind, step in steps:
        whole = getattr(whole, step) if kind == "field" else whole[step]
    return whole


def _parts() -> dict[int, tuple[Any, Any, tuple[Step, ...]]]:
    """Parts of the session's messages by id, each with the message that it is a part of and how it is found there."""
    found: dict[int, tuple[Any, Any, tuple[Step, ...]]] = {}
    message = getattr(sys.modules.get("google.protobuf.message"), "Message", ())
    for whole in _held(message):
        todo: list[tuple[Any, tuple[Step, ...]]] = [(whole, ())]
        while todo and len(found) < MOST:
            one, steps = todo.pop()
            for step, inner, deeper in _inside(one, message):
                found.setdefault(id(inner), (inner, whole, (*steps, step)))
                if deeper:
                    todo.append((inner, (*steps, step)))
    return found


def _held(message: Any) -> Iterator[Any]:
    """The messages that variables are, or hold in containers and attributes of theirs."""
    for value in variables():
        if issubclass(type(value), message):  # not isinstance: a lazy object would make itself
            yield value
        else:
            yield from (one for one in held_in(value, _FEW) if issubclass(type(one), message))


def _inside(one: Any, message: Any) -> Iterator[tuple[Step, Any, bool]]:
    """What is directly in a message, or in a list or map of messages, and whether more is in that."""
    if isinstance(one, message):
        for field in one.DESCRIPTOR.fields:
            inner = getattr(one, field.name) if field.message_type is not None or _is_list(field, one) else None
            if isinstance(inner, message):
                yield ("field", field.name), inner, one.HasField(field.name)
            elif inner is not None:
                yield ("field", field.name), inner, field.message_type is not None
    elif hasattr(one, "keys"):
        yield from ((("entry", key), one[key], True) for key in one if isinstance(one[key], message))
    else:
        yield from ((("entry", number), inner, True) for number, inner in enumerate(one) if isinstance(inner, message))


def _is_list(field: Any, one: Any) -> bool:
    """Whether a field of numbers or texts holds several."""
    value = getattr(one, field.name)
    return hasattr(value, "append") and not isinstance(value, (str, bytes))
