"""Under jupyterhub-singleuser (its extension mode), with a small stand-in for the Hub's API."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from .servers import AGENT_TOKEN, TOKEN, Home, Server, until
from .test_comeback import stored

Start = Callable[..., Server]
HUB_TOKEN = "the-pods-own-hub-token"
USER = {"kind": "user", "name": "ada", "admin": False, "groups": [], "scopes": ["access:servers!user=ada"]}


class Hub(BaseHTTPRequestHandler):
    """Knows one user and one user's token (TOKEN), and counts what it is asked about."""

    asked: list[str]

    def do_GET(self) -> None:
        token = self.headers.get("Authorization", "").partition(" ")[2]
        if self.path.rstrip("/") == "/hub/api":
            return self.reply(200, {"version": "6.1.1"})
        if self.path.startswith("/hub/api/user"):
            self.asked.append(token)
            return self.reply(200, USER) if token == TOKEN else self.reply(403, {"message": "who is that?"})
        return self.reply(404, {})

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.reply(200, {})

    def reply(self, code: int, body: Any) -> None:
        data = json.dumps(body).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("X-JupyterHub-Version", "6.1.1")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def hub() -> Iterator[ThreadingHTTPServer]:
    Hub.asked = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def spawn(start: Start, home: Home, hub: ThreadingHTTPServer) -> Server:
    api = f"http://127.0.0.1:{hub.server_port}/hub/api"
    home.env.update(
        JUPYTERHUB_API_URL=api,
        JUPYTERHUB_ACTIVITY_URL=f"{api}/users/ada/activity",
        JUPYTERHUB_API_TOKEN=HUB_TOKEN,
        JUPYTERHUB_BASE_URL="/",
        JUPYTERHUB_CLIENT_ID="jupyterhub-user-ada",
        JUPYTERHUB_HOST="",
        JUPYTERHUB_OAUTH_SCOPES='["access:servers!server=ada/", "access:servers!user=ada"]',
        JUPYTERHUB_SERVER_NAME="",
        JUPYTERHUB_SERVICE_PREFIX="/user/ada/",
        JUPYTERHUB_SERVICE_URL=f"http://127.0.0.1:{home.port}/user/ada/",
        JUPYTERHUB_SINGLEUSER_EXTENSION="1",
        JUPYTERHUB_USER="ada",
        POD_NAMESPACE="hub-space",
        SOJOURN_SESSION="",
    )
    return start(module="jupyterhub.singleuser")


def test_a_hub_users_session_comes_back_under_its_old_ids(start: Start, home: Home, hub: ThreadingHTTPServer) -> None:
    first = spawn(start, home, hub).ready()
    assert first.api("status")["session"] == "hub-space/ada/default"
    session, kernel = first.open_notebook()
    first.run(kernel, "x = 41")
    saved = first.post("sojourn/api/v1/checkpoint", {"deadline": 10, "quiesce": True}, token=AGENT_TOKEN)
    assert saved["ok"]
    assert first.stop() == 0
    assert AGENT_TOKEN not in Hub.asked, "the agent's token is none of the Hub's business"

    second = spawn(start, home, hub).ready()
    (model,) = second.get("api/sessions")
    assert (model["id"], model["kernel"]["id"]) == (session, kernel)
    assert second.run(kernel, "x + 1") == "42"


def test_on_a_hub_only_the_hubs_users_and_the_agents_token_get_in(
    start: Start, home: Home, hub: ThreadingHTTPServer
) -> None:
    server = spawn(start, home, hub).up()
    until(lambda: server.ask("GET", "sojourn/api/v1/health", token=None).body.get("restored"), "health without a token")
    assert server.ask("GET", "sojourn/api/v1/status", token=AGENT_TOKEN).code == 200
    assert server.ask("GET", "sojourn/api/v1/status", token=TOKEN).code == 200
    for token in (None, "wrong"):
        assert server.ask("GET", "sojourn/api/v1/status", token=token).code == 403
        assert server.ask("POST", "sojourn/api/v1/checkpoint", {}, token=token).code == 403


def test_a_pods_sigint_from_the_hub_saves_as_well(start: Start, home: Home, hub: ThreadingHTTPServer) -> None:
    first = spawn(start, home, hub).ready()
    _, kernel = first.open_notebook()
    first.run(kernel, "x = 3")
    until(lambda: kernel in stored(home), "the kernel in the stored list")
    first.process.send_signal(2)
    first.process.wait(40)
    assert spawn(start, home, hub).ready().run(kernel, "x") == "3"
