"""A save that has to end in time over a slow link: what fits is stored, what doesn't is given up early, and the save commits."""

from __future__ import annotations

import threading
import time

import numpy as np
import pytest
from sojourn_kernel.store import OutOfTime

from tests.integration.store.places import body_of, contents, memory_store

MB = 1 << 20
SPEED = 8 * MB  # bytes a second of the link


def _noise(seed: int, size: int) -> bytes:
    return np.random.default_rng(seed).bytes(size)


def slow_store(seconds_per_byte: float):
    """A store behind a link that all requests share."""
    store, backend = memory_store()
    link, put = threading.Lock(), backend.put

    def slowly(key, data):
        with link:
            time.sleep(len(data) * seconds_per_byte)
        put(key, data)

    backend.put = slowly
    return store.session("s")


def test_a_blob_that_does_not_fit_is_given_up_early_and_what_follows_is_stored() -> None:
    kept = slow_store(1 / SPEED)
    fits, too_large, rest = _noise(0, 4 * MB), _noise(1, 200 * MB), b"and this"
    writer, begin = kept.writer(), time.monotonic()
    writer.be_done_by(begin + 4.0)
    refs = [writer.put_blob(fits)]
    with pytest.raises(OutOfTime):
        writer.put_blob(too_large)
    refs.append(writer.put_blob(rest))
    writer.commit(body_of(*refs), {})
    assert time.monotonic() - begin < 5.0
    assert contents(kept) == [fits, rest]


def test_a_link_that_is_fast_enough_carries_all_of_it() -> None:
    kept = slow_store(1 / (2000 * MB))
    writer = kept.writer()
    writer.be_done_by(time.monotonic() + 30)
    data = _noise(2, 100 * MB)
    refs = [writer.put_blob(data)]
    writer.commit(body_of(*refs), {})
    assert contents(kept) == [data]


def test_small_blobs_are_stored_however_late_it_is() -> None:
    kept = slow_store(0)
    writer = kept.writer()
    writer.be_done_by(time.monotonic() - 1)
    refs = [writer.put_blob(b"small")]
    with pytest.raises(OutOfTime):
        writer.put_blob(_noise(3, MB))
    writer.commit(body_of(*refs), {})
    assert contents(kept) == [b"small"]


def test_after_many_blobs_that_were_given_up_the_writer_goes_on() -> None:
    """Their buffers are given back."""
    kept = slow_store(1 / SPEED)
    writer = kept.writer()
    writer.be_done_by(time.monotonic() + 1.5)
    for number in range(20):
        with pytest.raises(OutOfTime):
            writer.put_blob(_noise(number, 24 * MB))
    writer.commit(body_of(writer.put_blob(b"last")), {})
    assert contents(kept) == [b"last"]
