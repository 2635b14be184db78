"""Locks (flock(2)) on files that the kernel has open, which a forked child would hold as well until it ends.

HDF5 gives its lock back by closing the file: while a child lived, the session could not open the file once more.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from . import by_number


def let_go(kernel: int) -> None:
    """In a child: have each file that the kernel has locked open for itself, where it was, so that the lock is the kernel's alone."""
    for entry in list(Path("/proc/self/fd").iterdir()):
        with suppress(OSError):
            locked = "FLOCK" in Path(f"/proc/{kernel}/fdinfo/{entry.name}").read_text()
            if locked and by_number.described(number := int(entry.name))[0]:
                by_number.open_apart(number)
