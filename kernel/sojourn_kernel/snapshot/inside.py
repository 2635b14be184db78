"""What the drafts of a save have gone into: a root that comes to it belongs with theirs, and need not go into it once more.

So a figure is gone through once, and not again for each name that its axes, lines and texts have.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from .aliasing.reach import spans
from .drafts import Draft

MOST = 1_000_000  # objects up to which all are remembered, and not only those that are values of roots
MANY = 300_000  # the same of one draft
PER_OBJECT = 10_000  # bytes of a large buffer that are read in the time in which an object is pickled


class Inside:
    """everyones: ids of objects that bind nobody."""

    def __init__(self, roots: Mapping[str, Any], everyones: Collection[int]) -> None:
        self.ids: set[int] = set()
        "The objects stay alive: whoever finds out what is shared has them."
        self._values, self._everyones = set(map(id, roots.values())).difference(everyones), everyones

    def add(self, draft: Draft) -> None:
        """Not where something was lost, or where it saves more to know which root reaches which of its large buffers."""
        large = sum(size for _, size in spans(draft.buffers))
        if draft.told or large > PER_OBJECT * len(draft.met):
            return
        few = len(draft.met) < MANY and len(self.ids) < MOST
        met = map(id, draft.met)
        self.ids |= set(met).difference(self._everyones) if few else self._values.intersection(met)
