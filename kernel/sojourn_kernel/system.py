"""The system's own, from before any cell ran: modules that are imported with the first save would get what a cell has put in its place."""

from __future__ import annotations

import ctypes
import sys
import time
from functools import cache, partial
from os import O_CLOEXEC, O_RDONLY, close, pread, read, urandom, waitpid
from os import open as open_file
from select import POLLIN, poll
from time import sleep
from typing import Any

_MADV_POPULATE_WRITE = 23  # madvise(2), Linux 5.14

now = partial(time.clock_gettime, time.CLOCK_REALTIME)
"Seconds since the epoch. freezegun replaces the clocks that it knows by name, and wherever they stand."
elapsed = partial(time.clock_gettime, time.CLOCK_MONOTONIC)
"Seconds from some moment, as `time.monotonic` has them."
now_ns = partial(time.clock_gettime_ns, time.CLOCK_REALTIME)


def opened(path: str) -> int:
    """The number of a file that is open for reading."""
    return open_file(path, O_RDONLY | O_CLOEXEC)


def contents_of(path: str) -> bytes:
    """All that is in a file; whatever a cell has put in the place of ``open`` hears nothing of it."""
    number, pieces = opened(path), []
    try:
        while piece := read(number, 1 << 16):
            pieces.append(piece)
    finally:
        close(number)
    return b"".join(pieces)


def waits_to_be_read(number: int, seconds: float) -> bool:
    """Whether a descriptor has something to read, or its end, within this time. ``select`` knows no number above 1023."""
    waiting = poll()
    waiting.register(number, POLLIN)
    return bool(waiting.poll(1000 * seconds))


def populate(address: int, length: int) -> bool:
    """Have whole pages of private memory given and writable at once, not with a fault each. False where that can't be."""
    madvise = _madvise()
    return madvise is not None and not madvise(ctypes.c_void_p(address), ctypes.c_size_t(length), _MADV_POPULATE_WRITE)


@cache
def _madvise() -> Any:
    """The C library's ``madvise``; None where there is none, or the constant means something else."""
    return getattr(ctypes.CDLL(None), "madvise", None) if sys.platform == "linux" else None


__all__ = [
    "close",
    "contents_of",
    "elapsed",
    "now",
    "now_ns",
    "opened",
    "populate",
    "pread",
    "read",
    "sleep",
    "urandom",
    "waitpid",
    "waits_to_be_read",
]
