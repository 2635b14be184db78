"""Memory for what is read: writable, and the process's own."""

from __future__ import annotations

import mmap

LARGE = 4 << 20  # bytes from which on a mapping of its own is quicker: its pages come as they are written


def room(size: int) -> memoryview:
    """So many writable bytes. A fork's child sees them as they were, like any other memory."""
    if size < LARGE or not hasattr(mmap, "MAP_PRIVATE"):
        return memoryview(bytearray(size))
    mapping = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    if hasattr(mmap, "MADV_HUGEPAGE"):
        try:
            mapping.madvise(mmap.MADV_HUGEPAGE)
        except OSError:  # the system has none
            pass
    return memoryview(mapping)
