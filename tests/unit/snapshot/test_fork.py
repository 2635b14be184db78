"""What becomes of a forked child, however it ends."""

from __future__ import annotations

import fcntl
import os
import resource
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sojourn_kernel.snapshot.process import fork
from sojourn_kernel.snapshot.process.fork import BEHIND, CALLED_OFF, SHORT_OF_MEMORY, Child
from sojourn_kernel.store import outstanding

Report = Callable[[str], None]


def sleeps_at_frame(report: Report) -> None:
    report("frame")
    time.sleep(60)


def test_a_child_hands_back_what_its_work_returned() -> None:
    assert Child(lambda report: {"pid": os.getpid()}).wait().result["pid"] != os.getpid()


def test_a_child_whose_work_raised_hands_back_the_error() -> None:
    def divide(report: Report) -> float:
        return 1 / 0

    outcome = Child(divide).wait()
    assert (outcome.result, outcome.problem) == (None, "ZeroDivisionError: division by zero")
    assert isinstance(outcome.error, ZeroDivisionError)


def test_a_child_is_heard_where_the_kernel_has_more_open_files_than_select_can_count() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 2048)), hard))
    opened = []
    try:
        while not opened or opened[-1] <= 1024:
            opened.append(os.open(os.devnull, os.O_RDONLY))
        assert Child(lambda report: "heard").wait().result == "heard"
    finally:
        for number in opened:
            os.close(number)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_an_error_that_cannot_be_pickled_is_told_in_words() -> None:
    class Odd(Exception):
        pass

    def fail(report: Report) -> None:
        raise Odd("strange")

    outcome = Child(fail).wait()
    assert (outcome.problem, outcome.error) == ("Odd: strange", None)


def test_a_child_that_stands_still_is_ended_and_what_it_was_at_is_known() -> None:
    child = Child(sleeps_at_frame)
    outcome = child.wait(still=0.6)
    assert (outcome.hung_on, outcome.died) == ("frame", False)
    assert not Path(f"/proc/{child.pid}").exists()


def test_a_child_that_works_without_a_word_does_not_stand_still() -> None:
    def count(report: Report) -> str:
        end = time.process_time() + 1.5
        while time.process_time() < end:
            pass
        return "done"

    assert Child(count).wait(still=1.0).result == "done"


def test_a_child_that_waits_for_the_store_does_not_stand_still() -> None:
    def ask(report: Report) -> str:
        report("frame")
        with outstanding.request():
            time.sleep(5)
        return "answered"

    child = Child(ask)
    assert child.wait(still=3.0).result == "answered"
    assert child.at == "frame"


def test_a_child_is_ended_before_memory_runs_out(monkeypatch: pytest.MonkeyPatch) -> None:
    rooms = [10 << 30, 100 << 20, 1 << 20]
    monkeypatch.setattr(fork, "free_memory", lambda: rooms.pop(0))
    outcome = Child(sleeps_at_frame).wait()
    assert (outcome.problem, outcome.died, outcome.hung_on) == (SHORT_OF_MEMORY, False, "")
    assert not rooms


def test_a_child_that_was_killed_has_died_at_what_it_said_last() -> None:
    def be_killed(report: Report) -> None:
        report("a")
        report("b")
        os.kill(os.getpid(), signal.SIGKILL)

    outcome = Child(be_killed).wait()
    assert (outcome.hung_on, outcome.died) == ("b", True)


def test_a_child_that_was_called_off_has_done_nothing_wrong() -> None:
    child = Child(sleeps_at_frame)
    child.call_off()
    outcome = child.wait()
    assert (outcome.problem, outcome.hung_on, outcome.died) == (CALLED_OFF, "", False)


def test_a_child_does_not_end_with_its_parents_stop_signal() -> None:
    def wait_a_little(report: Report) -> str:
        report("ready")
        time.sleep(0.5)
        return "finished"

    child = Child(wait_a_little)
    time.sleep(0.2)
    os.kill(child.pid, signal.SIGTERM)
    assert child.wait().result == "finished"


def test_a_child_that_crashed_is_told_from_one_that_was_killed() -> None:
    def crash(report: Report) -> None:
        signal.signal(signal.SIGSEGV, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGSEGV)

    assert Child(crash).wait().crashed
    assert not Child(lambda report: os.kill(os.getpid(), signal.SIGKILL)).wait().crashed


@pytest.mark.parametrize(
    "tick", [pytest.param(0.5, id="now and then"), pytest.param(0.0005, id="so often that the looks take time")]
)
def test_a_child_that_stands_still_ends_though_its_kernel_has_died(
    monkeypatch: pytest.MonkeyPatch, tick: float
) -> None:
    monkeypatch.setattr(fork, "STILL_ALONE", 0.6)
    monkeypatch.setattr(fork, "_TICK", tick)
    reading, writing = os.pipe()
    kernel = os.fork()
    if kernel == 0:
        os.write(writing, str(Child(sleeps_at_frame).pid).encode())
        os._exit(0)
    os.waitpid(kernel, 0)
    left = Path(f"/proc/{os.read(reading, 20).decode()}")
    end = time.monotonic() + 15
    while is_running(left) and time.monotonic() < end:
        time.sleep(0.1)
    assert not is_running(left)
    os.close(reading)
    os.close(writing)


def is_running(process: Path) -> bool:
    """Whether it is there, and no zombie that nobody has reaped."""
    try:
        return process.joinpath("stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def test_a_child_beside_cells_leaves_the_processors_to_them() -> None:
    assert Child(lambda report: os.nice(0), behind=True).wait().result == BEHIND


def test_a_child_that_the_kernel_waits_for_is_as_important_as_the_kernel() -> None:
    assert Child(lambda report: os.nice(0)).wait().result == os.nice(0)


def test_a_lock_that_goes_with_its_file_is_not_held_on_by_a_child(tmp_path: Path) -> None:
    path = tmp_path / "data.h5"
    path.write_bytes(b"0123456789")
    with path.open("r+b", buffering=0) as file, path.open("rb") as another:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(4)
        go_on, wait = os.pipe()

        def look(report: Report) -> tuple[int, bytes]:
            report("here")
            os.write(wait, b"!")
            time.sleep(0.5)
            return file.tell(), file.read(2)

        child = Child(look)
        os.read(go_on, 1)
        with pytest.raises(BlockingIOError):
            fcntl.flock(another, fcntl.LOCK_SH | fcntl.LOCK_NB)
        file.close()
        fcntl.flock(another, fcntl.LOCK_SH | fcntl.LOCK_NB)
        assert child.wait().result == (4, b"45")


@pytest.mark.parametrize(("used", "greedy"), [(200 << 20, True), (0, False)], ids=["itself", "others"])
def test_a_child_is_ended_as_memory_runs_short_and_says_who_used_it(
    monkeypatch: pytest.MonkeyPatch, used: int, greedy: bool
) -> None:
    begun = time.monotonic()
    monkeypatch.setattr(fork, "free_memory", lambda: (300 if time.monotonic() < begun + 1.5 else 10) << 20)

    def uses(report: Report) -> None:
        held = b"1" * used
        report("x")
        time.sleep(30)
        del held

    outcome = Child(uses).wait()
    assert (outcome.problem, outcome.greedy, outcome.hung_on) == (fork.SHORT_OF_MEMORY, greedy, "x" if greedy else "")
