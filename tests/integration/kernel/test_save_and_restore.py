"""A kernel that ends goes on in the next one that has the same store and session."""

from __future__ import annotations

import signal
import time
from pathlib import Path

from tests.fidelity.kernel import Kernel
from tests.fidelity.systems import wait_until_saved

BEHIND = {"SOJOURN_IDLE": "0.1"}
NOT_BEHIND = {"SOJOURN_BACKGROUND": "0"}


def request(kernel: Kernel, **content: object) -> dict:
    """What the kernel answers to a request of the agent's."""
    reply = kernel.request(**content)
    assert reply["msg_type"] == "sojourn_reply"
    return reply["content"]


def until_saved(kernel: Kernel) -> str:
    """The id of a background checkpoint that holds all that cells did."""
    return wait_until_saved(kernel, 60)


def test_sigterm_saves_and_the_next_kernel_goes_on(start):
    first = start(**NOT_BEHIND)
    first.run("import math\nx = [1, 2]\nalias = x\n_private = 'kept'")
    first.run("def area(r):\n    return math.pi * r * r * len(x)")
    first.run("x.append(3); x")
    assert first.terminate() == 0
    second = start()
    assert (
        second.value("(x, alias is x, _private, Out[3], Out[3] is x)") == "([1, 2, 3], True, 'kept', [1, 2, 3], True)"
    )
    assert second.value("round(area(1), 3)") == "9.425"
    assert second.run("alias.append(4); area(1) > 12").text.strip() == "True"
    assert second.value("In[-1], len(In)") == "('alias.append(4); area(1) > 12', 5)"


def test_a_data_science_session_comes_back(start):
    first = start()
    first.run("import numpy as np, pandas as pd\nfrom sklearn.linear_model import LinearRegression")
    first.run("rng = np.random.default_rng(1)\na = rng.normal(size=1000)\nview = a[10:20]")
    first.run("df = pd.DataFrame({'a': a, 'b': list('xy') * 500})\nmodel = LinearRegression().fit(df[['a']], df.a * 2)")
    first.run("del rng\nleft = 1\nraise ValueError('a failed cell keeps what it made')")
    first.run("df.loc[0, 'a'] = 99.0")
    expected = first.value("(float(df.a.sum()), float(model.coef_[0]), left, float(a.sum()))")
    assert first.terminate() == 0
    second = start()
    assert second.value("(float(df.a.sum()), float(model.coef_[0]), left, float(a.sum()))") == expected
    assert second.run("view[0] = 7; float(a[10])").text.strip() == "7.0"
    assert "NameError" in second.value("rng")


def test_kill_restores_the_last_background_checkpoint(start):
    first = start(**BEHIND)
    first.run("x = list(range(10))")
    until_saved(first)
    first.process.send_signal(signal.SIGKILL)
    first.process.wait(30)
    assert start().value("x[-1]") == "9"


def test_what_a_cell_changes_after_a_background_checkpoint_is_in_the_next_one(start):
    first = start(**BEHIND)
    first.run("big = list(range(1000)); small = {'n': 0}\ndef bump():\n    small['n'] += 1")
    until_saved(first)
    first.run("call = {'it': lambda: bump()}")
    until_saved(first)
    first.run("call['it']()")
    until_saved(first)
    first.process.send_signal(signal.SIGKILL)
    first.process.wait(30)
    assert start().value("small, len(big)") == "({'n': 1}, 1000)"


def test_a_thread_that_works_between_cells_is_not_missed(start):
    first = start(**NOT_BEHIND)
    first.run("import threading, time\nseen = []\ngo = threading.Event()\nended = threading.Event()")
    first.run("def work():\n    go.wait()\n    seen.append('late')\n    ended.set()\n    time.sleep(600)")
    first.run("threading.Thread(target=work, daemon=True).start()")
    assert request(first, op="checkpoint", deadline=20, reason="test")["status"] == "ok"
    first.run("go.set(); ended.wait()")
    assert first.terminate() == 0
    assert start().value("seen") == "['late']"


