"""Memory for what is read: writable, and the process's own."""

from __future__ import annotations

import ctypes
import mmap
import sys

from .. import system

LARGE = 4 << 20  # bytes from which on memory of its own is quicker: its pages come as they are written
UNUSED = "V1"  # the dtype of a numpy array whose memory no array of the session has taken over yet


def room(size: int) -> memoryview:
    """So many writable bytes. A fork's child sees them as they were, like any other memory.

    Where numpy is there, large ones are a numpy array's own memory, so that an array that is unpickled from them can
    take it over instead of copying it: ``base`` is the array, ``UNUSED`` its dtype until then.
    """
    if size < LARGE:
        return memoryview(bytearray(size))
    if (numpy := sys.modules.get("numpy")) is not None and hasattr(numpy, "empty"):  # not half imported
        return memoryview(numpy.empty(size, UNUSED).view("u1"))
    if not hasattr(mmap, "MAP_PRIVATE"):
        return memoryview(bytearray(size))
    mapping = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    if hasattr(mmap, "MADV_HUGEPAGE"):
        try:
            mapping.madvise(mmap.MADV_HUGEPAGE)
        except OSError:  # the system has none
            pass
    return memoryview(mapping)


def populate(view: memoryview) -> None:
    """Let the system give the pages of a writable view before they are filled, where it can: its threads need not wait for each other.

    Whoever copies to new memory holds the interpreter's lock while the system clears it, which takes longer than to read the bytes.
    """
    if len(view) < 2 * mmap.PAGESIZE:
        return
    first = ctypes.addressof(ctypes.c_char.from_buffer(view))
    start = -(-first // mmap.PAGESIZE) * mmap.PAGESIZE
    system.populate(start, (first + len(view)) // mmap.PAGESIZE * mmap.PAGESIZE - start)  # if not, faults come later
