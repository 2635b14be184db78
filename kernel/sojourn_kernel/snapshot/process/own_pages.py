"""Pages that a fork has made shared are made writable again when the child has ended, so that no cell waits for their faults.

After a fork every page that the kernel writes to (a reference count is enough) costs a fault, though the child is long gone: 1,000 to
6,000 of them in the next cell. proc_pid_pagemap(5) says which pages are the kernel's alone, MADV_POPULATE_WRITE (madvise(2), Linux 5.14)
makes them writable without a fault each. Where there is neither, the faults stay.
"""

from __future__ import annotations

import mmap
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from ...system import close, contents_of, opened, populate, pread, sleep

MOST = 1 << 30  # bytes of address space that are gone through after a child's end
_PAGE = mmap.PAGESIZE
_SLICE = 2048  # pages between two looks at whether a cell has begun
_ENTRY = 8  # bytes of pagemap about one page
# The highest byte of an entry: present (bit 63) and mapped once (56), no file's (61), not swapped out (62).
_OURS = re.compile(rb"\x81+")


def take_back(stop: Callable[[], bool]) -> int:
    """Bytes that were made writable again, small mappings first. stop: asked every few milliseconds whether to leave it at that."""
    taken = 0
    with suppress(OSError), _pagemap() as pagemap:
        for start, pages in _slices(contents_of("/proc/self/maps").decode()):
            if stop():
                break
            entries = pread(pagemap, pages * _ENTRY, start // _PAGE * _ENTRY)
            for found in _OURS.finditer(entries[_ENTRY - 1 :: _ENTRY]):
                begin, length = start + found.start() * _PAGE, (found.end() - found.start()) * _PAGE
                if populate(begin, length):
                    taken += length
            sleep(0)  # the main thread may want the interpreter
    return taken


@contextmanager
def _pagemap() -> Iterator[int]:
    number = opened("/proc/self/pagemap")
    try:
        yield number
    finally:
        close(number)


def _slices(maps: str) -> Iterator[tuple[int, int]]:
    """Address and number of pages of pieces of the private writable mappings in ``/proc/self/maps``, the smallest mapping first."""
    ranges = []
    for line in maps.splitlines():
        span, permissions, *_ = line.split(" ", 2)
        if permissions.startswith("rw") and permissions.endswith("p"):
            first, _, last = span.partition("-")
            ranges.append((int(last, 16) - int(first, 16), int(first, 16)))
    left = MOST
    for length, start in sorted(ranges):
        for end in range(length, max(0, length - left), -_SLICE * _PAGE):  # what was mapped first lies highest
            begin = max(0, end - _SLICE * _PAGE)
            yield start + begin, (end - begin) // _PAGE
        left -= length
        if left <= 0:
            return