def test_a_request_saves_and_says_what_it_could_not_keep(start):
    first = start(**NOT_BEHIND)
    first.run("x = 1")
    first.run("import subprocess\ns = subprocess.Popen(['true'])")
    reply = request(first, op="checkpoint", deadline=20, reason="test")
    assert reply["status"] == "ok" and reply["checkpoint"]
    assert [told["name"] for told in reply["told"]] == ["s"]
    first.process.send_signal(signal.SIGKILL)
    first.process.wait(30)
    second = start()
    assert second.value("x") == "1"
    assert second.value("__import__('sojourn_kernel').report().told") == "['s']"
    used = second.run("s.bind(('', 0))")
    assert used.status == "error" and "s" in used.error and "[2]" in used.error


def test_the_magic_saves_and_shows(start):
    first = start(**NOT_BEHIND)
    first.run("x = 1")
    assert "saved" in first.run("%sojourn checkpoint").text
    assert "x" in first.run("%sojourn plan").text
    assert "magic" in first.run("%sojourn history").text
    assert "no %sojourn nonsense" in first.run("%sojourn nonsense").text
    first.process.send_signal(signal.SIGKILL)
    first.process.wait(30)
    assert start().value("x") == "1"


def test_an_older_checkpoint_can_be_gone_back_to(start):
    first = start(**NOT_BEHIND)
    first.run("x = 'old'")
    old = request(first, op="checkpoint", deadline=20, reason="test")["checkpoint"]
    first.run("x = 'new'")
    request(first, op="checkpoint", deadline=20, reason="test")
    first.run(f"%sojourn restore {old}")
    assert first.terminate() == 0
    assert start().value("x") == "'old'"


def test_fresh_means_fresh_now_and_next_time_and_the_history_stays(start):
    first = start(**NOT_BEHIND)
    first.run("x = 1")
    first.run("%sojourn checkpoint")
    first.run("%sojourn fresh")
    assert "NameError" in first.value("x")
    first.process.send_signal(signal.SIGKILL)
    first.process.wait(30)
    second = start()
    assert "from before are in its history" in second.run("y = 1").announced
    assert "NameError" in second.value("x")
    assert "magic" in second.run("%sojourn history").text


def test_a_cell_that_runs_at_sigterm_may_end_if_there_is_time(start):
    first = start(**NOT_BEHIND, SOJOURN_GRACE="60")
    message = first.client.execute("import time\nprint('on', flush=True)\ntime.sleep(2)\nx = 'ended'")
    _printed(first, message)
    assert first.terminate() == 0
    assert start().value("x") == "'ended'"


def test_a_cell_that_runs_too_long_is_interrupted_saved_and_told(start):
    first = start(**NOT_BEHIND, SOJOURN_GRACE="8")
    message = first.client.execute("import time\nx = 'begun'\nprint('on', flush=True)\ntime.sleep(600)\nx = 'never'")
    _printed(first, message)
    assert first.terminate() == 0
    second = start()
    assert second.value("x") == "'begun'"
    assert "interrupted" in second.value("str(__import__('sojourn_kernel').report())")


def test_status_is_answered_while_a_cell_runs(start):
    first = start(**NOT_BEHIND)
    message = first.client.execute("import time\nprint('on', flush=True)\ntime.sleep(600)")
    _printed(first, message)
    assert request(first, op="status")["cell_running"] is True
    assert request(first, op="nonsense")["status"] == "error"


def test_a_store_that_cannot_be_reached_is_not_taken_for_an_empty_one(start, store_folder: Path):
    first = start(**NOT_BEHIND)
    first.run("x = 1")
    assert first.terminate() == 0
    away = store_folder.rename(store_folder.with_name("away"))
    store_folder.write_text("no folder")
    second = start(**NOT_BEHIND)
    assert "nothing is saved" in second.value("str(__import__('sojourn_kernel').report())")
    second.run("x = 'other'")
    second.terminate()
    store_folder.unlink()
    away.rename(store_folder)
    assert start().value("x") == "1"


