"""Processes that outlive the one that starts them, and how they are found and ended again."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.cluster.commands import Argument
from tests.cluster.local.layout import MARK, state_dir


class DaemonDied(RuntimeError):
    """A process that should go on has ended; the end of its log is in the message."""


@dataclass(frozen=True)
class Daemon:
    """A process by pid and start time (in clock ticks since boot), so a pid used again is never mistaken for it."""

    name: str
    pid: int
    started: int


def start_time(pid: int) -> int | None:
    """Start time of a living process; None when there is none (a zombie counts as none)."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] in "ZX" else int(fields[19])


def alive(daemon: Daemon) -> bool:
    _reap(daemon.pid)
    return start_time(daemon.pid) == daemon.started


def start(name: str, argv: Sequence[Argument], inside: int | None = None) -> Daemon:
    """Start a program in a session of its own, its output in a log; ``inside``: in that process's namespaces."""
    if (old := recorded(name)) and alive(old):
        return old
    log = state_dir() / "log" / f"{name}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    prefix = ["nsenter", "-t", str(inside), "--mount", "--net", "--pid", "--uts", "--ipc", "--"] if inside else []
    with log.open("ab") as output:
        process = subprocess.Popen(
            [*prefix, *map(str, argv)],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env={**_environment(), MARK: str(state_dir())},
            cwd="/",
            start_new_session=True,
        )
    daemon = Daemon(name, process.pid, start_time(process.pid) or 0)
    process.returncode = 0  # not ours to wait for: it outlives us, and _reap takes it when it ends before
    record = _record(name)
    record.parent.mkdir(parents=True, exist_ok=True)
    record.write_text(json.dumps(asdict(daemon)))
    return daemon


def check(daemon: Daemon) -> None:
    """Raise DaemonDied when a process has ended."""
    if not alive(daemon):
        raise DaemonDied(f"{daemon.name} ended: {tail(daemon.name) or 'its log is empty'}")


def tail(name: str, size: int = 2000) -> str:
    """The end of a daemon's log."""
    log = state_dir() / "log" / f"{name}.log"
    return log.read_text(errors="replace")[-size:].strip() if log.exists() else ""


def recorded(name: str) -> Daemon | None:
    """What is on record under a name, whether it lives or not."""
    try:
        return Daemon(**json.loads(_record(name).read_text()))
    except (OSError, ValueError, TypeError):
        return None


def all_recorded() -> list[Daemon]:
    names = sorted(path.stem for path in (state_dir() / "pid").glob("*.json"))
    return [daemon for name in names if (daemon := recorded(name))]


def marked() -> list[Daemon]:
    """Living processes that we started, or that those started, recorded or not: they carry our mark."""
    mark = f"{MARK}={state_dir()}".encode()
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            marks = (entry / "environ").read_bytes().split(b"\0")
        except OSError:
            continue
        if mark in marks and (started := start_time(int(entry.name))) is not None:
            found.append(Daemon(f"pid {entry.name}", int(entry.name), started))
    return found


def stop(daemons: Iterable[Daemon], grace: float = 5) -> None:
    """Ask processes to end, then end those that haven't after ``grace`` seconds, and wait until all are gone."""
    waiting = [daemon for daemon in daemons if alive(daemon)]
    for number, patience in ((signal.SIGTERM, grace), (signal.SIGKILL, 10.0)):
        for daemon in waiting:
            _signal(daemon, number)
        end = time.monotonic() + patience
        while waiting and time.monotonic() < end:
            waiting = [daemon for daemon in waiting if alive(daemon)]
            time.sleep(0.05)


def forget(daemon: Daemon) -> None:
    _record(daemon.name).unlink(missing_ok=True)


def _signal(daemon: Daemon, number: signal.Signals) -> None:
    if alive(daemon):
        try:
            os.kill(daemon.pid, number)
        except ProcessLookupError:
            pass


def _reap(pid: int) -> None:
    """Take the exit status of a child of ours, so that it doesn't stay as a zombie."""
    try:
        os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        pass


def _record(name: str) -> Path:
    return state_dir() / "pid" / f"{name}.json"


def _environment() -> dict[str, str]:
    """What daemons get of our environment: no proxies or credentials."""
    return {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "LANG": "C.UTF-8"}
