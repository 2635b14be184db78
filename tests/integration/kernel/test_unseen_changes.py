"""Changes that analysis of the code can't see are found by looking at all objects: at once where that is quick, else behind the user."""

from __future__ import annotations

import time

import pytest

from tests.integration.kernel.test_save_and_restore import request, until_saved

# What ctypes writes to is named by no code.
MAKE = "import ctypes\na = bytearray(b'aaaa' * {size})\naddress = ctypes.addressof(ctypes.c_char.from_buffer(a)); n = 0"
UNSEEN = "_ = ctypes.memset(address, 98, 4); n += 1"


def until_audited(kernel) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        status = request(kernel, op="status")
        if status["audited"] and status["state"] == "ready":
            return
        time.sleep(0.1)
    raise AssertionError("not all objects were looked at")


@pytest.mark.parametrize(
    ("size", "until_looked_at"),
    [
        pytest.param(10, until_saved, id="a small session by every save"),
        pytest.param(100_000_000, until_audited, id="a large one once it is idle"),
    ],
)
def test_all_objects_are_looked_at(start, size, until_looked_at):
    first = start()
    first.run(MAKE.format(size=size))
    until_saved(first)
    first.run(UNSEEN)
    until_looked_at(first)
    first.close()
    assert start().value("bytes(a[:5])") == "b'bbbba'"


def test_looking_and_finding_nothing_makes_no_checkpoint(start):
    first = start()
    first.run("a = bytearray(400_000_000); x = [1]")
    until_audited(first)
    first.run("x.append(2)")
    last = until_saved(first)
    until_audited(first)
    assert request(first, op="status")["last_checkpoint"]["id"] == last
    assert request(first, op="checkpoint", deadline=20)["checkpoint"] == last


def test_what_a_completion_has_an_object_compute_is_in_the_last_save(start):
    first = start()
    first.run(
        "class Log:\n    asked = 0\n    def __dir__(self):\n        Log.asked += 1\n        return ['note']\nlog = Log()"
    )
    until_audited(first)
    first.client.complete("log.no", 6, reply=True, timeout=30)
    assert first.terminate() == 0
    assert start().value("Log.asked > 0") == "True"


def test_a_thread_that_waits_for_work_makes_no_checkpoint_after_another(start):
    first = start()
    first.run(
        "import threading\nstop = threading.Event()\nt = threading.Thread(target=stop.wait, daemon=True); t.start()"
    )
    last = until_saved(first)
    time.sleep(12)  # the pause between two looks, twice
    status = request(first, op="status")
    assert status["changing"] and status["last_checkpoint"]["id"] == last


def test_the_end_of_a_process_that_is_heard_between_cells_is_in_the_last_save(start):
    """The children that save are heard as well, so that no background checkpoint is made for it at once."""
    first = start()
    first.run(
        "import signal, subprocess\nlog = []\ndef hear(number, frame):\n    log.append(number)\n_ = signal.signal(signal.SIGCHLD, hear)"
    )
    first.run("p = subprocess.Popen(['sleep', '1'])")
    until_saved(first)
    time.sleep(1.5)
    assert first.terminate() == 0
    assert start().value("17 in log") == "True"
