"""The stop signal: saved within the grace, no second save, nothing left behind, never longer than allowed."""

from __future__ import annotations

import json
import time
from collections.abc import Callable

from .servers import Home, Server, children_of, until
from .test_cells import MOVING, stub_log

Start = Callable[..., Server]


def checkpoints(server: Server, kernel: str) -> list[dict]:
    asked = [json.loads(line) for line in stub_log(server, kernel).splitlines()]
    return [message for message in asked if message["op"] == "checkpoint"]


def test_a_stop_saves_each_kernel_once_with_a_deadline_inside_the_grace_and_leaves_nothing_running(
    start: Start, home: Home
) -> None:
    server = start().ready()
    _, kernel = server.open_notebook()
    server.run(kernel, "import atexit; atexit.register(open, 'torn-down', 'w'); x = 1")
    assert server.stop() == 0
    (asked,) = checkpoints(server, kernel)
    assert asked["quiesce"] is True and asked["reason"] == "stop"
    assert 0 < asked["deadline"] < 20
    assert not list(children_of(home))
    assert not (home.folder / "notebooks" / "torn-down").exists(), "the session goes on: its exit handlers must not run"
    assert start().ready().run(kernel, "x") == "1"


def test_a_stop_after_a_quiesced_checkpoint_saves_nothing_again(start: Start) -> None:
    server = start(SOJOURN_LINGER="30").ready()
    _, kernel = server.open_notebook()
    server.run(kernel, "x = 1")
    assert server.post("sojourn/api/v1/checkpoint", MOVING)["ok"]
    assert server.stop(timeout=15) == 0, "a session that was saved and whose route is gone does not linger"
    assert len(checkpoints(server, kernel)) == 1
    assert start().ready().run(kernel, "x") == "1"


def test_after_a_move_was_called_off_the_stop_saves_what_ran_since(start: Start) -> None:
    server = start().ready()
    _, kernel = server.open_notebook()
    server.run(kernel, "x = 1")
    assert server.post("sojourn/api/v1/checkpoint", MOVING)["ok"]
    server.post("sojourn/api/v1/resume")
    server.run(kernel, "x = 2")
    server.stop()
    assert start().ready().run(kernel, "x") == "2"


def test_a_kernel_that_never_answers_does_not_hold_the_stop_beyond_the_grace(start: Start, home: Home) -> None:
    home.env["SOJOURN_GRACE"] = "6"
    server = start().ready()
    _, mute = server.open_notebook("mute.ipynb", kernel="stub-mute")
    _, good = server.open_notebook("good.ipynb")
    server.run(mute, "x = 1")
    server.run(good, "x = 2")
    server.process.terminate()
    server.process.wait(6 + 5)
    second = start().ready()
    assert {model["path"] for model in second.get("api/sessions")} == {"mute.ipynb", "good.ipynb"}
    assert second.run(good, "x") == "2"


def test_the_server_stays_a_moment_after_the_signal_so_that_its_route_can_go_first(start: Start) -> None:
    server = start(SOJOURN_LINGER="3").ready()
    _, kernel = server.open_notebook()
    server.run(kernel, "x = 1")
    server.process.terminate()
    until(lambda: checkpoints(server, kernel), "the checkpoint at stop")
    time.sleep(1.0)
    assert server.process.poll() is None
    assert server.process.wait(20) == 0


def test_a_stop_in_the_middle_of_a_restore_loses_nothing(start: Start, home: Home) -> None:
    first = start().ready()
    session, kernel = first.open_notebook()
    first.run(kernel, "x = 9")
    first.stop()
    for pause in (0.0, 0.2):
        interrupted = start().up()
        time.sleep(pause)
        interrupted.stop()
    last = start().ready()
    (model,) = last.get("api/sessions")
    assert (model["id"], model["kernel"]["id"]) == (session, kernel)
    assert last.run(kernel, "x") == "9"


def test_an_empty_session_stops_at_once(start: Start) -> None:
    server = start().ready()
    assert server.stop(timeout=10) == 0
