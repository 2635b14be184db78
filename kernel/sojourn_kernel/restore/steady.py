"""Loading behind the user's back must change nothing but the variables that it brings."""

from __future__ import annotations

import random
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def steady(active: bool) -> Iterator[None]:
    """While inside, imports and constructors may draw random numbers or add warning filters; none of that stays.

    active: False until the session's own state has been put back, since that comes later and wins anyhow.
    """
    if not active:
        yield
        return
    numpy = sys.modules.get("numpy.random")
    state, filters = random.getstate(), list(warnings.filters)
    drawn = numpy.get_state() if numpy is not None else None
    try:
        yield
    finally:
        random.setstate(state)
        if numpy is not None and drawn is not None:
            numpy.set_state(drawn)
        if warnings.filters != filters:
            warnings.filters[:] = filters
            warnings._filters_mutated() if hasattr(warnings, "_filters_mutated") else None  # type: ignore[attr-defined]
