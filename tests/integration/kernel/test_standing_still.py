"""An object whose pickling waits for ever, in the kernel as in a child: it is told, and neither cells nor the last save wait for it."""

from __future__ import annotations

import pytest

from tests.integration.kernel.test_crashes import LOADING
from tests.integration.kernel.test_save_and_restore import NOT_BEHIND, until_saved

TOLD = "__import__('sojourn_kernel').report().told"
WAITS = """
import socket, threading
lock = threading.Lock(); lock.acquire()
class Waits:
    def __init__(self): self.link = socket.socketpair()  # so its own pickling is asked
    def __reduce__(self):
        {act}
        return Waits, ()
waits = Waits(); kept = [2]
"""


@pytest.mark.parametrize("act", ["lock.acquire()", "while True: pass"])
def test_the_last_save_goes_on_without_it(start, act):
    first = start(**NOT_BEHIND, SOJOURN_GRACE="20")
    first.run("kept = [1]")
    first.run(WAITS.format(act=act))
    assert first.terminate(20) == 0
    second = start()
    assert (second.value("kept"), second.value(TOLD)) == ("[2]", "['waits']")


def test_cells_go_on_and_background_checkpoints_too(start):
    first = start()
    first.run(WAITS.format(act="lock.acquire()"))
    until_saved(first)
    first.run("kept.append(3)")
    until_saved(first)
    first.close()
    second = start()
    assert (second.value("kept"), second.value(TOLD)) == ("[2, 3]", "['waits']")


def test_what_takes_long_costs_no_other_its_place_in_a_save_that_has_to_end(start):
    first = start(**NOT_BEHIND, SOJOURN_GRACE="9")
    first.run("import numpy as np; sizes = {'rows': 3}; data = np.arange(100_000); kept = [[1]]")
    first.run(WAITS.format(act="while True: pass"))
    first.run("slow = [(Waits(),) for _ in range(4)]; a, b, c, d = slow")
    assert first.terminate(20) == 0
    second = start()
    assert second.value("sizes, int(data.sum())") == "({'rows': 3}, 4999950000)"
    assert "data" not in second.value(TOLD) and "'a'" in second.value(TOLD)


def test_what_stands_still_as_it_is_loaded_is_told_and_the_rest_comes_back(start):
    first = start(**NOT_BEHIND)
    first.run(LOADING.format(act="import threading; lock = threading.Lock(); lock.acquire(); lock.acquire()"))
    first.run("both = {'a': ends, 'b': [3]}; alone = Ends()")
    assert first.terminate(20) == 0
    second = start(**NOT_BEHIND)
    assert (second.value("kept", 120), second.value("both['b']")) == ("[2]", "[3]")
    assert second.value(f"sorted({TOLD})") == "['alone', 'ends']"
