"""A save whose time is over still takes what is small: the checkpoint is written in any case."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
from sojourn_kernel.snapshot.freeze import freeze

from tests.unit.snapshot.memory import Memory, Noting


def told(main: dict[str, Any], deadline: float, changed: dict[str, Any]) -> set[str]:
    """What is left out of a second save, in which all may have changed."""
    writer = Memory()
    before = freeze(main, writer, main=main)
    main |= changed
    return {
        one.name for one in freeze(main, writer, main=main, dirty=set(main), previous=before, deadline=deadline).told
    }


def test_what_is_small_is_taken_after_the_end():
    session = {"n": 1, "rows": [1, 2], "text": "a", "big": bytearray(1_000_000)}
    assert told(session, time.monotonic(), {"n": 2, "new": 3.0}) == {"big"}


def test_what_has_grown_or_is_new_and_may_be_large_is_not():
    session = {"rows": [1, 2], "n": 1}
    assert told(session, time.monotonic(), {"rows": list(range(100_000)), "other": [1]}) == {"rows", "other"}


def test_long_after_the_end_nothing_is_taken():
    assert told({"n": 1}, time.monotonic() - 5.0, {}) == {"n"}


def test_what_is_small_is_stored_first_and_what_is_expendable_last():
    session = {"large": np.ones(30_000), "spare": np.ones(10_000), "small": np.ones(20_000)}
    writer = Noting(lambda data: memoryview(data).nbytes)
    freeze(session, writer, main=session, deadline=time.monotonic() + 60, expendable={"spare"})
    assert writer.noted == [160_000, 240_000, 80_000]
