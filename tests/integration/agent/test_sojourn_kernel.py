"""The agent with the real Sojourn kernel: what the stub stands for elsewhere, end to end."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from .servers import Home, Server, Tab, children_of, until
from .test_cells import MOVING, error_of

Start = Callable[..., Server]


def test_values_definitions_and_the_execution_count_survive_a_stop_and_a_new_server(start: Start) -> None:
    first = start().ready()
    session, kernel = first.open_notebook("deep/work.ipynb", kernel="sojourn")
    first.run(kernel, "import math\nx = [1, 2]; y = x\ndef double(n): return [2 * v for v in n]")
    assert first.run(kernel, "double(x)") == "[2, 4]"
    assert first.stop() == 0
    assert not list(children_of(first.home))

    second = start().ready()
    (model,) = second.get("api/sessions")
    assert (model["id"], model["kernel"]["id"]) == (session, kernel)
    assert second.run(kernel, "y.append(math.floor(3.5)); (x is y, double(x), Out[2])").endswith(
        "(True, [2, 4, 6], [2, 4])"
    )
    tab = second.tab(kernel)
    assert tab.wait_for("execute_input", tab.send("1"))["execution_count"] == 4
    tab.close()
    assert second.api("report")["kernels"][0]["state_kept"] is True


def test_an_ordered_move_saves_in_one_checkpoint_and_the_stop_after_it_adds_none(start: Start) -> None:
    first = start().ready()
    _, kernel = first.open_notebook(kernel="sojourn")
    first.run(kernel, "x = 41")
    saved = first.post("sojourn/api/v1/checkpoint", MOVING)
    assert saved["ok"], saved
    assert first.stop() == 0

    second = start().ready()
    (listed,) = second.api("history")["kernels"]
    assert listed["checkpoints"][0]["id"] == saved["kernels"][0]["checkpoint"]
    assert second.run(kernel, "x + 1").endswith("42")


def test_a_server_that_is_killed_comes_back_with_the_last_background_checkpoint(start: Start, home: Home) -> None:
    first = start().ready()
    _, kernel = first.open_notebook(kernel="sojourn")
    first.run(kernel, "x = 7")

    def saved_behind() -> bool:
        (status,) = first.api("status")["kernels"]
        return bool(status["last_checkpoint"]) and not status["cell_running"]

    until(saved_behind, "a background checkpoint")
    first.kill()
    until(lambda: not list(children_of(home)), "the end of the killed server's kernels")
    assert start().ready().run(kernel, "x").endswith("7")


def test_a_cell_that_runs_when_the_session_moves_ends_with_an_error_and_what_was_there_before_is_kept(
    start: Start, home: Home
) -> None:
    home.env["SOJOURN_GRACE"] = "10"
    first = start().ready()
    _, kernel = first.open_notebook(kernel="sojourn")
    tab = first.tab(kernel)
    tab.run("x = 1")
    running = tab.send("import time\nfor _ in range(6000): time.sleep(0.1)")
    tab.wait_for("status", running, execution_state="busy")
    first.process.terminate()
    seen = tab.answers(running)
    assert [kind for kind, _ in seen if kind in ("error", "execute_reply")] == ["error", "execute_reply"]
    first.process.wait(30)

    second = start().ready()
    back = second.tab(kernel, tab.client)
    assert back.run("x").endswith("1")
    back.close()


def test_a_cell_that_is_sent_while_the_session_moves_runs_in_the_restored_kernel(start: Start, home: Home) -> None:
    home.env["SOJOURN_GRACE"] = "10"
    first = start().ready()
    _, kernel = first.open_notebook(kernel="sojourn")
    tab = first.tab(kernel)
    tab.run("x = 20")
    running = tab.send("import time; time.sleep(2.5); y = 1")
    tab.wait_for("status", running, execution_state="busy")
    first.process.terminate()
    until(lambda: "stopping" in first.log.read_text() or "received signal" in first.log.read_text(), "the stop")
    time.sleep(0.5)
    sent = tab.send("x + y")
    first.process.wait(30)

    second = start().ready()
    back = second.tab(kernel, tab.client)
    answers = back.answers(sent)
    assert [content["data"]["text/plain"] for kind, content in answers if kind == "execute_result"] == ["21"]
    back.close()


def test_a_move_that_is_called_off_leaves_the_kernel_as_it_was(start: Start) -> None:
    server = start().ready()
    _, kernel = server.open_notebook(kernel="sojourn")
    server.run(kernel, "x = 1")
    assert server.post("sojourn/api/v1/checkpoint", MOVING)["ok"]
    assert server.post("sojourn/api/v1/resume")["state"] == "ready"
    assert server.run(kernel, "x += 1; x") == "2"
    server.stop()
    assert start().ready().run(kernel, "x").endswith("2")


def test_a_restarted_kernel_answers_the_agent_again(start: Start) -> None:
    server = start().ready()
    _, kernel = server.open_notebook(kernel="sojourn")
    server.run(kernel, "x = 5")
    assert server.ask("POST", f"api/kernels/{kernel}/restart").code == 200
    saved = server.post("sojourn/api/v1/checkpoint", {"deadline": 20})
    assert saved["ok"], saved
    assert server.run(kernel, "x").endswith("5")


def test_a_kernel_that_dies_in_a_cell_ends_it_in_its_tab_and_goes_on_with_what_was_saved(start: Start) -> None:
    server = start().ready()
    tab = open_tab(server)
    tab.run("x = 1")
    until(lambda: last_checkpoint(server), "a background checkpoint")
    died = tab.send("import os, signal, time; time.sleep(0.5); os.kill(os.getpid(), signal.SIGKILL)")
    behind = tab.send("y = 2")
    assert error_of(tab.answers(died))["ename"] == "KernelDied"
    assert "before this cell began" in error_of(tab.answers(behind))["evalue"]
    seen = tab.run("x")
    assert "Cell [2] ran after the last checkpoint, before the kernel died" in seen
    assert seen.endswith("1")
    tab.close()


def open_tab(server: Server) -> Tab:
    """A notebook with a Sojourn kernel, opened."""
    _, kernel = server.open_notebook(kernel="sojourn")
    return server.tab(kernel)


def kill_kernel(server: Server, tab: Tab) -> None:
    """SIGKILL to the kernel once all is saved; Jupyter finds out within 3 s."""
    before = until(lambda: last_checkpoint(server), "a background checkpoint")
    pid = int(tab.run("import os; pid = os.getpid(); pid"))
    until(lambda: last_checkpoint(server) != before, "another background checkpoint")
    os.kill(pid, signal.SIGKILL)
    until(lambda: not Path(f"/proc/{pid}/exe").exists(), "the kernel's end")


def last_checkpoint(server: Server) -> str | None:
    (status,) = server.api("status")["kernels"]
    return (status["last_checkpoint"] or {}).get("id")


@pytest.mark.parametrize("pause", [0.0, 1.0])
def test_a_cell_sent_to_a_kernel_that_is_being_started_again_is_called_lost_only_if_it_never_runs(
    start: Start, pause: float
) -> None:
    server = start().ready()
    tab = open_tab(server)
    tab.run("runs = []")
    kill_kernel(server, tab)
    time.sleep(pause)  # whether the message is still lost with the process depends on the moment
    answers = tab.answers(tab.send("runs.append(1)"))
    lost = any(kind == "error" and content["ename"] == "KernelDied" for kind, content in answers)
    assert tab.run("runs").endswith("[]" if lost else "[1]")
    tab.close()


def test_a_cell_sent_the_moment_a_dead_kernel_is_started_again_is_kept_back_until_its_answer_can_be_heard(
    start: Start,
) -> None:
    server = start().ready()
    tab = open_tab(server)
    tab.run("x = 1")
    kill_kernel(server, tab)
    until(lambda: "restarting kernel" in server.log.read_text(), "the kernel's next start")
    assert tab.run("x").endswith("1")
    tab.close()


def test_a_cell_lost_with_its_kernel_is_answered_though_the_next_process_stands_still_for_a_while(
    start: Start,
) -> None:
    server = start().ready()
    tab = open_tab(server)
    pid = int(tab.run("import os; os.getpid()"))
    os.kill(pid, signal.SIGSTOP)
    lost = tab.send("1")
    time.sleep(0.5)  # it is with the process, which never reads it
    os.kill(pid, signal.SIGKILL)
    new = until(lambda: [one for one in processes_of(server) if one != pid], "the next process")[0]
    until(lambda: server.api("status")["kernels"][0]["answers"], "an answer of the next process")
    os.kill(new, signal.SIGSTOP)
    time.sleep(4)  # longer than the agent waits for one answer
    os.kill(new, signal.SIGCONT)
    assert error_of(tab.answers(lost))["ename"] == "KernelDied"
    tab.close()


def processes_of(server: Server) -> list[int]:
    """The kernels' processes that the server has started and that have not ended."""
    children = Path(f"/proc/{server.process.pid}/task").glob("*/children")
    pids = [int(pid) for one in children for pid in one.read_text().split()]
    return [pid for pid in pids if Path(f"/proc/{pid}/exe").exists()]
