"""Running a library's code again so that only this process can notice: nothing shown, written, connected to or started."""

from __future__ import annotations

import contextlib
import functools
import io
import os
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_REACHING = frozenset({
    "os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.truncate", "os.chmod", "os.chown", "os.system",
    "os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "os.kill", "os.startfile", "shutil.copyfile", "shutil.move",
    "shutil.rmtree", "subprocess.Popen", "socket.connect", "socket.sendto", "socket.sendmsg", "socket.bind", "sqlite3.connect",
    "tempfile.mkstemp", "tempfile.mkdtemp", "webbrowser.open", "smtplib.connect", "urllib.Request",
})  # fmt: skip


class ReachesOutside(PermissionError):
    """A call that is made again tried to write, to connect, or to start something."""


@dataclass(frozen=True)
class Guard:
    """What one thread may not do. blocked: what it tried. also, but: events more or less than the usual ones. applies: whether an
    event is to be stopped at all."""

    blocked: list[str]
    error: type[BaseException] = ReachesOutside
    also: frozenset[str] = field(default_factory=frozenset)
    applies: Callable[[], bool] = lambda: True
    but: frozenset[str] = field(default_factory=frozenset)

    def stop(self, what: str) -> None:
        self.blocked.append(what)
        raise self.error(f"not done again: {what}")


_guarded: dict[int, Guard] = {}


def _audit(event: str, arguments: tuple[Any, ...]) -> None:
    if not _guarded:
        return
    guard = _guarded.get(threading.get_ident())
    if guard is None:
        return
    writes = event == "open" and len(arguments) > 2 and isinstance(arguments[2], int) and arguments[2] & _WRITING
    if event == "os.mkdir" and os.path.isdir(arguments[0]):  # noqa: PTH112
        return  # it is refused by itself, which most expect
    reaches = event not in guard.but and (event in _REACHING or event in guard.also)
    if ((writes and arguments[0] != os.devnull) or reaches) and guard.applies():
        guard.stop(event if not writes else f"writing {arguments[0]}")


@functools.cache
def _hook() -> None:
    sys.addaudithook(_audit)


def is_of_a_cache(blocked: str) -> bool:
    """Whether what was stopped was about a temporary file or a cache, and nothing that lasts."""
    if blocked.startswith("tempfile."):
        return True
    folder, _, name = blocked.removeprefix("writing ").rpartition(os.sep)
    return blocked.startswith("writing ") and bool(name) and (folder == tempfile.gettempdir() or ".cache" in folder)


@contextlib.contextmanager
def confined(blocked: list[str]) -> Iterator[None]:
    """While the body runs, this thread can't write files, connect, or start processes (PEP 578)."""
    with guarded(Guard(blocked)):
        yield


@contextlib.contextmanager
def guarded(guard: Guard) -> Iterator[None]:
    """While the body runs, this thread is under a guard, in place of the one that it may be under."""
    _hook()
    tempfile.gettempdir()  # finding it out for the first time writes a file
    thread = threading.get_ident()
    before, _guarded[thread] = _guarded.get(thread), guard
    try:
        yield
    finally:
        if before is None:
            del _guarded[thread]
        else:
            _guarded[thread] = before


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """What it showed was seen the first time."""
    before, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        with silent():
            yield
    finally:
        sys.dont_write_bytecode = before


@contextlib.contextmanager
def silent() -> Iterator[None]:
    """Nothing that this thread prints or displays is shown, errors included."""
    with unseen(), _silent_stream("stderr"):
        yield


@contextlib.contextmanager
def unseen() -> Iterator[None]:
    """Nothing that this thread prints or displays is shown, as libraries do when they are imported; warnings and errors are.

    What shows things stays what it is: a library may keep it (a handler that is given ``sys.stdout``).
    """
    from IPython.core.getipython import get_ipython

    publisher = getattr(get_ipython(), "display_pub", None)  # type: ignore[no-untyped-call]
    with _silent_stream("stdout"), _silent(publisher, "publish"), _silent(publisher, "clear_output"):
        yield


@contextlib.contextmanager
def _silent_stream(name: str) -> Iterator[None]:
    """A standard stream writes nothing; another stands in its place where it can't be told so."""
    stream, instead = getattr(sys, name), contextlib.redirect_stdout if name == "stdout" else contextlib.redirect_stderr
    with contextlib.ExitStack() as stack:
        try:
            users = type(stream).__module__ == "__main__"
            stack.enter_context(instead(io.StringIO()) if users else _silent(stream, "write"))
        except AttributeError:
            stack.enter_context(instead(io.StringIO()))
        yield


@contextlib.contextmanager
def _silent(owner: Any, name: str) -> Iterator[None]:
    """Calls of a method do nothing in this thread. What was kept of it meanwhile works again once this is over."""
    real = getattr(owner, name, None)
    if real is None:
        yield
        return
    own, thread, over = name in getattr(owner, "__dict__", ()), threading.get_ident(), False

    def silent(*arguments: Any, **named: Any) -> Any:
        if over or threading.get_ident() != thread:
            return real(*arguments, **named)
        return len(arguments[0]) if arguments and isinstance(arguments[0], str) else None  # as a stream's write

    setattr(owner, name, silent)
    try:
        yield
    finally:
        over = True
        if own:
            setattr(owner, name, real)
        elif getattr(owner, name, None) is silent:
            delattr(owner, name)
