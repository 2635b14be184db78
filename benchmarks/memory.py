"""Memory of a kernel and of all that it started: the proportional set size, which counts a page that is shared once."""

from __future__ import annotations

import threading
from pathlib import Path

PAUSE = 0.1  # seconds between two looks


class Peak:
    """``with Peak(pid) as peak``: the most bytes that the process group held meanwhile, over what it held at the begin."""

    def __init__(self, group: int) -> None:
        self.group = group
        self.before = held_by(group)
        self.most = self.before
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    @property
    def extra(self) -> int:
        return self.most - self.before

    def __enter__(self) -> Peak:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(PAUSE):
            self.most = max(self.most, held_by(self.group))


def held_by(group: int) -> int:
    """Bytes that the processes of a process group hold together."""
    return sum(_proportional(process) for process in Path("/proc").glob("[0-9]*") if _group(process) == group)


def _group(process: Path) -> int:
    try:
        return int((process / "stat").read_text().rpartition(")")[2].split()[2])
    except (OSError, IndexError):  # it has ended meanwhile
        return 0


def _proportional(process: Path) -> int:
    try:
        for line in (process / "smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) << 10
    except OSError:  # it has ended meanwhile
        pass
    return 0
