"""A session comes back in the next server: the same kernel ids, the same Jupyter sessions, the same values."""

from __future__ import annotations

import json
from collections.abc import Callable

from sojourn_kernel.store import open_store

from .servers import Home, Server, children_of, until

Start = Callable[..., Server]


def test_ids_and_values_survive_a_stop_and_a_new_server(start: Start) -> None:
    first = start().ready()
    session, kernel = first.open_notebook("deep/work.ipynb")
    assert first.run(kernel, "x = 41") == ""
    assert first.stop() == 0

    second = start().ready()
    (model,) = second.get("api/sessions")
    assert (model["id"], model["kernel"]["id"], model["path"]) == (session, kernel, "deep/work.ipynb")
    assert (model["type"], model["name"], model["kernel"]["name"]) == ("notebook", "work.ipynb", "stub-good")
    assert second.run(kernel, "x + 1") == "42"
    assert second.run(kernel, "import os; os.path.basename(os.getcwd())") == "'deep'"
    assert second.run(kernel, "os.path.basename(os.environ['JPY_SESSION_NAME'])") == "'work.ipynb'"


def test_each_server_that_takes_the_session_over_counts_one_generation(start: Start) -> None:
    for generation in (1, 2, 3):
        server = start().ready()
        assert server.api("status")["generation"] == generation
        server.stop()


def test_several_kernels_and_sessions_come_back_each_under_its_own_id(start: Start) -> None:
    first = start().ready()
    opened = {name: first.open_notebook(name) for name in ("a.ipynb", "b.ipynb")}
    bare = first.post("api/kernels", {"name": "stub-good"})["id"]
    for name, (_, kernel) in opened.items():
        first.run(kernel, f"whoami = {name!r}")
    first.stop()

    second = start().ready()
    assert {m["path"]: (m["id"], m["kernel"]["id"]) for m in second.get("api/sessions")} == opened
    assert {k["id"] for k in second.get("api/kernels")} == {bare, *(kernel for _, kernel in opened.values())}
    for name, (_, kernel) in opened.items():
        assert second.run(kernel, "whoami") == repr(name)


def test_a_killed_server_comes_back_with_its_ids_and_its_last_checkpoint(start: Start, home: Home) -> None:
    first = start().ready()
    session, kernel = first.open_notebook()
    first.run(kernel, "x = 7")
    assert first.post("sojourn/api/v1/checkpoint", {"deadline": 10})["ok"]
    first.kill()
    until(lambda: not list(children_of(home)), "the end of the killed server's kernels")

    second = start().ready()
    (model,) = second.get("api/sessions")
    assert (model["id"], model["kernel"]["id"]) == (session, kernel)
    assert second.run(kernel, "x") == "7"


def test_cells_that_ran_after_the_last_checkpoint_of_a_killed_server_are_named(start: Start, home: Home) -> None:
    first = start().ready()
    _, stale = first.open_notebook("stale.ipynb")
    _, exact = first.open_notebook("exact.ipynb")
    first.run(stale, "x = 1")
    first.run(exact, "x = 1")
    assert first.post("sojourn/api/v1/checkpoint", {"deadline": 10})["ok"]
    first.run(stale, "x = 2")
    first.run(stale, "x = 3")
    until(lambda: '"count":3' in stored(home), "the count in the stored list")
    first.kill()

    second = start().ready()
    reasons = {kernel["id"]: kernel["reason"] for kernel in second.api("report")["kernels"]}
    assert "Cells [2] to [3] ran after the last checkpoint" in reasons[stale]
    assert reasons[exact] is None
    tab = second.tab(stale)
    shown = tab.run("x")
    assert "Cells [2] to [3]" in shown and shown.endswith("1")
    assert tab.run("x") == "1"
    tab.close()


def test_a_kernel_that_started_just_before_the_kill_comes_back(start: Start) -> None:
    first = start().ready()
    session, kernel = first.open_notebook()
    until(lambda: kernel in stored(first.home), "the new kernel in the stored list")
    first.kill()
    (model,) = start().ready().get("api/sessions")
    assert (model["id"], model["kernel"]["id"]) == (session, kernel)


def test_a_renamed_notebook_comes_back_under_its_new_name(start: Start) -> None:
    first = start().ready()
    session, _ = first.open_notebook("old.ipynb")
    assert first.ask("PATCH", f"api/sessions/{session}", {"path": "new.ipynb", "name": "new.ipynb"}).code == 200
    first.stop()
    (model,) = start().ready().get("api/sessions")
    assert (model["id"], model["path"]) == (session, "new.ipynb")


def test_a_kernel_that_its_user_shut_down_stays_away(start: Start) -> None:
    first = start().ready()
    gone_session, gone = first.open_notebook("gone.ipynb")
    _, kept = first.open_notebook("kept.ipynb")
    assert first.ask("DELETE", f"api/sessions/{gone_session}").code == 204
    until(lambda: gone not in stored(first.home) and kept in stored(first.home), "the stored list without the kernel")
    first.kill()
    second = start().ready()
    assert [model["id"] for model in second.get("api/kernels")] == [kept]
    assert [model["path"] for model in second.get("api/sessions")] == ["kept.ipynb"]


def test_a_kernel_that_keeps_no_state_comes_back_afresh_and_its_user_is_told(start: Start) -> None:
    first = start().ready()
    session, kernel = first.open_notebook(kernel="python3")
    first.run(kernel, "x = 1")
    first.stop()

    second = start().ready()
    (model,) = second.get("api/sessions")
    assert (model["id"], model["kernel"]["id"]) == (session, kernel)
    (told,) = second.api("report")["kernels"]
    assert told["came_back"] and not told["state_kept"]
    assert "its variables are gone" in told["reason"]
    assert "its variables are gone" in told["told"][0]["reason"]
    tab = second.tab(kernel)
    assert "its variables are gone" in tab.run("1 + 1")
    assert tab.run("1 + 1") == "2", "the notice is shown once"
    tab.close()


def test_a_kernel_whose_kernelspec_is_gone_is_told_and_comes_back_where_there_is_one_again(
    start: Start, home: Home
) -> None:
    first = start().ready()
    session, kernel = first.open_notebook()
    first.run(kernel, "x = 5")
    first.stop()

    spec = home.folder / "data/kernels/stub-good"
    away = spec.with_name("away")
    spec.rename(home.folder / "away")
    second = start().ready()
    assert second.get("api/sessions") == []
    (told,) = second.api("report")["kernels"]
    assert not told["came_back"] and "stub-good" in told["reason"]
    second.stop()

    (home.folder / "away").rename(spec)
    assert not away.exists()
    third = start().ready()
    (model,) = third.get("api/sessions")
    assert (model["id"], model["kernel"]["id"]) == (session, kernel)
    assert third.run(kernel, "x") == "5"


def stored(home: Home) -> str:
    """The session's list of kernels, as it is in the store."""
    found = open_store(home.store).get_document(f"agents/{home.session}")
    return json.loads(found[0])["roster"] if found else ""
