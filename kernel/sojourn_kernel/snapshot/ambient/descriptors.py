"""File descriptors that cells opened by number (``os.open``, ``tempfile.mkstemp``): opened again under the same number.

Files that Python objects hold are those objects' business. A descriptor is a cell's own if a variable holds its number.
"""

from __future__ import annotations

import contextlib
import os
import re
import types
from collections.abc import Iterator
from typing import Any

from ...told import Cause, Told
from ..libraries.function_state import contents
from ..looking.attributes import attributes_of, held_in
from ..looking.classes import module_of
from ..names import is_of_shell
from ..process.by_number import described, directory, is_open, is_pipe, open_again, shared
from .provider import EARLY, Provider, provide

_CALLS = r"(open|dup2?|pipe2?|openpty|eventfd|memfd_create)\b"
_OPENS = re.compile(
    rf"\b(os|posix)\s*\.\s*{_CALLS}|\bmkstemp\b|\bimport (os|posix) as\b|\bfrom (os|posix) import\b[^\n]*(\*|\(|\b{_CALLS})"
)
FEW = 9  # things in a container that is looked into, at most
_cells_open = False
"Whether code of this session's opens descriptors by number, in this life or in one before: a function may, and be called again."


def note(source: str) -> None:
    """Remember whether code of the session's opens descriptors by number at all: any small integer could be one."""
    global _cells_open
    _cells_open = _cells_open or bool(_OPENS.search(source))


def _numbers(namespace: dict[str, Any]) -> Iterator[tuple[str, int, bool]]:
    """What may be a descriptor's number: variables, first, and what these hold, in short containers and in the session's own
    objects, functions and classes.

    With each, whether it stands where numbers of other things do.
    """
    names = {name: value for name, value in namespace.items() if type(name) is str and not is_of_shell(name)}
    for name, value in names.items():
        held = value if type(value) in (tuple, list) and len(value) <= FEW else (value,)
        yield from ((name, one, False) for one in held if _may_be_one(one))
    for name, value in names.items():
        for one in _inside(value):
            yield from ((name, inner, True) for inner in (one, *_inside(one)) if _may_be_one(inner))


def _may_be_one(value: Any) -> bool:
    return type(value) is int and value > 2


def _inside(value: Any) -> list[Any]:
    if type(value) in (tuple, list, dict):
        return held_in(value, FEW)
    if type(value) is types.FunctionType:
        return [*map(contents, value.__closure__ or ()), *(value.__defaults__ or ())]
    if isinstance(value, type) and module_of(value) == "__main__":
        return list(vars(value).values())
    return list(attributes_of(value).values()) if module_of(type(value)) == "__main__" else []


def _open_now() -> dict[int, tuple[int, int]]:
    """By number, device and inode of what is open under it."""
    try:
        listed = os.listdir("/proc/self/fd")  # noqa: PTH208
    except OSError:  # not Linux
        return {}
    found = {}
    for name in listed:
        with contextlib.suppress(OSError):  # closed since: that of the listing itself, or by a thread
            about = os.fstat(int(name))
            found[int(name)] = (about.st_dev, about.st_ino)
    return found


Row = tuple[str, int, str, int, int, bool, int]
"""Variable, number, path, flags, position, whether programs inherit it, and the number that it is a copy of (its own if of none)."""


def _capture(shell: Any, base: dict[int, tuple[int, int]]) -> list[Row] | None:
    if not _cells_open:
        return None
    # A number that the kernel had at its start and has given back may be the session's by now.
    here = {number for number, what in _open_now().items() if base.get(number) != what}
    rows: list[Row] = []
    for name, number, among_others in _numbers(shell.user_ns):
        if number in here:
            here.discard(number)
            what = directory(number) or described(number)
            if among_others and not what[0] and not is_pipe(number):
                continue
            like = next((row[1] for row in rows if row[2:5] == what and _share(row[1], number)), number)
            rows.append((name, number, *what, os.get_inheritable(number), like))
    return rows  # where there are none as well: the next life of the session learns that its code opens some


def _share(one: int, other: int) -> bool:
    """Whether two descriptors at one place of a file move together, as ``os.dup`` makes them."""
    if one == other:
        return False
    try:
        at = os.lseek(one, 0, os.SEEK_CUR)
        os.lseek(one, at + 1, os.SEEK_SET)
        together = os.lseek(other, 0, os.SEEK_CUR) == at + 1
        os.lseek(one, at, os.SEEK_SET)
    except OSError:  # a pipe
        return False
    return together


def _restore(_: Any, state: list[Any]) -> list[Told]:
    told: list[Told] = []
    lost: set[int] = set()
    for name, number, path, flags, position, *how in state:
        inheritable, like = how or (False, number)
        if like in lost:
            problem = "the file that it shares its place with is not open here"
        elif like != number and not is_open(number):
            problem = ""
            os.dup2(like, number)
        else:
            problem = open_again(number, path, flags, position)
        if problem:
            lost.add(number)
            told.append(Told(name, Cause.FILE, f"it is the number of an open file ({number}), and {problem}."))
        else:
            shared.add(number)
            os.set_inheritable(number, inheritable)
    note("os.open")
    return told


provide(Provider("descriptors", "files open by number", EARLY, lambda _: _open_now(), _capture, _restore))
