"""A background save under way when its session begins anew, goes back or loses its kernel: it takes nothing from what comes after it."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.fidelity.kernel import Kernel
from tests.integration.kernel.test_save_and_restore import request, until_saved

WAITING = """
import copyreg, os, time
kernel = os.getpid()
class Waiting:
    pass
def reduce(one):
    while os.getpid() != kernel and not os.path.exists({flag!r}):
        time.sleep(0.05)
    return Waiting, ()
copyreg.pickle(Waiting, reduce)
waiting = Waiting()
"""


def until(condition) -> None:
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.fixture
def saving(start, tmp_path: Path) -> tuple[Kernel, str, Path]:
    """A kernel whose child is at work until a flag is there, with the checkpoint before."""
    flag, kernel = tmp_path / "flag", start()
    kernel.run("x = [1]")
    before = until_saved(kernel)
    kernel.run(WAITING.format(flag=str(flag)))
    until(lambda: request(kernel, op="status")["state"] == "saving")
    return kernel, before, flag


def test_what_the_child_of_a_killed_kernel_saves_later_does_not_stop_the_next_kernel(start, saving, store_folder):
    first, _, flag = saving
    first.close()
    second = start()
    assert second.value("x") == "[1]"
    flag.touch()
    until(lambda: len(list(store_folder.rglob("manifests/*"))) == 2)
    second.run("y = [2]")
    until_saved(second)
    assert second.terminate() == 0
    assert start().value("(x, y)") == "([1], [2])"


def test_a_session_that_begins_anew_while_a_child_saves_is_saved_from_there_on(start, saving):
    first, *_ = saving
    first.run("%sojourn fresh")
    first.run("y = [2]")
    until_saved(first)
    assert first.terminate() == 0
    second = start()
    assert second.value("y") == "[2]" and "NameError" in second.value("x")


def test_a_session_that_goes_back_while_a_child_saves_says_that_it_does(start, saving):
    first, before, flag = saving
    first.run(f"%sojourn restore {before}")
    flag.touch()
    assert f"checkpoint {before} is restored" in first.value("str(__import__('sojourn_kernel').report())")
    assert first.terminate() == 0
    second = start()
    assert second.value("x") == "[1]" and "NameError" in second.value("waiting")
