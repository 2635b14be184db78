"""A forked, copy-on-write child that does the slow work: the user's pause is the fork alone.

Fork is not safe for everything (thread pools, CUDA), so a watchdog ends a child that stands still, and says what it was at.
"""

from __future__ import annotations

import gc
import os
import signal
import struct
import sys
import threading
import time
import warnings
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from pickle import dumps, loads  # a cell may put others in their place in the module
from time import monotonic, process_time, sleep, thread_time  # nor is time what a cell says
from typing import Any

from ...ours import in_a_child, ours
from ...store import outstanding
from ...system import close, contents_of, read, waitpid, waits_to_be_read
from . import monitoring, settling, shared_locks
from .memory import free_memory, private_memory

STILL = 4.0  # seconds without progress and without CPU time after which a child counts as hung
STILL_ALONE = 30.0  # the same, of a child whose kernel has died: it may be waiting for the store
LONGEST = 1800.0  # seconds after its last report at which a child ends in any case
CALLED_OFF = "it was called off"
SHORT_OF_MEMORY = "there is too little memory for it"
LEAST_ROOM = 64 << 20  # bytes of memory that are left, below which a child is ended, before the system ends the kernel
PLENTY = 1 << 30  # bytes that are left, below which that is looked at more often
ITS_OWN = 0.5  # of the memory that has gone since a child began, from which what it is at is to blame
BEHIND = 19  # niceness: a cell that uses all processors is not slowed down by what is done behind it
_TICK = 0.5
_CRASHES = (0, signal.SIGSEGV, signal.SIGBUS, signal.SIGILL, signal.SIGFPE, signal.SIGABRT, signal.SIGSYS)


@dataclass(frozen=True)
class Outcome:
    """How a child ended: its result, or the problem, and what it was working on when it was ended."""

    result: Any = None
    problem: str = ""
    error: BaseException | None = None
    hung_on: str = ""
    hung: bool = False
    died: bool = False
    crashed: bool = False
    "Whether it died of its own doing: of a segmentation fault or by ``os._exit``, not of SIGKILL."
    greedy: bool = False
    "Whether it was ended since memory ran short, most of which it had used itself."


# Python 3.12 and later warn at a fork beside threads. The child is watched (see Outcome), and the user can do nothing about it.
_UNWARNED: Any = ("ignore", None, DeprecationWarning, None, 0)


def _fork() -> int:
    filters: list[Any] = warnings.filters  # type: ignore[assignment]
    filters.insert(0, _UNWARNED)
    try:
        with ours():
            return os.fork()
    finally:
        filters.remove(_UNWARNED)


_sending = threading.Lock()  # held in children alone: none is held at a fork


class Child:
    """One forked child. ``report`` inside it says what it is at. behind: whether cells go on meanwhile; else the kernel waits for it."""

    def __init__(self, work: Callable[[Callable[[str], None]], Any], behind: bool = False) -> None:
        reading, writing = os.pipe()
        kernel = os.getpid()
        try:
            self.pid = _fork()
        except OSError:
            os.close(reading)
            os.close(writing)
            raise
        if self.pid == 0:
            _be_child(work, reading, writing, kernel, behind)
        os.close(writing)
        self.at = ""
        "What it said last that it is at."
        self._reading = reading
        self._called_off = False

    def wait(self, still: float = STILL, deadline: float | None = None) -> Outcome:
        """Until the child ends. ``deadline``: ``time.monotonic()`` at which it is ended."""
        data, moved, cpu, at_first = bytearray(), monotonic(), -1, free_memory()
        try:
            while True:
                room = free_memory()
                ready = waits_to_be_read(self._reading, _TICK if room is None or room > PLENTY else _TICK / 5)
                now = monotonic()
                if room is not None and room < LEAST_ROOM:
                    greedy = at_first is not None and private_memory(self.pid) > ITS_OWN * (at_first - room)
                    self.kill()
                    return Outcome(problem=SHORT_OF_MEMORY, hung_on=self.at if greedy else "", greedy=greedy)
                if ready:
                    piece = read(self._reading, 1 << 20)
                    if not piece:
                        break
                    data += piece
                    self.at, moved = _take_reports(data) or self.at, now
                    continue
                used, waits_for_cpu = _cpu(self.pid)
                if used != cpu or waits_for_cpu:
                    cpu, moved = used, now
                if now - moved > still or (deadline is not None and now > deadline):
                    self.kill()
                    problem = f"the child stood still at {self.at or 'its start'}"
                    return Outcome(problem=problem, hung_on=self.at, hung=True)
        except BaseException:  # an interrupt of the user's
            self.kill()
            raise
        finally:
            close(self._reading)
            crashed = self._reap() in _CRASHES
        outcome = _parse(bytes(data), self.at)
        if outcome.died:
            outcome = replace(outcome, crashed=crashed)
        return Outcome(problem=CALLED_OFF) if outcome.died and self._called_off else outcome

    def call_off(self) -> None:
        """End it, though it has done nothing wrong."""
        self._called_off = True
        self.kill()

    def kill(self) -> None:
        try:
            os.kill(self.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass

    def waited(self) -> float:
        """Seconds for which it would have run and had no processor, since it began; 0 where the system doesn't say."""
        try:
            return int(contents_of(f"/proc/{self.pid}/schedstat").split()[1]) / 1e9
        except (OSError, IndexError, ValueError):
            return 0.0

    def _reap(self) -> int | None:
        """The signal that ended it; 0 where it ended by itself, None where that is not known."""
        try:
            status = waitpid(self.pid, 0)[1]
        except ChildProcessError:  # somebody else's SIGCHLD handler was first
            return None
        return os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0


def _be_child(
    work: Callable[[Callable[[str], None]], Any], reading: int, writing: int, kernel: int, behind: bool
) -> None:
    """Never returns; never runs what the kernel registered to run at exit."""
    try:
        in_a_child()
        outstanding.in_a_child()
        for tracing in (sys, threading):  # it would change what is saved
            tracing.settrace(None)  # type: ignore[attr-defined]
            tracing.setprofile(None)  # type: ignore[attr-defined]
        monitoring.silence()
        settling.in_a_child()
        shared_locks.let_go(kernel)
        gc.disable()
        gc.freeze()  # a library that collects all the same must not touch, and so copy, every object
        os.close(reading)
        os.setsid()  # signals to the kernel's group are not for the child, which may outlive it
        _step_back(behind)
        for name in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2):
            signal.signal(name, signal.SIG_IGN)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, LONGEST)
        threading.Thread(target=_watch, args=(writing, kernel), daemon=True).start()
        signal.set_wakeup_fd(-1)
        null = os.open(os.devnull, os.O_RDWR)
        for number in (0, 1):
            os.dup2(null, number)
        sys.stdout = sys.stderr = sys.__stderr__
        _send(writing, b"r", work(lambda at: _report(writing, at) if at else None))
    except BaseException as error:
        try:
            _send(writing, b"e", (f"{type(error).__name__}: {error}", error))
        except BaseException:
            _send(writing, b"e", (f"{type(error).__name__}: {error}", None))
    finally:
        os._exit(0)


