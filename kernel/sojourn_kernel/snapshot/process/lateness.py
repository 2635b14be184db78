"""By when a save has to have pickled, and what it still takes when its time is over: what is small goes with the checkpoint itself, which is
written in any case."""

from __future__ import annotations

import math
import time
import types
from typing import Any

from ..frozen import Piece

FOR_STORING = 0.2  # of the time of a save, that pickling leaves to what is pickled by then
LATE = 0.4  # seconds after the end, well before the process is killed
_QUICK = 0.005  # seconds of pickling, at the last save
_SMALL = 1 << 14  # bytes; of a container a sixteenth as many items
_PLAIN = (int, float, complex, bool, type(None), types.ModuleType)
_MEASURED = (str, bytes, list, tuple, dict, set, frozenset)


def pickled_by(until: float | None) -> float:
    """When pickling has to end (``time.monotonic()``) for all to be stored until then; never, where there is no such time."""
    return math.inf if until is None else until - FOR_STORING * max(0.0, until - time.monotonic())


def is_taken(value: Any, before: Piece | None, late: float) -> bool:
    """Whether a root is worth being late for. before: its piece in the last checkpoint. late: seconds after the end of the time.

    A container of the built-in kinds that was made since may hold anything: it counts as small by what it was.
    """
    if late > LATE:
        return False
    cls = type(value)
    if cls in _PLAIN:
        return True
    if cls in (str, bytes):
        return len(value) <= _SMALL
    quick = before is not None and before.seconds <= _QUICK and before.size <= _SMALL
    return quick and (cls not in _MEASURED or len(value) <= _SMALL // 16)