def test_a_damaged_checkpoint_is_told_and_the_one_before_is_used(start, store_folder: Path):
    first = start(**NOT_BEHIND)
    first.run("x = 'old'")
    request(first, op="checkpoint", deadline=20, reason="test")
    first.run("x = 'new'")
    newest = request(first, op="checkpoint", deadline=20, reason="test")["checkpoint"]
    first.process.send_signal(signal.SIGKILL)
    first.process.wait(30)
    (manifest,) = store_folder.rglob(f"manifests/{newest}")
    manifest.write_bytes(manifest.read_bytes()[:-20] + b"x" * 20)
    second = start()
    assert second.value("x") == "'old'"
    assert newest in second.value("str(__import__('sojourn_kernel').report())")


def test_of_two_kernels_with_one_session_one_saves_and_the_other_says_so(start):
    first, second = start(**NOT_BEHIND), start(**NOT_BEHIND)
    first.run("x = 'first'")
    second.run("x = 'second'")
    assert request(first, op="checkpoint", deadline=20, reason="test")["status"] == "ok"
    assert request(first, op="checkpoint", deadline=20, reason="test")["status"] == "ok"
    first.run("y = 1")
    request(first, op="checkpoint", deadline=20, reason="test")
    request(second, op="checkpoint", deadline=20, reason="test")
    first.run("y = 2")
    reply = request(first, op="checkpoint", deadline=20, reason="test")
    late = request(second, op="checkpoint", deadline=20, reason="test")
    assert (reply["status"], late["status"]).count("error") >= 1


def _printed(kernel: Kernel, message_id: str) -> None:
    """Wait until the running cell has printed."""
    while True:
        message = kernel.client.get_iopub_msg(timeout=60)
        if message["msg_type"] == "stream" and message["parent_header"].get("msg_id") == message_id:
            return


def test_a_background_checkpoint_that_dies_at_sigterm_costs_nothing(start):
    first = start(SOJOURN_IDLE="0.1")
    first.run("import os, time\nhome = os.getpid()\nx = 1")
    time.sleep(2)
    first.run(
        "class Slow:\n    def __reduce__(self):\n"
        "        if os.getpid() != home: time.sleep(60)\n        return (Slow, ())\nslow, x = Slow(), 2"
    )
    time.sleep(1)  # the child is in the middle of it
    assert first.terminate() == 0
    assert start().value("x") == "2"


def test_a_context_variable_keeps_its_value_though_it_is_loaded_before_the_first_cell(start):
    first = start(**NOT_BEHIND)
    first.run(
        "import contextvars\nbare = contextvars.ContextVar('bare'); bare.set(2)\nheld = [contextvars.ContextVar('held')]; held[0].set(3)"
    )
    first.terminate()
    second = start()
    end = time.monotonic() + 60
    while request(second, op="status")["state"] == "restoring" and time.monotonic() < end:
        time.sleep(0.1)
    assert second.value("bare.get(), held[0].get()") == "(2, 3)"


def test_cells_that_follow_each_other_at_once_are_saved_between(start):
    first = start(SOJOURN_IDLE="600")
    first.run("import time\na = 1")
    end = time.monotonic() + 30
    while first.value("__import__('sojourn_kernel.session.readying').session.readying.is_done()") == "False":
        assert time.monotonic() < end
        time.sleep(0.5)
    first.run("time.sleep(5.2)")
    first.run("b = 2")
    end = time.monotonic() + 30
    while not first.request(op="status")["content"]["last_checkpoint"] and time.monotonic() < end:
        time.sleep(0.1)
    first.close()
    second = start()
    assert second.value("a") == "1"
    assert second.value("'b' in dir()") == "False"
