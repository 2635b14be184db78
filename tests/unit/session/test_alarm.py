"""A call some seconds from now."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable
from typing import Any

import pytest
from sojourn_kernel.session.alarm import Alarm

SOON, LATER = 0.2, 0.6  # seconds


class Loop:
    """Takes what is to be called in its thread; ``run`` is that thread's turn."""

    def __init__(self) -> None:
        self._waiting: queue.Queue[Callable[[], Any]] = queue.Queue()

    def add_callback(self, act: Callable[..., Any], *arguments: Any) -> None:
        self._waiting.put(lambda: act(*arguments))

    def run(self, seconds: float) -> None:
        try:
            self._waiting.get(timeout=seconds)()
        except queue.Empty:
            pass


class Rung:
    """An alarm on a loop, and how often it has rung."""

    def __init__(self) -> None:
        self.times, self.loop = 0, Loop()
        self.alarm = Alarm(self.loop, self._ring)

    def _ring(self) -> None:
        self.times += 1


def test_it_rings_once() -> None:
    rung = Rung()
    rung.alarm.set(SOON)
    rung.loop.run(10)
    rung.loop.run(LATER)
    assert (rung.times, rung.alarm.is_set) == (1, False)


def test_setting_it_again_puts_it_off() -> None:
    rung = Rung()
    rung.alarm.set(SOON)
    rung.alarm.set(60)
    rung.loop.run(LATER)
    assert (rung.times, rung.alarm.is_set) == (0, True)


def test_a_ring_that_the_loop_has_yet_to_hear_is_put_off_as_well() -> None:
    rung = Rung()
    rung.alarm.set(0)
    time.sleep(SOON)
    rung.alarm.set(60)
    rung.loop.run(LATER)
    assert rung.times == 0


def test_a_clock_that_stands_still_does_not_stop_it(monkeypatch: pytest.MonkeyPatch) -> None:
    rung = Rung()
    monkeypatch.setattr(time, "monotonic", lambda: 3.0)
    rung.alarm.set(SOON)
    rung.loop.run(10)
    assert rung.times == 1
