"""Open files by the numbers of their descriptors: what stands there, and how it is opened again under the same number."""

from __future__ import annotations

import fcntl
import os
import stat
from pathlib import Path
from typing import Any

shared: set[int] = set()
"Numbers that were put back for variables: a file object that was made of one is made of it again."
_NOT_AGAIN = os.O_CREAT | os.O_EXCL | os.O_TRUNC
_WAYS = os.O_ACCMODE | os.O_APPEND


def is_open(number: int) -> bool:
    return Path(f"/proc/self/fd/{number}").is_symlink()


def described(number: int) -> tuple[str, int, int]:
    """Path, flags and position; no path for what is no file that could be opened again."""
    try:
        path = os.readlink(f"/proc/self/fd/{number}")  # noqa: PTH115
        if not stat.S_ISREG(os.fstat(number).st_mode) or not Path(path).is_file():
            return "", 0, 0
        fields = dict(
            line.split(":\t", 1)
            for line in Path(f"/proc/self/fdinfo/{number}").read_text().splitlines()
            if ":\t" in line
        )
        return path, int(fields["flags"], 8) & ~_NOT_AGAIN, int(fields["pos"])
    except (OSError, KeyError, ValueError):
        return "", 0, 0


def directory(number: int) -> tuple[str, int, int] | None:
    """The same of a directory, which has no position."""
    try:
        path = os.readlink(f"/proc/self/fd/{number}")  # noqa: PTH115
        is_there = stat.S_ISDIR(os.fstat(number).st_mode) and Path(path).is_dir()
    except OSError:
        return None
    return (path, os.O_RDONLY | os.O_DIRECTORY, 0) if is_there else None


def is_pipe(number: int) -> bool:
    """Whether it is an end of a pipe, of which a kernel has no use itself."""
    try:
        return stat.S_ISFIFO(os.fstat(number).st_mode)
    except OSError:
        return False


def path_of(number: int, name: str | os.PathLike[str]) -> str:
    """Where the file is that a descriptor is open on, which ``name`` led to when it was opened; empty if nothing leads to it any more.

    The name may be relative to another directory by now, and the file may have been renamed, or have another in its place.
    """
    path = os.path.realpath(name)
    try:
        now = os.readlink(f"/proc/self/fd/{number}")  # noqa: PTH115
        if now == path or os.path.samestat(os.stat(path), os.fstat(number)):  # noqa: PTH116
            return path
    except OSError:
        now = os.path.realpath(f"/proc/self/fd/{number}")
    return now if Path(now).is_file() else ""


def path_of_file(file: Any, name: str) -> str:
    """The same by an object that has the file open; what its name leads to where that has no descriptor."""
    try:
        number = file.fileno()
    except (AttributeError, OSError, ValueError):  # it is closed by now, in memory, or over what is no file
        return os.path.realpath(name)
    return path_of(number, name)


def is_led_to(path: str | os.PathLike[str]) -> bool:
    """Whether a path leads to a file that this process has open, where a library that doesn't show its descriptor opened it by that."""
    try:
        there = os.stat(path)  # noqa: PTH116
    except OSError:
        return False
    for entry in os.scandir("/proc/self/fd"):
        try:
            if os.path.samestat(there, os.fstat(int(entry.name))):
                return True
        except OSError:  # that of the listing itself
            continue
    return False


def open_apart(number: int) -> None:
    """In a forked child: have a file open for itself, where it was; its position and its locks (flock) are the kernel's as well until then."""
    there = f"/proc/self/fd/{number}"  # also of one that has no name any more
    own = os.open(there, fcntl.fcntl(number, fcntl.F_GETFL) & _WAYS | os.O_CLOEXEC)
    try:
        os.lseek(own, os.lseek(number, 0, os.SEEK_CUR), os.SEEK_SET)
        os.dup2(own, number, os.get_inheritable(number))
    finally:
        os.close(own)


def open_again(number: int, path: str, flags: int, position: int) -> str:
    """What stood in the way; empty if the file is open under its number again."""
    if not path:
        return "a pipe, a device or a removed file can't be opened again"
    if is_open(number):
        return "this process has that number in use already"
    try:
        opened = os.open(path, flags)
    except OSError as error:
        return f"{path} can't be opened here ({error.strerror})"
    if opened != number:
        os.dup2(opened, number, inheritable=False)
        os.close(opened)
    if flags & os.O_DIRECTORY:
        return ""
    if os.lseek(number, 0, os.SEEK_END) < position:
        os.close(number)
        return f"{path} is shorter here than where the session was in it"
    os.lseek(number, position, os.SEEK_SET)
    return ""
