"""Locks (flock(2)) on files that the kernel has open, which a forked child would hold as well until it ends.

HDF5 gives its lock back by closing the file: while a child lived, the session could not open the file once more.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from . import by_number


def let_go(kernel: int) -> None:
    """In a child: have each file that the kernel has locked open for itself, where it was, so that the lock is the kernel's alone."""
    for entry in list(Path("/proc/self/fd").iterdir()):
        with suppress(OSError):
            if "FLOCK" in Path(f"/proc/{kernel}/fdinfo/{entry.name}").read_text():
                _open_anew(int(entry.name))


def _open_anew(number: int) -> None:
    path, flags, position = by_number.described(number)
    if not path:
        return
    opened = os.open(f"/proc/self/fd/{number}", flags)
    os.lseek(opened, position, os.SEEK_SET)
    os.dup2(opened, number, inheritable=False)
    os.close(opened)
