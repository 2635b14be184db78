"""One session, one server: of two that believe they own it, one loses, and says so."""

from __future__ import annotations

from collections.abc import Callable

from sojourn_kernel.store import open_store

from .servers import Home, Server, until

Start = Callable[..., Server]


def test_the_later_of_two_pods_owns_the_session_and_the_earlier_says_that_it_lost_it(
    start: Start, other_port: int
) -> None:
    first = start(HOSTNAME="pod-one").ready()
    session, kernel = first.open_notebook()
    assert first.post("sojourn/api/v1/checkpoint", {"deadline": 10})["ok"]

    second = start(HOSTNAME="pod-two", port=other_port).ready()
    assert [model["id"] for model in second.get("api/sessions")] == [session]
    first.open_notebook("another.ipynb")  # a change, that the first tries to write
    notice = until(lambda: first.api("status")["notice"], "a notice in the first server")
    assert "pod-two" in notice and "taken over" in notice
    refused = first.ask("POST", "sojourn/api/v1/checkpoint", {})
    assert (refused.code, refused.body["message"]) == (409, notice)

    first.stop()
    second.stop()
    third = start(HOSTNAME="pod-three").ready()
    assert [model["kernel"]["id"] for model in third.get("api/sessions")] == [kernel], (
        "what the loser did changed nothing"
    )
    assert third.api("status")["generation"] == 3


def test_a_second_server_on_the_same_machine_leaves_the_session_to_the_first(start: Start, other_port: int) -> None:
    first = start().ready()
    session, kernel = first.open_notebook()
    first.run(kernel, "x = 1")

    second = start(port=other_port).ready()
    assert second.get("api/sessions") == []
    assert "Another server on this machine" in second.api("status")["notice"]
    second.run(second.open_notebook("other.ipynb")[1], "y = 1")
    assert second.stop() == 0

    assert first.api("status")["notice"] is None
    first.stop()
    third = start().ready()
    assert [model["id"] for model in third.get("api/sessions")] == [session]
    assert third.run(kernel, "x") == "1"


def test_a_list_that_cannot_be_read_is_set_aside_and_said(start: Start, home: Home) -> None:
    first = start().ready()
    first.open_notebook()
    first.stop()
    rewrite(home, lambda data: data[:-30])
    second = start().ready()
    assert "set aside" in second.api("status")["notice"]
    assert second.get("api/sessions") == []
    session, _ = second.open_notebook("new.ipynb")
    second.stop()
    assert [model["id"] for model in start().ready().get("api/sessions")] == [session]


def test_a_list_that_somebody_else_wrote_is_refused_and_left_alone(start: Start, home: Home) -> None:
    first = start().ready()
    session, kernel = first.open_notebook()
    first.run(kernel, "x = 1")
    first.stop()
    written: list[bytes] = []

    def tampered(data: bytes) -> bytes:
        written.append(data)
        return data.replace(b"work.ipynb", b"evil.ipynb")

    rewrite(home, tampered)
    second = start().ready()
    assert "seal" in second.api("status")["notice"]
    assert second.get("api/sessions") == []
    second.open_notebook("new.ipynb")
    second.stop()
    rewrite(home, lambda data: written[0])
    third = start().ready()
    assert [model["id"] for model in third.get("api/sessions")] == [session]


def test_where_chunks_are_encrypted_so_is_the_list(start: Start, home: Home) -> None:
    home.env["SOJOURN_STORE"] = f"file://{home.folder}/store?encrypt=1"
    first = start().ready()
    session, kernel = first.open_notebook()
    first.run(kernel, "x = 1")
    first.stop()
    everything = [path.read_bytes() for path in (home.folder / "store").rglob("*") if path.is_file()]
    assert everything and not any(b"work.ipynb" in data for data in everything)
    assert [model["id"] for model in start().ready().get("api/sessions")] == [session]


def rewrite(home: Home, change: Callable[[bytes], bytes]) -> None:
    store, name = open_store(home.store), f"agents/{home.session}"
    found = store.get_document(name)
    assert found is not None
    data, tag = found
    assert store.put_document(name, change(data), expect=tag) is not None