def _step_back(behind: bool) -> None:
    """Leave the processors to the user's cells: as a process, and as a session, where the system weighs sessions (sched(7), autogroup).

    Where memory runs out it is the child that goes.
    """
    with suppress(OSError):
        if behind:
            os.nice(BEHIND)
            Path("/proc/self/autogroup").write_text(str(BEHIND))
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")


def _watch(writing: int, kernel: int) -> None:
    """While the store is to answer, the kernel hears that the child does not stand still.

    A child goes on when its kernel has died, and nobody watches it then: it ends if it stands still.
    """
    cpu, moved = -1.0, 0.0
    while True:
        sleep(_TICK)
        waits = outstanding.waits_for_the_store()
        if os.getppid() == kernel:
            if waits:
                _report(writing, "")
            continue
        if waits:
            moved = monotonic()
        used = process_time() - thread_time()  # what this thread uses to look is no progress
        if used - cpu > 0.01:
            cpu, moved = used, monotonic()
        elif monotonic() - moved > STILL_ALONE:
            os._exit(1)


def _report(writing: int, at: str) -> None:
    """Say what the child is at; an empty text says that it is at the same still."""
    signal.setitimer(signal.ITIMER_REAL, LONGEST)
    try:
        _send(writing, b"p", at)
    except OSError:  # the kernel was killed: what is being saved is all the more wanted
        pass


def _send(writing: int, kind: bytes, content: Any) -> None:
    data = dumps(content)
    view = memoryview(kind + struct.pack("!Q", len(data)) + data)
    with _sending:
        while view:
            view = view[os.write(writing, view) :]


def _frames(data: bytes) -> list[tuple[bytes, bytes]]:
    frames, place = [], 0
    while place + 9 <= len(data):
        (length,) = struct.unpack_from("!Q", data, place + 1)
        if place + 9 + length > len(data):
            break
        frames.append((data[place : place + 1], data[place + 9 : place + 9 + length]))
        place += 9 + length
    return frames


def _take_reports(data: bytearray) -> str:
    """Remove whole progress frames from the front; the last of them."""
    at = ""
    while len(data) >= 9 and data[:1] == b"p":
        (length,) = struct.unpack_from("!Q", data, 1)
        if len(data) < 9 + length:
            break
        at = loads(bytes(data[9 : 9 + length])) or at
        del data[: 9 + length]
    return at


def _parse(data: bytes, at: str) -> Outcome:
    for kind, body in _frames(data):
        if kind == b"r":
            return Outcome(result=loads(body))
        if kind == b"e":
            problem, error = loads(body)
            return Outcome(problem=problem, error=error)
    return Outcome(problem="the child ended without a word (killed, or out of memory)", hung_on=at, died=True)


def _cpu(pid: int) -> tuple[int, bool]:
    """Ticks of CPU time that a process has used, and whether it would use more if it got a processor."""
    try:
        fields = contents_of(f"/proc/{pid}/stat").rsplit(b")", 1)[1].split()
        return int(fields[11]) + int(fields[12]), fields[0] == b"R"
    except (OSError, IndexError, ValueError):
        return time.monotonic_ns(), False  # no /proc: CPU time can't be known, so it never counts as standing still
