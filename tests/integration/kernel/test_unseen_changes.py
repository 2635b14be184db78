"""Changes that analysis of the code can't see are found by looking at all objects: at once where that is quick, else behind the user."""

from __future__ import annotations

import time

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


def test_a_small_session_is_looked_at_whole_by_every_save(start):
    first = start()
    first.run(MAKE.format(size=10))
    until_saved(first)
    first.run(UNSEEN)
    until_saved(first)
    first.close()
    assert start().value("bytes(a[:5])") == "b'bbbba'"


def test_a_large_session_is_looked_at_whole_once_it_is_idle(start):
    first = start()
    first.run(MAKE.format(size=100_000_000))
    until_saved(first)
    first.run(UNSEEN)
    until_audited(first)
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
