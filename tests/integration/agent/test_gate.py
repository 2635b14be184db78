"""Nobody gets an answer about kernels or sessions before they are the session's own."""

from __future__ import annotations

import concurrent.futures
import time
from collections.abc import Callable

import pytest
import websocket
from sojourn_kernel.server.gate import Gate, again
from tornado.httputil import HTTPServerRequest

from .servers import TOKEN, Home, Server, until

Start = Callable[..., Server]


def test_the_first_answer_after_a_start_already_has_the_old_ids(start: Start) -> None:
    first = start().ready()
    session, kernel = first.open_notebook()
    first.stop()

    second = start()
    polls = ("api/kernels", "api/sessions")

    def poll_from_before_it_listens(path: str) -> list[str]:
        while True:
            try:
                return [model["id"] for model in second.get(path)]
            except OSError:
                time.sleep(0.01)

    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        assert list(pool.map(poll_from_before_it_listens, polls)) == [[kernel], [session]]


def test_while_the_store_is_unreachable_requests_are_held_and_websockets_told_to_come_again(
    start: Start, home: Home
) -> None:
    home.env["SOJOURN_STORE"] = "s3://bucket/prefix?endpoint=http://127.0.0.1:9&region=us-east-1"
    home.env.update(AWS_ACCESS_KEY_ID="k", AWS_SECRET_ACCESS_KEY="s")
    server = start().up()
    assert server.api("health") == {"restored": False, "state": "restoring"}
    assert server.get("api/contents")["type"] == "directory"
    assert "kernelspecs" in server.get("api/kernelspecs")
    with pytest.raises(OSError):
        server.ask("GET", "api/kernels", timeout=2)
    with pytest.raises(websocket.WebSocketBadStatusException) as refused:
        websocket.create_connection(
            f"ws://127.0.0.1:{server.port}/user/ada/api/kernels/some-id/channels",
            header=[f"Authorization: token {TOKEN}"],
        )
    assert refused.value.status_code == 503


def test_after_the_patience_users_get_their_server_and_a_sentence_that_says_what_is_wrong(
    start: Start, home: Home
) -> None:
    home.env["SOJOURN_STORE"] = "s3://bucket/prefix?endpoint=http://127.0.0.1:9&region=us-east-1"
    home.env.update(AWS_ACCESS_KEY_ID="k", AWS_SECRET_ACCESS_KEY="s", SOJOURN_RESTORE_PATIENCE="0")
    server = start().up()
    assert server.get("api/kernels") == []
    assert "cannot be reached" in until(lambda: server.api("status")["notice"], "a notice")
    assert server.ask("POST", "sojourn/api/v1/checkpoint", {}).code == 409


@pytest.mark.parametrize(
    ("path", "held"),
    [
        ("/user/ada/api/kernels", True),
        ("/user/ada/api/kernels/some-id/channels", True),
        ("/user/ada/api/sessions", True),
        ("/user/ada/api/sessions/some-id", True),
        ("/user/ada/api/terminals", True),
        ("/user/ada/api/kernelspecs", False),
        ("/user/ada/api", False),
        ("/user/ada/api/status", False),
        ("/user/ada/sojourn/api/v1/health", False),
        ("/user/eve/api/kernels", False),
        ("/elsewhere/user/ada/api/kernels", False),
    ],
)
def test_the_gate_holds_kernels_sessions_and_terminals_only(path: str, held: bool) -> None:
    gate = Gate("/user/ada/")
    request = HTTPServerRequest(method="GET", uri=path)
    assert (gate.match(request) is not None) is held
    gate.open()
    assert gate.match(request) is None


@pytest.mark.parametrize(
    ("uri", "reference"),
    [
        ("/user/ada/api/kernels", "./kernels"),
        ("/user/ada/api/kernels?1700000000", "./kernels?1700000000"),
        ("/api/sessions/abc-def", "./abc-def"),
        ("/api/kernels/", "./"),
        ("/api/kernels?next=//evil.example/x", "./kernels?next=//evil.example/x"),
        ("/api/kernels/javascript:alert(1)", "./javascript:alert(1)"),
    ],
)
def test_a_held_request_is_sent_to_itself_whatever_proxy_prefix_it_came_through(uri: str, reference: str) -> None:
    assert again(uri) == reference
