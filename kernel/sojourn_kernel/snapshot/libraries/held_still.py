"""Objects that came back with all that they hold, while calls are made again that put it there: what these change elsewhere stays, and they are as they were."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from ..looking.attributes import attributes_here
from . import places
from .seen import kind_of, parts_of

_DEPTH, _MOST = 9, 5_000  # of objects in objects, tuples among them; of those that are held
_Held = dict[int, tuple[Any, dict[str, Any], list[Any] | None]]


@contextmanager
def held_still(objects: Iterable[Any]) -> Iterator[None]:
    """While inside, whatever is done to these objects and to what is in them; at the end they hold the very same things again."""
    held: _Held = {}
    for one in objects:
        _note(one, held, _DEPTH)
    try:
        yield
    finally:
        for one, attributes, parts in held.values():
            _put_back(one, attributes, parts)


def _note(value: Any, held: _Held, depth: int) -> None:
    if id(value) in held or depth <= 0 or len(held) > _MOST or issubclass(type(value), (*places.NAMED, str, bytes)):
        return
    inner: list[Any] = []
    if issubclass(type(value), (tuple, frozenset)):  # which nobody changes
        inner += tuple.__iter__(value) if issubclass(type(value), tuple) else frozenset.__iter__(value)
    else:
        attributes = attributes_here(value)
        parts = parts_of(value) if kind_of(value) is not None else None
        if attributes or parts is not None:
            held[id(value)] = value, dict(attributes), parts
        inner += (*attributes.values(), *(parts or ()))
    for one in inner:
        _note(one, held, depth - 1)


def _put_back(value: Any, attributes: dict[str, Any], parts: list[Any] | None) -> None:
    now = attributes_here(value)
    if not _same(now, attributes):
        now.clear()
        now.update(attributes)
    if parts is None or _same_parts(parts_of(value), parts):
        return
    kind: Any = kind_of(value)
    kind.clear(value)
    if kind in (dict, OrderedDict):
        for key, one in parts:
            kind.__setitem__(value, key, one)
    elif kind in (list, deque):
        kind.extend(value, parts)
    else:
        kind.update(value, parts)


def _same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return one.keys() == other.keys() and all(one[name] is other[name] for name in one)


def _same_parts(ones: list[Any], others: list[Any]) -> bool:
    return len(ones) == len(others) and all(
        one is other or (type(one) is type(other) is tuple and len(one) == len(other) and all(map(_is, one, other)))
        for one, other in zip(ones, others, strict=True)
    )


def _is(one: Any, other: Any) -> bool:
    return one is other
