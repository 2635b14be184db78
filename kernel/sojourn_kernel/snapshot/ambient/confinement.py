"""Running a library's code again so that only this process can notice: nothing shown, written, connected to or started."""

from __future__ import annotations

import contextlib
import functools
import os
import sys
import threading
from collections.abc import Iterator
from typing import Any

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_REACHING = frozenset({
    "os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.truncate", "os.chmod", "os.chown", "os.system",
    "os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "os.kill", "os.startfile", "shutil.copyfile", "shutil.move",
    "shutil.rmtree", "subprocess.Popen", "socket.connect", "socket.sendto", "socket.sendmsg", "socket.bind", "sqlite3.connect",
    "tempfile.mkstemp", "tempfile.mkdtemp", "webbrowser.open", "smtplib.connect", "urllib.Request",
})  # fmt: skip
_guarded: dict[int, list[str]] = {}


class ReachesOutside(PermissionError):
    """A call that is made again tried to write, to connect, or to start something."""


def _audit(event: str, arguments: tuple[Any, ...]) -> None:
    if not _guarded:
        return
    blocked = _guarded.get(threading.get_ident())
    if blocked is None:
        return
    writes = event == "open" and len(arguments) > 2 and isinstance(arguments[2], int) and arguments[2] & _WRITING
    if (writes and arguments[0] != os.devnull) or event in _REACHING:
        blocked.append(event if not writes else f"writing {arguments[0]}")
        raise ReachesOutside(f"not done again: {blocked[-1]}")


@functools.cache
def _hook() -> None:
    sys.addaudithook(_audit)


@contextlib.contextmanager
def confined(blocked: list[str]) -> Iterator[None]:
    """While the body runs, this thread can't write files, connect, or start processes (PEP 578)."""
    _hook()
    _guarded[threading.get_ident()] = blocked
    try:
        yield
    finally:
        del _guarded[threading.get_ident()]


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """What it showed was seen the first time."""
    from IPython.utils.capture import capture_output

    before, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        with capture_output():
            yield
    finally:
        sys.dont_write_bytecode = before
