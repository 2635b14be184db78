"""Which large buffers of a co-variable its names reach: one that no touched name reaches is as it was, and is not read again.

A co-variable is stored anew when any of its names was touched, though the cell may have reached one array of a list of them.
By a name that was touched a cell comes to what this name reached at the last checkpoint, and to what has been made since. Only
memory that objects of the session own counts: a copy that pickling made may lie where another one lay before.
"""

from __future__ import annotations

import pickle
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..looking.attributes import attributes_of
from .addresses import address

LARGE = 4 << 20  # bytes from which reading a buffer costs more than finding out whether it has to be read
MOST = 20_000  # objects that are looked at for the arrays that they hold

Span = tuple[int, int]
"Address and length in bytes."


@dataclass(frozen=True)
class Reach:
    """of: what each root reaches. numbers: which of the piece's buffers lies where, if an object of the session owns it."""

    of: Mapping[str, frozenset[Span]]
    numbers: Mapping[Span, int]

    def untouched(self, dirty: set[str]) -> dict[Span, int]:
        """The buffers that none of these names reaches, nor memory that overlaps them."""
        touched = {span for name in dirty for span in self.of.get(name, ())}
        if touched - self.numbers.keys():  # a copy: what it was made of may lie anywhere
            return {}
        return {
            span: number for span, number in self.numbers.items() if not any(_overlap(span, one) for one in touched)
        }


def spans(buffers: Iterable[pickle.PickleBuffer]) -> frozenset[Span]:
    """Where the large ones of these buffers lie."""
    return frozenset(_span(buffer) for buffer in buffers if buffer.raw().nbytes >= LARGE)


def reach(of: Mapping[str, frozenset[Span]], values: Iterable[Any], buffers: list[pickle.PickleBuffer]) -> Reach | None:
    """What the roots of a piece reach; None where nothing is gained. of: by root, from its own draft. values, buffers: the piece's."""
    if all(one == next(iter(of.values())) for one in of.values()):
        return None
    arrays = _arrays_of(values)
    numbers = {
        _span(buffer): number
        for number, buffer in enumerate(buffers)
        if buffer.raw().nbytes >= LARGE and not arrays.isdisjoint(map(id, _bases(memoryview(buffer).obj)))
    }
    return Reach(of, numbers) if numbers else None


def _span(buffer: pickle.PickleBuffer) -> Span:
    raw = buffer.raw()
    return address(raw), raw.nbytes


def _bases(array: Any) -> Iterator[Any]:
    """An object that shows memory, and the arrays that it looks into."""
    while array is not None:
        yield array
        array = getattr(array, "base", None)


def _overlap(one: Span, other: Span) -> bool:
    return one[0] < other[0] + other[1] and other[0] < one[0] + one[1]


def _arrays_of(values: Iterable[Any]) -> set[int]:
    """Ids of the arrays that these values are, or hold in plain containers, in attributes, or as what a view looks into."""
    array = getattr(sys.modules.get("numpy"), "ndarray", None)
    found: set[int] = set()
    seen: set[int] = set()
    queue = list(values)
    while array is not None and queue and len(seen) < MOST:
        value = queue.pop()
        if id(value) in seen:
            continue
        seen.add(id(value))
        cls = type(value)
        if issubclass(cls, array):
            found.add(id(value))
            queue.append(array.base.__get__(value))
        elif cls in (list, tuple, dict):
            queue += () if len(value) > MOST else value.values() if cls is dict else value
        else:
            queue += attributes_of(value).values()
    return found
