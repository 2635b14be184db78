"""A call some seconds from now, by a clock that no cell can stop: tests freeze ``time.monotonic``, which a loop's own timers go by."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any


class Alarm:
    """Rings once, in the thread of the loop. Setting it again puts it off. act: what is called."""

    def __init__(self, loop: Any, act: Callable[[], None]) -> None:
        self._loop, self._act = loop, act
        self._change = threading.Condition()
        self._seconds: float | None = None
        self._times = 0
        self.is_set = False
        threading.Thread(target=self._wait, name="sojourn-alarm", daemon=True).start()

    def set(self, seconds: float) -> None:
        """Ring in so many seconds, and not before."""
        with self._change:
            self._times += 1
            self._seconds, self.is_set = seconds, True
            self._change.notify()

    def _wait(self) -> None:
        with self._change:
            while True:
                times, seconds = self._times, self._seconds
                self._change.wait(seconds)
                if seconds is not None and times == self._times:
                    self._seconds = None
                    self._loop.add_callback(self._ring, times)

    def _ring(self, times: int) -> None:
        if times == self._times:
            self.is_set = False
            self._act()
