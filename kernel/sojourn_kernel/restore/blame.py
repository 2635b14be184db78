"""What a kernel loads, noted where the next one finds it if this one dies of it: a crash costs the value that it came with, not the session.

The note is a file of this machine, as a kernel that dies is started again where it was. It is written through a mapping, which
outlives the process and costs no system call.
"""

from __future__ import annotations

import mmap
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from blake3 import blake3

from ..snapshot.process.fork import SHORT_OF_MEMORY, Child

_PAGE = 4096  # bytes: the first holds what is being loaded, the second what earlier kernels died of
_LONGEST = 1000  # bytes of a name
STILL = 30.0  # seconds without progress after which a trial tells nothing

_HELD = "; the checkpoint holds it still, for a place where it can be loaded (%sojourn history)"
CRASHED = f"loading it crashed the process, at an earlier start of the kernel and in a trial here{_HELD}"
TOO_LARGE = f"loading it takes more memory than there is, at an earlier start of the kernel and in a trial here{_HELD}"


class Blame:
    """roots: what kernels of this session died loading, one each, that came before this one. Of the value that holds such a root, a
    forked child tries first whether it can be loaded."""

    def __init__(self, path: Path | None = None) -> None:
        self.roots: frozenset[str] = frozenset()
        self._path, self._note = path, None
        if path is not None:
            with suppress(OSError, ValueError):  # no room, or another user's file: then nothing is noted
                self._note = self._begin(path)

    def _begin(self, path: Path) -> mmap.mmap:
        number = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        try:
            found = os.fstat(number)
            if not stat.S_ISREG(found.st_mode) or found.st_uid != os.getuid():
                raise PermissionError(f"{path} is not this user's")
            before = os.pread(number, 2 * _PAGE, 0).ljust(2 * _PAGE, b"\0")
            known = {before[:_PAGE].rstrip(b"\0"), *before[_PAGE:].rstrip(b"\0").split(b"\n")} - {b""}
            self.roots = frozenset(root.decode(errors="replace") for root in known)
            kept = b"\n".join(sorted(known))[:_PAGE].ljust(_PAGE, b"\0")
            os.pwrite(
                number, bytes(_PAGE) + kept, 0
            )  # raises on a full disk: to fill a hole by the mapping would end the process
            return mmap.mmap(number, 2 * _PAGE)
        finally:
            os.close(number)

    @contextmanager
    def of(self, root: str) -> Iterator[None]:
        """While inside, this root is what a death of the process comes from."""
        if self._note is None:
            yield
            return
        outer = self._note[:_LONGEST]
        self._note[:_LONGEST] = root.encode(errors="replace")[:_LONGEST].ljust(_LONGEST, b"\0")
        try:
            yield
        finally:
            if self._note is not None:
                self._note[:_LONGEST] = outer

    def verdict(self, act: Callable[[], Any]) -> str:
        """Why this must not be done here, as a forked child that does it shows; empty where it may."""
        try:
            outcome = Child(lambda report: act() and None).wait(STILL)
        except OSError:  # no room for a child
            return ""
        if outcome.crashed:
            return CRASHED
        return TOO_LARGE if outcome.died or outcome.problem == SHORT_OF_MEMORY else ""

    def end(self) -> None:
        """All is loaded."""
        note, self._note = self._note, None
        if note is not None and self._path is not None:
            note.close()
            self._path.unlink(missing_ok=True)


def blame_of(session: str, store: str) -> Blame:
    """The note on one session's loading."""
    name = blake3(f"{store}\n{session}".encode()).hexdigest(16)
    # Where Jupyter keeps what lives as long as its kernels, if it says so; to ask tempfile would change what that says of itself.
    folder = os.environ.get("JUPYTER_RUNTIME_DIR") or os.environ.get("TMPDIR") or "/tmp"
    return Blame(Path(folder) / f"sojourn-{os.getuid()}-{name}.loading")
