"""Text and buffers over bytes in memory or a file without a name, and where a loop over a file's lines is."""

from __future__ import annotations

import io
import os
import socket
import stat
from typing import Any

from ...told import Cause
from ..process import by_number, settling
from . import CannotKeep


class FileGone(RuntimeError):
    """A file that the session had open is not here, or is shorter than where the session was."""

    cause = Cause.FILE


TEMPORARY_LIMIT = 64 << 20  # bytes of a temporary directory that are kept
GONE = "was removed or replaced while it was open"
BUFFERED = (io.BufferedReader, io.BufferedWriter, io.BufferedRandom)
LOOKED_THROUGH = 64 << 20  # bytes of a file that are read to find the place of a loop in it


def position_of(value: io.TextIOWrapper) -> int:
    """Where a text file is. In a loop over its lines it does not say: then by the characters that are left."""
    try:
        return value.tell()
    except OSError:
        number = _number_of(value)
    if number is not None:
        if os.fstat(number).st_size > LOOKED_THROUGH:
            reason = f"the place in {value.name} can't be told in the middle of a loop over its lines"
            raise CannotKeep(Cause.LIVE_RESOURCE, reason) from None
        if not settling.is_kernel():
            by_number.open_apart(number)
    left = len(value.read())
    value.seek(0)
    before = len(value.read()) - left
    value.seek(0)
    value.read(before)
    return value.tell()


def _number_of(value: io.TextIOWrapper) -> int | None:
    try:
        return value.fileno()
    except OSError:  # it is over bytes in memory
        return None


def over_an_object(buffer: Any) -> bool:
    """Whether a buffer is over bytes in memory, or another object that can seek and is none of the system's: a member of a tar archive."""
    raw = getattr(buffer, "raw", None)
    if raw is None or isinstance(raw, io.BytesIO):
        return raw is not None
    return not isinstance(raw, (io.FileIO, socket.SocketIO)) and bool(buffer.seekable())


def layered(buffer: Any, how: dict[str, Any], position: int | None) -> Any:
    made = io.TextIOWrapper(buffer, **how)
    if position is not None:
        made.seek(position)
    return made


def buffered(cls: type, raw: Any, position: int) -> Any:
    made = cls.__new__(cls)
    next(base for base in BUFFERED if issubclass(cls, base)).__init__(made, raw)
    made.seek(position)
    return made


def nothing_leads_to(name: Any) -> CannotKeep:
    """What is raised of a file that is open, and of which the path that it was opened by leads nowhere or to another."""
    return CannotKeep(Cause.FILE, f"its file {name} {GONE}")


def unnamed(content: bytes, mode: str, position: int) -> Any:
    """A temporary file without a name: its content is all that there is of it."""
    import tempfile

    made: Any = tempfile.TemporaryFile("w+b")  # noqa: SIM115
    made.write(content)
    made.seek(position)
    return made


def unnamed_content(value: Any) -> bytes | None:
    """What a file holds that has no name in any directory; None for others."""
    if not isinstance(value.name, int):
        return None
    found = os.fstat(value.fileno())
    if not stat.S_ISREG(found.st_mode) or found.st_nlink or found.st_size > TEMPORARY_LIMIT or not value.readable():
        return None
    return os.pread(value.fileno(), found.st_size, 0)


def open_numbered(number: int, path: str, flags: int, position: int, how: dict[str, Any]) -> Any:
    """A file made of a descriptor (``os.fdopen``): of the one that is open under its number again, else of one of its own."""
    if number in by_number.shared or not (problem := by_number.open_again(number, path, flags, position)):
        made: Any = open(number, **how)  # noqa: SIM115
    elif by_number.is_open(number):
        made = os.fdopen(os.open(path, flags), **how)
        getattr(made, "raw", made).name = number
    else:
        raise FileGone(f"it was made of a descriptor, and {problem}")
    if made.tell() != position:
        made.seek(position)
    return made
