"""Running programs: what they wrote is in the error when they fail, and long ones show that they go on."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

Argument = str | os.PathLike[str] | int


class CommandFailed(RuntimeError):
    """A program ended with an error. ``status`` is its exit status, ``output`` the end of what it wrote."""

    def __init__(self, argv: Sequence[str], status: int, output: str) -> None:
        self.argv, self.status, self.output = list(argv), status, output
        super().__init__(f"`{' '.join(argv)}` ended with status {status}: {output.strip()[-2000:] or 'no output'}")


def run(
    *argv: Argument,
    input: str | None = None,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    timeout: float = 120,
) -> str:
    """Standard output of a program. Raises CommandFailed with its standard error; ``timeout`` in seconds."""
    words = [str(word) for word in argv]
    done = subprocess.run(words, input=input, env=env, cwd=cwd, timeout=timeout, capture_output=True, text=True)
    if done.returncode:
        raise CommandFailed(words, done.returncode, done.stderr or done.stdout)
    return done.stdout


def succeeds(*argv: Argument, timeout: float = 60) -> bool:
    """Whether a program ends with status 0; what it writes is dropped."""
    words = [str(word) for word in argv]
    try:
        return subprocess.run(words, timeout=timeout, capture_output=True, stdin=subprocess.DEVNULL).returncode == 0
    except (FileNotFoundError, subprocess.TimeoutExpired):
        return False


def say(text: str) -> None:
    """One line of progress, on standard error so that output stays parseable."""
    print(f"[cluster] {text}", file=sys.stderr, flush=True)


@contextmanager
def progress(what: str, every: float = 20) -> Iterator[None]:
    """Say that ``what`` begins, that it still goes on each ``every`` seconds, and how long it took."""
    begun, ended = time.monotonic(), threading.Event()

    def tick() -> None:
        while not ended.wait(every):
            say(f"{what}: {time.monotonic() - begun:.0f} s so far")

    say(f"{what} …")
    ticker = threading.Thread(target=tick, daemon=True)
    ticker.start()
    try:
        yield
    finally:
        ended.set()
        ticker.join()
    say(f"{what}: done in {time.monotonic() - begun:.1f} s")
