"""Loading that is cut short, by an interrupt or a store that goes away, loses nothing of what was loaded before."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from typing import Any

import pytest
from sojourn_kernel.restore.fetching import LITTLE
from sojourn_kernel.restore.thaw import Thaw
from sojourn_kernel.snapshot.freeze import freeze
from sojourn_kernel.snapshot.process.interruption import Interrupted, Interruption, held_back, let_in
from sojourn_kernel.store import BlobRef, StoreUnavailable, open_store

KEY = b"k" * 32
VALUES = {name: [bytes(LITTLE)] for name in "abc"}  # too large to be read together


@pytest.fixture(autouse=True)
def interrupts_are_heard() -> Iterator[None]:
    """A shell starts what it runs in the background so that interrupts are ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


class Source:
    """A session's blobs; the second read raises."""

    def __init__(self, kept: Any, raising: BaseException) -> None:
        self.kept, self.raising, self.reads = kept, raising, 0

    def read_blobs(self, refs: list[BlobRef]) -> Iterator[tuple[BlobRef, memoryview]]:
        self.reads += 1
        if self.reads == 2:
            raise self.raising
        yield from self.kept.read_blobs(refs)


@pytest.mark.parametrize("raising", [StoreUnavailable("away"), Interruption()], ids=["the store", "an interrupt"])
def test_what_was_loaded_when_loading_is_cut_short_is_handed_back_the_next_time(raising: BaseException) -> None:
    kept = open_store("memory://cut-short", key=KEY).session("s")
    writer = kept.writer()
    frozen = freeze(VALUES, writer, main=dict(VALUES))
    writer.commit(b"", {})
    thaw = Thaw(frozen, Source(kept, raising), {})
    with pytest.raises(type(raising)):
        thaw.load(VALUES)
    assert thaw.pending == VALUES.keys()
    assert thaw.load(VALUES) == VALUES
    assert not thaw.pending and not thaw.told


def test_an_interrupt_waits_for_what_must_not_be_left_half_done() -> None:
    done = []
    with pytest.raises(KeyboardInterrupt), held_back():
        os.kill(os.getpid(), signal.SIGINT)
        done.append(1)
    assert done == [1] and signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_an_interrupt_ends_what_lets_it_in() -> None:
    done = []
    with pytest.raises(KeyboardInterrupt), held_back(), let_in():
        os.kill(os.getpid(), signal.SIGINT)
        done.append(1)
    assert not done


def test_one_that_came_before_is_let_in_as_well() -> None:
    done = []
    with pytest.raises(KeyboardInterrupt), held_back():
        os.kill(os.getpid(), signal.SIGINT)
        with let_in():
            done.append(1)
    assert not done


def test_where_the_interrupt_cancels_later_what_was_cut_short_says_so() -> None:
    heard: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, frame: heard.append(number))
    try:
        with pytest.raises(Interrupted), held_back(), let_in():
            os.kill(os.getpid(), signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, before)
    assert heard == [signal.SIGINT]
