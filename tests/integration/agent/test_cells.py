"""No cell is left hanging by a move: what was cut short is told where it stands, what was only sent runs afterwards."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from .servers import Home, Server, Tab, until
from .test_comeback import stored

Start = Callable[..., Server]
MOVING = {"deadline": 10, "reason": "move", "quiesce": True}


def error_of(answers: list) -> dict:
    return next(content for kind, content in answers if kind == "error")


@pytest.mark.parametrize("v1", [True, False], ids=["v1 protocol", "legacy protocol"])
def test_a_cell_that_was_running_ends_with_a_clear_error_in_its_own_tab(start: Start, v1: bool) -> None:
    first = start().ready()
    _, kernel = first.open_notebook()
    tab = Tab(first, kernel, v1=v1)
    running = tab.send("import time; time.sleep(600)")
    tab.wait_for("status", running, execution_state="busy")
    queued = tab.send("y = 2")
    first.stop()

    second = start().ready()
    stranger = second.tab(kernel)
    back = Tab(second, kernel, tab.client, v1=v1)
    answers = back.answers(running)
    assert [kind for kind, _ in answers] == ["error", "status", "execute_reply"]
    assert error_of(answers)["ename"] == "SessionMoved"
    assert "still running" in error_of(answers)["evalue"]
    assert "had not started" in error_of(back.answers(queued))["evalue"]
    assert back.run("1 + 1") == "2"
    stranger.close()
    back.close()


def test_a_cell_that_a_kill_cut_short_is_told_too(start: Start, home: Home) -> None:
    first = start().ready()
    _, kernel = first.open_notebook()
    tab = first.tab(kernel)
    running = tab.send("import time; time.sleep(600)")
    until(lambda: running in stored(home), "the running cell in the stored list")
    first.kill()

    back = start().ready().tab(kernel, tab.client)
    assert "still running" in error_of(back.answers(running))["evalue"]
    back.close()


def test_a_cell_sent_while_the_session_moves_runs_after_it_in_the_same_kernel(start: Start, home: Home) -> None:
    home.env["SOJOURN_GRACE"] = "8"
    first = start().ready()
    _, kernel = first.open_notebook("slow.ipynb")
    tab = first.tab(kernel)
    assert tab.run("x = 20") == ""
    # a second kernel that answers nothing keeps the checkpoint going, so that the cell arrives in the middle of it
    _, mute = first.open_notebook("mute.ipynb", kernel="stub-mute")
    first.run(mute, "0")
    first.process.terminate()
    until(lambda: '"checkpoint"' in stub_log(first, kernel), "the checkpoint at stop")
    sent = tab.send("x + 1")
    first.process.wait(40)

    second = start().ready()
    back = second.tab(kernel, tab.client)
    answers = back.answers(sent)
    assert [content["data"]["text/plain"] for kind, content in answers if kind == "execute_result"] == ["21"]
    back.close()
    again = second.tab(kernel, tab.client)
    assert again.run("'nothing more'") == "'nothing more'", "a kept-back cell runs once"
    again.close()


def test_a_cell_that_ended_normally_is_not_told_again(start: Start) -> None:
    first = start().ready()
    _, kernel = first.open_notebook()
    tab = first.tab(kernel)
    done = tab.send("1")
    tab.answers(done)
    first.stop()
    second = start().ready()
    assert second.api("report")["kernels"][0]["cells"] == []


def test_a_cell_whose_output_never_reached_its_tab_is_told_so(start: Start) -> None:
    first = start().ready()
    _, kernel = first.open_notebook()
    tab = first.tab(kernel)
    unseen = tab.send("import time; time.sleep(1.5)")
    tab.wait_for("status", unseen, execution_state="busy")
    tab.socket.sock.close()  # the network goes, and the cell ends while its tab is away
    until(lambda: first.get(f"api/kernels/{kernel}")["execution_state"] == "idle", "the cell's end")
    first.stop()
    back = start().ready().tab(kernel, tab.client)
    assert "did not reach this tab" in error_of(back.answers(unseen))["evalue"]
    back.close()


def test_after_a_move_a_reconnected_tab_hears_at_once_that_its_kernel_is_idle(start: Start) -> None:
    first = start().ready()
    _, kernel = first.open_notebook()
    first.run(kernel, "1")
    first.stop()
    back = start().ready().tab(kernel)
    while True:
        _, message = back.receive()
        if message["header"]["msg_type"] == "status" and not message["parent_header"]:
            break  # JupyterLab ignores the statuses that its own kernel_info_request causes
    assert message["content"]["execution_state"] == "idle"
    back.close()


def test_a_move_that_is_called_off_runs_what_was_sent_meanwhile(start: Start) -> None:
    server = start().ready()
    _, kernel = server.open_notebook()
    tab = server.tab(kernel)
    tab.run("x = 1")
    assert server.post("sojourn/api/v1/checkpoint", MOVING)["ok"]
    assert server.api("status")["state"] == "saved"
    with pytest.raises(OSError):
        server.ask("GET", "api/kernels", timeout=1)
    assert server.post("sojourn/api/v1/resume")["state"] == "ready"
    assert server.run(kernel, "x") == "1"
    assert '"resume"' in stub_log(server, kernel)


def test_a_quiesced_session_breaks_its_tabs_off_without_a_closing_handshake(start: Start) -> None:
    server = start().ready()
    _, kernel = server.open_notebook()
    tab = server.tab(kernel)
    tab.run("x = 1")
    assert server.post("sojourn/api/v1/checkpoint", MOVING)["ok"]
    ends = time.monotonic() + 10
    with pytest.raises(Exception) as broken:
        while time.monotonic() < ends:
            opcode, _ = tab.socket.recv_data()
            assert opcode != 8, "a close frame would end JupyterLab's retries"
    assert "timed out" not in str(broken.value)


def stub_log(server: Server, kernel: str) -> str:
    path = server.home.folder / "stub" / f"{kernel}.log"
    return path.read_text() if path.exists() else ""
