"""What a forked child can't see or must not do is seen and done before the fork: the threads that run, and what files have yet to write.

A forked child shares files and their offsets with the kernel: if it wrote what waits in a buffer, the kernel would write it a second
time, and if it moved an offset, the kernel would read on at the wrong place. So the kernel flushes first, and the child never does.
"""

from __future__ import annotations

import contextlib
import fcntl
import gc
import io
import os
import stat
import sys
import threading
import weakref
from collections.abc import Iterable
from pathlib import Path
from typing import Any

_WRITERS = (io.TextIOWrapper, io.BufferedWriter, io.BufferedRandom)
_DESCRIPTORS = "/dev/fd"
_STANDARD = 2  # the last of the standard streams' descriptors

_forked = False
_running: frozenset[int] = frozenset()
"Ids of the threads that ran right before the fork: in a child all but its own have ended."
_idents: frozenset[int | None] = frozenset()
"What these threads are known by to their locks."


def in_a_child() -> None:
    """From here on this process is a forked child."""
    global _forked
    _forked = True


def is_kernel() -> bool:
    """Whether this process is the kernel, which may write to what it shares with its children."""
    return not _forked


def runs(thread: threading.Thread) -> bool:
    """Whether a thread runs: in the kernel, if this is a child of it."""
    return id(thread) in _running if _forked else thread.is_alive()


def runs_as(ident: int) -> bool:
    """Whether a thread runs that its locks know by this number: in the kernel, if this is a child of it."""
    return ident in (_idents if _forked else _idents_of(threading.enumerate()))


def _idents_of(threads: Iterable[threading.Thread]) -> frozenset[int | None]:
    """Without those of Sojourn's own threads, which hold no lock of the session's: they may go by the number of one that has ended."""
    return frozenset(thread.ident for thread in threads if not thread.name.startswith("sojourn-"))


def is_locked(file: Any) -> bool:
    """Whether the kernel holds a lock on an open file (flock(2), fcntl(2))."""
    processes = ("self",) if not _forked else ("self", os.getppid())  # a child shows its kernel's flocks only
    for process in processes:
        with contextlib.suppress(OSError):
            if "\nlock:" in Path(f"/proc/{process}/fdinfo/{file.fileno()}").read_text():
                return True
    return False


def flush(file: Any) -> None:
    """Flush a file that is about to be read out; in a child the kernel has done so, but for those in memory alone."""
    if not _forked or _identity(file) is None:
        _write_out(file)


def _write_out(file: Any) -> None:
    """What waits in a file's buffers is written. In the middle of a loop over its lines it still does not say where it is."""
    if isinstance(file, io.TextIOWrapper) and io.TextIOWrapper.readable(file) and io.TextIOWrapper.seekable(file):
        try:
            io.TextIOWrapper.tell(file)
        except OSError:
            io.TextIOWrapper.read(file, 0)  # its flush would have it say a place, which is the buffer's
            file.buffer.flush()
            return
    file.flush()


class Settling:
    """Flushes the files that cells have open for writing, and looks for them only where there are new descriptors."""

    def __init__(self) -> None:
        self._foreign = _open_for_writing()
        "Descriptors behind which there is no file object of Python's: databases, and what was open before the first cell."
        self._known: list[weakref.ref[Any]] = []

    def settle(self) -> None:
        """Call it right before a fork. A file that can't be flushed (a full disk) is left alone: its own ``write`` says so."""
        global _running, _idents
        threads = threading.enumerate()
        _running, _idents = frozenset(map(id, threads)), _idents_of(threads)
        now = _open_for_writing()
        self._foreign &= now
        files = self._files()
        if now - self._foreign - {_identity(file) for file in files}:
            everything = gc.get_objects()
            self._known = [weakref.ref(one) for one in everything if issubclass(type(one), _WRITERS)]
            del everything
            files = self._files()
            self._foreign |= now - {_identity(file) for file in files}
        for file in files:
            with contextlib.suppress(Exception):
                if _identity(file) in now and file.writable():
                    _write_out(file)
        _settle_hdf5()

    def _files(self) -> list[Any]:
        found = [file for ref in self._known if (file := ref()) is not None]
        # Text first: its flush hands on to the buffer below it.
        return sorted(found, key=lambda file: not isinstance(file, io.TextIOWrapper))


def _open_for_writing() -> set[tuple[int, int, int]]:
    """Descriptors of regular files that can be written to: number, device, inode."""
    found = set()
    with contextlib.suppress(OSError):
        for name in os.listdir(_DESCRIPTORS):  # noqa: PTH208
            number = int(name)
            with contextlib.suppress(OSError):  # the listing's own is closed again
                status = os.fstat(number)
                writes = fcntl.fcntl(number, fcntl.F_GETFL) & os.O_ACCMODE != os.O_RDONLY
                if number > _STANDARD and writes and stat.S_ISREG(status.st_mode):
                    found.add((number, status.st_dev, status.st_ino))
    return found


def _identity(file: Any) -> tuple[int, int, int] | None:
    try:
        number = io.TextIOWrapper.fileno(file) if isinstance(file, io.TextIOWrapper) else file.fileno()
        status = os.fstat(number)
    except Exception:  # closed, or over something that is no file
        return None
    return number, status.st_dev, status.st_ino


def _settle_hdf5() -> None:
    h5f = getattr(sys.modules.get("h5py"), "h5f", None)
    if h5f is None:
        return
    with contextlib.suppress(Exception):
        for one in h5f.get_obj_ids(h5f.OBJ_ALL, h5f.OBJ_FILE):
            with contextlib.suppress(Exception):  # one open for reading
                h5f.flush(one)
