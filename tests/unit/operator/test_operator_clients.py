"""The clients of agent and hub, against a server on the loopback that answers what it is told."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from sojourn_operator.agentclient import AgentError, Endpoint, HttpAgent
from sojourn_operator.hubclient import HubError, RestHub, Server


class Stub:
    """``answers``: (method, path) -> (status, body, headers). ``asked``: what came, with its headers and body."""

    def __init__(self) -> None:
        self.answers: dict[tuple[str, str], tuple[int, Any, dict[str, str]]] = {}
        self.asked: list[tuple[str, str, dict[str, str], Any]] = []
        stub = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                body = json.loads(self.rfile.read(length)) if length else None
                stub.asked.append((self.command, self.path, dict(self.headers), body))
                status, data, headers = stub.answers.get((self.command, self.path), (404, {"message": "no"}, {}))
                text = data if isinstance(data, bytes) else json.dumps(data).encode()
                self.send_response(status)
                for key, value in headers.items():
                    self.send_header(key, value)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            do_GET = do_POST = do_DELETE = answer

            def log_message(self, *_: object) -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/"

    def on(self, method: str, path: str, status: int, body: Any = None, **headers: str) -> None:
        named = {key.replace("_", "-"): value for key, value in headers.items()}
        self.answers[(method, path)] = (status, b"" if body is None else body, named)


@pytest.fixture
def stub() -> Iterator[Stub]:
    made = Stub()
    thread = threading.Thread(target=made.server.serve_forever, daemon=True)
    thread.start()
    yield made
    made.server.shutdown()
    made.server.server_close()
    thread.join()


CHECKPOINT = "/user/ada/sojourn/api/v1/checkpoint"


def at(stub: Stub, token: str = "secret") -> Endpoint:
    return Endpoint(stub.url + "user/ada/", token)


def test_a_checkpoint_is_asked_for_with_deadline_reason_and_token(stub: Stub) -> None:
    kernels = [{"id": "a", "ok": True, "told": [{"name": "s"}, {"name": "t"}]}, {"id": "b", "ok": True, "told": []}]
    stub.on("POST", CHECKPOINT, 200, {"ok": True, "generation": 4, "kernels": kernels})
    saved = HttpAgent().checkpoint(at(stub), 30.0, "x" * 300)
    assert (saved.ok, saved.generation, saved.told) == (True, 4, 2) and "2 names" in saved.sentence()
    (_, _, headers, body) = stub.asked[0]
    assert headers["Authorization"] == "token secret"
    assert body == {"deadline": 30.0, "reason": "x" * 200, "quiesce": True}


def test_a_kernel_that_was_not_saved_is_named_with_its_reason(stub: Stub) -> None:
    kernels = [{"id": "a", "ok": False, "error": "disk full"}, {"id": "b", "ok": True}]
    stub.on("POST", CHECKPOINT, 200, {"ok": False, "generation": 4, "kernels": kernels, "error": None})
    saved = HttpAgent().checkpoint(at(stub), 30.0, "move")
    assert not saved.ok and saved.sentence() == "not saved: kernel a: disk full"


@pytest.mark.parametrize(
    ("status", "said", "busy"),
    [
        (404, "no Sojourn agent", False),
        (403, "does not accept the operator's token", False),
        (302, "does not accept the operator's token", False),
        (409, "running already", True),
        (500, "running already", False),
    ],
)
def test_an_agents_refusal_is_one_sentence(stub: Stub, status: int, said: str, busy: bool) -> None:
    stub.on("POST", CHECKPOINT, status, {"message": "A checkpoint is running already"}, Location=stub.url + "login")
    with pytest.raises(AgentError, match=said) as error:
        HttpAgent().checkpoint(at(stub), 5.0, "move")
    assert error.value.busy is busy
    assert len(stub.asked) == 1, "a token is not carried on to where a redirect points"


def test_what_is_no_agent_is_not_believed(stub: Stub) -> None:
    for body in ({"hello": 1}, [], b"<html>"):
        stub.on("POST", CHECKPOINT, 200, body)
        with pytest.raises(AgentError):
            HttpAgent().checkpoint(at(stub), 5.0, "move")


def test_restored_is_only_what_the_agent_says_is_restored(stub: Stub) -> None:
    health = "/user/ada/sojourn/api/v1/health"
    assert not HttpAgent().restored(at(stub))
    for body, restored in (({"restored": False}, False), ({"restored": "yes"}, False), ({"restored": True}, True)):
        stub.on("GET", health, 200, body)
        assert HttpAgent().restored(at(stub)) is restored
    assert not HttpAgent().restored(Endpoint("http://127.0.0.1:9/"))
    assert "Authorization" not in stub.asked[-1][2], "health needs no token"


def hub(stub: Stub) -> RestHub:
    return RestHub(stub.url + "hub/api", lambda: "service-token")


def test_a_server_is_started_with_no_body_so_that_the_hub_takes_the_users_last_options(stub: Stub) -> None:
    stub.on("POST", "/hub/api/users/a%40b%2Fc/server", 201)
    stub.on("POST", "/hub/api/users/ada/servers/big%20one", 202)
    hub(stub).start("a@b/c", "")
    hub(stub).start("ada", "big one")
    assert [body for _, _, _, body in stub.asked] == [None, None]
    assert {headers["Authorization"] for _, _, headers, _ in stub.asked} == {"token service-token"}


@pytest.mark.parametrize(
    ("servers", "server"),
    [
        ({}, Server()),
        ({"": {"ready": True, "pending": None}}, Server(True, True, "")),
        ({"": {"ready": False, "pending": "stop"}}, Server(True, False, "stop")),
        ({"": {"ready": False, "pending": "spawn"}}, Server(True, False, "spawn")),
        ({"": {"ready": False, "pending": None}}, Server(False, False, "")),
    ],
)
def test_where_a_server_stands(stub: Stub, servers: dict, server: Server) -> None:
    stub.on("GET", "/hub/api/users/ada", 200, {"name": "ada", "servers": servers})
    assert hub(stub).server("ada", "") == server


def test_a_server_that_is_not_there_counts_as_stopped(stub: Stub) -> None:
    hub(stub).stop("ada", "named")
    stub.on("DELETE", "/hub/api/users/ada/server", 202)
    hub(stub).stop("ada", "")


@pytest.mark.parametrize(
    ("status", "headers", "said", "retry_after"),
    [
        (429, {"Retry_After": "17"}, "would not start", 17.0),
        (429, {}, "would not start", 10.0),
        (400, {}, "would not start", 0.0),
        (403, {}, "scopes servers", 0.0),
    ],
)
def test_a_hubs_refusal_says_what_to_do(
    stub: Stub, status: int, headers: dict[str, str], said: str, retry_after: float
) -> None:
    stub.on("POST", "/hub/api/users/ada/server", status, {"message": "m"}, **headers)
    with pytest.raises(HubError, match=said) as error:
        hub(stub).start("ada", "")
    assert (error.value.status, error.value.retry_after) == (status, retry_after)


def test_a_hub_that_takes_long_over_a_start_is_left_to_it(stub: Stub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sojourn_operator.hubclient.PATIENCE", 0.05)
    monkeypatch.setattr("sojourn_operator.hubclient.TIMEOUT", 0.05)
    listener = socket.create_server(("127.0.0.1", 0))  # takes the request and says nothing
    slow = RestHub(f"http://127.0.0.1:{listener.getsockname()[1]}/hub/api", lambda: "t")
    with listener:
        slow.start("ada", "")
        slow.stop("ada", "")
        with pytest.raises(HubError, match="too long"):
            slow.server("ada", "")


def test_missing_scopes_and_strangers_are_not_taken_for_a_stopped_server(stub: Stub) -> None:
    stub.on("GET", "/hub/api/users/ada", 200, {"name": "ada"})
    with pytest.raises(HubError, match="read:servers"):
        hub(stub).server("ada", "")
    stub.on("GET", "/hub/api/users/ada", 200, b"<html>")
    with pytest.raises(HubError, match="no JupyterHub"):
        hub(stub).server("ada", "")
    with pytest.raises(HubError, match="does not answer"):
        RestHub("http://127.0.0.1:9", lambda: "").server("ada", "")
