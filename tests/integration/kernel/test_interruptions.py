"""Interrupts, and objects that raise what is no ordinary error: nothing else of the session is lost, and no kernel ends or stands still."""

from __future__ import annotations

import signal
import time

import pytest

from tests.integration.kernel.test_save_and_restore import NOT_BEHIND, request, until_saved

SLOW = """
class Slow:
    def __init__(self): self.kept = 1
    def __setstate__(self, state):
        import time
        time.sleep(3)
        self.__dict__.update(state)
first, slow, last = [1], Slow(), [3]
"""
ODD = """
import asyncio, socket
class Own(BaseException): pass
class Odd:
    def __init__(self): self.link = socket.socketpair()  # so its own pickling is asked
    def __getstate__(self): return {{'value': 1}}
    def {method}:
        raise {error}
odd = Odd(); held = [odd, 'beside']
"""
ERRORS = ["SystemExit(3)", "KeyboardInterrupt", "asyncio.CancelledError", "GeneratorExit", "Own"]


def test_an_interrupt_while_a_cell_loads_costs_that_cell_alone(start):
    first = start(**NOT_BEHIND)
    first.run(SLOW)
    assert first.terminate() == 0
    second = start(**NOT_BEHIND)
    second.client.execute("first, slow, last", stop_on_error=False)
    end = time.monotonic() + 30
    while not request(second, op="status")["cell_running"] and time.monotonic() < end:
        time.sleep(0.05)
    time.sleep(0.5)
    second.process.send_signal(signal.SIGINT)
    while request(second, op="status")["cell_running"] and time.monotonic() < end:
        time.sleep(0.05)
    assert second.run("first.append(slow.kept); last.append(2)").status == "ok"
    assert second.terminate() == 0
    third = start()
    assert third.value("(first, last)") == "([1, 1], [3, 2])"


@pytest.mark.parametrize("error", ERRORS)
def test_an_object_that_raises_anything_when_it_is_saved_costs_itself_alone(start, error):
    first = start(**NOT_BEHIND)
    first.run("x = [1]")
    first.run(ODD.format(method="__getstate__(self)", error=error))
    assert first.terminate() == 0
    second = start()
    assert second.value("(x, held[1])") == "([1], 'beside')"
    assert "odd" in second.value("__import__('sojourn_kernel').report().told")


@pytest.mark.parametrize("error", ["KeyboardInterrupt", "Own"])
def test_an_object_that_raises_anything_when_it_is_loaded_costs_itself_alone(start, error):
    first = start()
    first.run("x = [1]")
    first.run(ODD.format(method="__setstate__(self, state)", error=error))
    until_saved(first)
    assert first.terminate() == 0
    second = start()
    time.sleep(1)
    assert second.value("(x, held[1])") == "([1], 'beside')"
    assert "odd" in second.value("__import__('sojourn_kernel').report().told")
    assert second.terminate() == 0
