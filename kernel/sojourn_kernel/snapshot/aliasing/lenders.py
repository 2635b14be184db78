"""Whose memory an object of another library uses, found by address: a buffer of Arrow, a column of polars or an image over an array.

Such an object doesn't say whose memory it is. While roots are pickled for the first time reducers ask for the owner of the memory that
they find; where what the save has met by then has one, these roots are pickled again, with the object as something made over it.
"""

from __future__ import annotations

import bisect
import itertools
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from .addresses import address, is_owner, is_view_of_an_extension, shows_nothing
from .reach import Span


@dataclass
class Lenders:
    """asked: memory whose owner reducers asked for. starts, owners: whose memory begins where, in order; none are known at first."""

    asked: set[Span] = field(default_factory=set)
    starts: list[int] = field(default_factory=list)
    owners: list[tuple[int, Any]] = field(default_factory=list)

    def taken(self) -> set[Span]:
        """What was asked for since the last time."""
        taken, self.asked = self.asked, set()
        return taken

    def know(self, met: Iterable[list[Any]], asked: set[Span]) -> set[Span]:
        """Find among what streams met the owners of memory that was asked for. Returns which of it has one."""
        values = list(itertools.chain.from_iterable(met))
        memory = [*_shared(_unnamed_in(values)), *_memory_in(values)]
        found = {start: (size, one) for start, size, one in memory if size}
        self.starts = sorted(found)
        self.owners = [found[start] for start in self.starts]
        return {span for span in asked if self.holder(*span) is not None}

    def holder(self, start: int, size: int) -> tuple[Any, int] | None:
        """The owner of memory, and where in the owner's it begins."""
        at = bisect.bisect_right(self.starts, start) - 1
        if at < 0:
            return None
        length, owner = self.owners[at]
        offset = start - self.starts[at]
        return (owner, offset) if offset + size <= length else None


_now: Lenders | None = None


@contextmanager
def of_a_save() -> Iterator[Lenders]:
    """While inside, what reducers ask for and what is known of it is this save's."""
    global _now
    before, _now = _now, Lenders()
    try:
        yield _now
    finally:
        _now = before


def holder(start: int, size: int) -> tuple[Any, int] | None:
    """The session's object whose memory this is, and where in that it begins; None where there is none, or as long as none is known."""
    if _now is None or size <= 0:
        return None
    _now.asked.add((start, size))
    return _now.holder(start, size)


def _memory_in(met: Iterable[Any]) -> Iterator[tuple[int, int, Any]]:
    """Start, length and owner of memory that comes back with its owner."""
    array: Any = getattr(sys.modules.get("numpy"), "ndarray", None)
    for value in met:
        if array is not None and issubclass(type(value), array):
            if type(value) is array and value.flags.owndata and value.flags.forc and not value.dtype.hasobject:
                yield value.__array_interface__["data"][0], value.nbytes, value
        elif is_owner(value) and getattr(
            value, "_b_needsfree_", True
        ):  # of ctypes' objects some are over others' memory
            try:
                yield address(value), memoryview(value).nbytes, value
            except (BufferError, TypeError, ValueError):  # closed, or without a buffer
                continue


def _unnamed_in(met: Iterable[Any]) -> Iterator[tuple[int, int, Any]]:
    """Start, length and array of memory that its owner does not show."""
    array: Any = getattr(sys.modules.get("numpy"), "ndarray", None)
    for value in met if array is not None else ():
        if type(value) is not array or value.base is None or issubclass(type(value.base), array):
            continue
        unnamed = shows_nothing(value.base) or is_view_of_an_extension(value.base)
        if unnamed and value.flags.forc and not value.dtype.hasobject:
            yield value.__array_interface__["data"][0], value.nbytes, value


def _shared(memory: Iterable[tuple[int, int, Any]]) -> Iterator[tuple[int, int, Any]]:
    """Of it what holds all of another's."""
    last: tuple[int, int, Any] | None = None
    for one in sorted(memory, key=lambda one: (one[0], -one[1])):
        if last is not None and one[0] + one[1] <= last[0] + last[1]:
            yield last
        else:
            last = one


def lent(owner: Any, offset: int, size: int, writable: bool) -> Any:
    """Bytes of an owner's memory, for what is made over it again."""
    import numpy as np

    from ..rebuild_arrays import view

    return view(owner, offset, np.dtype(np.uint8), (size,), (1,), writable)
