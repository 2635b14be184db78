"""The stop signal while a cell runs: what is marked is run again, what can't be interrupted is told, forked processes just end."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import pytest

from tests.fidelity.kernel import Kernel
from tests.fidelity.systems import wait_until_saved

REPORT = "str(__import__('sojourn_kernel').report())"
MARKED = """
# sojourn: replay
import os, time
seen.append(1)
print('begun', flush=True)
while not os.path.exists({flag!r}):
    time.sleep(0.1)
seen
"""
DEAF = """
import time
x = 'in'
print('begun', flush=True)
while True:
    try:
        time.sleep(1)
    except BaseException:
        pass
"""
FORKING = """
import os, signal, time
child = os.fork()
if child == 0:
    time.sleep(60)
    os._exit(3)
time.sleep(0.3)
os.kill(child, signal.SIGTERM)
ended = os.waitpid(child, 0)[1]
"""


def begin(kernel: Kernel, code: str) -> None:
    """Run a cell until it prints."""
    message_id = kernel.client.execute(code)
    while True:
        message = kernel.client.get_iopub_msg(timeout=60)
        if message["msg_type"] == "stream" and message["parent_header"].get("msg_id") == message_id:
            return


def shown(kernel: Kernel, code: str) -> str:
    """All that the front end shows for a cell."""
    message_id, texts = kernel.client.execute(code), []
    while True:
        message = kernel.client.get_iopub_msg(timeout=60)
        content = message["content"]
        if message["parent_header"].get("msg_id") != message_id:
            continue
        if content.get("execution_state") == "idle":
            return "\n".join(texts)
        texts.append(content.get("text") or content.get("data", {}).get("text/plain", ""))


def end_in_a_marked_cell(start, flag: Path, background: str = "1") -> None:
    """A kernel gets the stop signal while a marked cell waits for a file."""
    first = start(SOJOURN_GRACE="8", SOJOURN_BACKGROUND=background)
    first.run("seen = [0]")
    if background == "1":
        wait_until_saved(first, 60)
    begin(first, MARKED.format(flag=str(flag)))
    assert first.terminate() == 0


@pytest.mark.parametrize(("background", "number", "expected"), [("1", 2, "[0, 1]"), ("0", 3, "[0, 1, 1]")])
def test_a_cell_that_is_marked_so_is_run_again_and_its_output_shown(
    start, tmp_path: Path, background, number, expected
):
    """From the state before it, where a checkpoint holds that."""
    flag = tmp_path / "flag"
    end_in_a_marked_cell(start, flag, background)
    flag.touch()
    second = start()
    text = shown(second, "seen")
    assert "Cell [2] was running" in text and "begun" in text and text.count(expected) == 2
    assert second.value(f"Out[{number}]") == expected
    assert "not kept" not in second.value(REPORT)


def test_a_cell_that_waits_to_be_run_again_is_kept_by_what_is_saved_meanwhile(start, tmp_path: Path):
    """The front end asks for a completion, which may change anything, and the session moves once more."""
    flag = tmp_path / "flag"
    end_in_a_marked_cell(start, flag)
    second = start(SOJOURN_GRACE="8")
    second.client.complete("see", 3)
    second.client.get_shell_msg(timeout=60)
    assert second.terminate() == 0
    flag.touch()
    assert "begun" in shown(third := start(), "seen")
    assert third.value("seen") == "[0, 1]"


def test_a_cell_that_no_interrupt_ends_is_told(start):
    first = start(SOJOURN_GRACE="7")
    first.run("x = 'before'")
    wait_until_saved(first, 60)
    begin(first, DEAF)
    assert first.terminate() == 0
    second = start()
    assert second.value("x") == "'before'"
    assert "could not be interrupted" in second.value(REPORT)


def test_the_signal_is_heard_while_a_cell_is_in_foreign_code(start):
    """Python handles no signal before the call returns: numpy is in LAPACK for longer than the grace."""
    first = start(SOJOURN_GRACE="6")
    first.run("import numpy as np\na, x = np.random.default_rng(0).random((3500, 3500)), 'before'")
    wait_until_saved(first, 60)
    begin(first, "print('begun', flush=True)\nfor _ in range(9): np.linalg.svd(a)")
    begun = time.monotonic()
    assert first.terminate() == 0
    assert time.monotonic() - begun < 6
    assert start().value("x") == "'before'"


def test_a_process_that_a_cell_forked_ends_at_the_signal(start):
    first = start()
    first.run(FORKING)
    assert first.value("ended") == "15"
    assert first.run("x = 1").status == "ok"


@pytest.mark.parametrize("grace", ["abc", "1e300"])
def test_settings_that_make_no_sense_are_told_and_the_kernel_works(start, grace):
    first = start(SOJOURN_GRACE=grace, SOJOURN_IDLE="-1", SOJOURN_KEEP="inf", SOJOURN_BACKGROUND="perhaps")
    assert first.run("x = 1").status == "ok"
    report = first.value(REPORT)
    for name in ("SOJOURN_GRACE", "SOJOURN_IDLE", "SOJOURN_KEEP", "SOJOURN_BACKGROUND"):
        assert name in report
    assert first.terminate() == 0
    assert start().value("x") == "1"


@pytest.mark.parametrize("act", ["sys.exit(3)", "while True: pass"])
def test_a_handler_that_a_cell_gave_to_the_signal_is_called_once_all_is_saved(start, tmp_path: Path, act: str):
    end = tmp_path / "end"
    first = start(SOJOURN_GRACE="6")
    first.run(
        f"import pathlib, signal, sys\nx, hits = 1, []\ndef term(*_):\n    hits.append(1)\n    pathlib.Path({str(end)!r}).touch()\n    {act}"
    )
    first.run("signal.signal(signal.SIGTERM, term)")
    assert first.terminate() == 0 and end.exists()
    assert start().value("x, hits, signal.getsignal(signal.SIGTERM) is term") == "(1, [], True)"


def test_an_interrupt_while_cells_wait_ends_no_kernel(start, tmp_path: Path):
    """For a cell that is run again first, and for the end of a move that is called off."""
    flag = tmp_path / "flag"
    end_in_a_marked_cell(start, flag)
    flag.touch()
    second = start()
    second.client.execute("x = 1")
    time.sleep(0.5)
    second.process.send_signal(signal.SIGINT)
    assert second.value("(x, seen)") == "(1, [0, 1])"
    second.process.send_signal(signal.SIGINT)
    assert second.request(op="checkpoint", deadline=20, reason="test", quiesce=True)["content"]["status"] == "ok"
    second.client.execute("y = 2")
    time.sleep(0.5)
    second.process.send_signal(signal.SIGINT)
    time.sleep(0.5)
    second.request(op="resume")
    assert second.value("y") == "2"


@pytest.mark.parametrize("cell", ["exit", "x.append(3)\nquit()"])
def test_a_cell_that_ends_the_kernel_has_the_session_saved(start, cell):
    first = start(SOJOURN_BACKGROUND="0")
    first.run("x = [1, 2]\nimport atexit, pathlib\n_ = atexit.register(pathlib.Path('ended').touch)")
    first.client.execute(cell)
    assert first.process.wait(60) == 0
    second = start()
    assert second.value("x") == ("[1, 2]" if cell == "exit" else "[1, 2, 3]")
    assert second.value("pathlib.Path('ended').exists()") == "True"


def moved_in_a_marked_cell(start, tmp_path, **env):
    """The kernel that a session goes on in which had to move in a cell marked to be run again, which adds one to n, 0 before."""
    again = tmp_path / "again"
    cell = f"# sojourn: replay\nimport os, time\nn += 1\nprint('begun', flush=True)\nwhile not os.path.exists({str(again)!r}):\n    time.sleep(0.1)"
    first = start(SOJOURN_GRACE="12", **env)
    first.run("n = 0")
    begin(first, cell)
    assert first.terminate() == 0
    again.touch()
    return start()


def test_a_marked_cell_that_follows_another_at_once_begins_again_with_the_state_from_before_it(start, tmp_path):
    second = moved_in_a_marked_cell(start, tmp_path, SOJOURN_IDLE="600")
    assert second.value("n") == "1"
    assert "what it had left" not in second.value(REPORT)


def test_a_marked_cell_that_begins_again_with_what_it_had_left_is_told(start, tmp_path):
    second = moved_in_a_marked_cell(start, tmp_path, SOJOURN_BACKGROUND="0")
    assert second.value("n") == "2"
    assert "from what it had left" in second.value(REPORT)


def test_what_looks_like_a_mark_and_is_none_is_said(start):
    kernel = start()
    assert "'# sojourn: reply' says nothing about this cell" in kernel.run("# sojourn: reply\nx = 1").announced
    assert not kernel.run("# sojourn: replay\nx = 2").announced
