"""Iterators over pyarrow's arrays, which are generators of Cython's: under every text column of pandas that is gone through.

Nothing shows where one stands but its own memory: where that number lies there is found by trying one.
"""

from __future__ import annotations

import functools
import gc
import sys
from itertools import islice
from typing import Any

from ...told import Cause
from ..looking import pointers
from . import CannotKeep, reducer

_TRIED = 11  # elements of the array on which it is tried


@reducer("_cython_*:generator")
def generator(value: Any) -> Any:
    held = gc.get_referents(value)
    if not held and "pyarrow" in sys.modules and type(finished()) is type(value):
        return finished, ()
    if any(type(one).__module__ == "pyarrow.lib" for one in held):
        if value.__qualname__ == "Array.__iter__":
            return begun, (_array_of(value), _passed_in_array(value))
        if value.__qualname__ == "ChunkedArray.__iter__":
            return begun, _in_chunks(value)
    raise CannotKeep(Cause.LIVE_RESOURCE, "the place of a generator in compiled code can't be read out")


def begun(array: Any, passed: int) -> Any:
    made = iter(array)
    next(islice(made, passed, passed), None)
    return made


def finished() -> Any:
    """One that is done: it says no more whose it was."""
    import pyarrow

    made = iter(pyarrow.array([], pyarrow.null()))
    next(made, None)
    return made


def _variables(value: Any) -> Any:
    """The object that holds a generator's variables."""
    (held,) = (one for one in gc.get_referents(value) if type(one).__module__ == "pyarrow.lib")
    return held


def _array_of(value: Any) -> Any:
    (array,) = gc.get_referents(_variables(value))
    return array


def _passed_in_array(value: Any) -> int:
    at, length = _places()
    variables = _variables(value)
    return _number(variables, at) + 1 if _number(variables, length) else 0


def _in_chunks(value: Any) -> tuple[Any, int]:
    """What it goes through, and how much of that it has passed."""
    import pyarrow

    held = gc.get_referents(_variables(value))
    array = next(one for one in held if isinstance(one, pyarrow.ChunkedArray))
    within = {one.__qualname__: one for one in held if type(one) is type(value)}
    if not within:
        return array, 0
    chunk = next(one for one in gc.get_referents(_variables(within["ChunkedArray.iterchunks"])) if type(one) is int)
    before = sum(len(array.chunk(number)) for number in range(chunk))
    return array, before + _passed_in_array(within["Array.__iter__"])


def _number(owner: Any, offset: int) -> int:
    return pointers.held_at(owner, offset) or 0


@functools.cache
def _places() -> tuple[int, int]:
    """Where the variables have the number of the element that was given last, and the length, which is 0 before the first."""
    import pyarrow

    trial = iter(pyarrow.array([None] * _TRIED))
    variables = _variables(trial)
    offsets = range(pointers.FIRST, type(variables).__basicsize__, pointers.SIZE)
    seen = [[_number(variables, offset) for offset in offsets]]
    for _ in range(3):
        next(trial)
        seen.append([_number(variables, offset) for offset in offsets])
    histories = {offset: tuple(row[place] for row in seen) for place, offset in enumerate(offsets)}
    at = [offset for offset, history in histories.items() if history[1:] == (0, 1, 2)]
    length = [offset for offset, history in histories.items() if history == (0, *[_TRIED] * 3)]
    if not at or not length:
        raise CannotKeep(Cause.LIVE_RESOURCE, "where an iterator over an array of pyarrow stands can't be read out")
    return at[0], length[0]
