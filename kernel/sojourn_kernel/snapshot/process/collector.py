"""The garbage collector, kept out of work that makes or meets millions of objects and no garbage."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_outer: list[bool] = []
"Of each body under way, whether the collector was on when it began: the first says what the session has."


@contextmanager
def no_collector() -> Iterator[None]:
    """Nothing is collected while the body runs: looking again and again takes longer than the work itself."""
    enabled = gc.isenabled()
    _outer.append(enabled)
    gc.disable()
    try:
        yield
    finally:
        _outer.pop()
        if enabled:
            gc.enable()


def is_on() -> bool:
    """Whether the session has the collector on, whatever Sojourn does meanwhile."""
    return _outer[0] if _outer else gc.isenabled()
