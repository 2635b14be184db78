"""JupyterHub's REST API, with the scopes read:servers, servers, list:users (and access:servers for the agents)."""

from __future__ import annotations

import json
import ssl
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import quote

TIMEOUT = 20.0  # seconds
PATIENCE = 2.0  # for a start or stop: the Hub answers when it is done or after 10 s, and goes on by itself either way


class HubError(Exception):
    """The Hub refused or could not be asked. ``retry_after``: seconds it asked to wait; ``status`` 0: no answer."""

    def __init__(self, message: str, status: int = 0, retry_after: float = 0.0) -> None:
        super().__init__(message)
        self.status, self.retry_after = status, retry_after


@dataclass(frozen=True)
class Server:
    """One named server as the Hub sees it; ``pending`` is "", "spawn" or "stop"."""

    active: bool = False
    ready: bool = False
    pending: str = ""


class Hub(Protocol):
    """What workloads need of a hub; tests have one in memory."""

    def owns(self, namespace: str) -> bool:
        """Whether pods of that namespace are this hub's."""

    def server(self, user: str, name: str) -> Server:
        """Where a server stands; raises HubError."""

    def stop(self, user: str, name: str) -> None:
        """Stop it; nothing when it is stopped or stopping. Raises HubError."""

    def start(self, user: str, name: str) -> None:
        """Start it with the user's last options; nothing while it is starting. Raises HubError."""


@dataclass(frozen=True)
class RestHub:
    """:class:`Hub` over HTTP. ``token`` is asked for at each request: a rotated Secret takes effect at once."""

    url: str
    token: Callable[[], str]
    namespace: str = ""

    def owns(self, namespace: str) -> bool:
        return not self.namespace or namespace == self.namespace

    def server(self, user: str, name: str) -> Server:
        body = self._call("GET", f"users/{quote(user, safe='')}")
        if "servers" not in body:
            raise HubError("the hub does not show servers: its service `sojourn` needs the scope read:servers", 403)
        model = body["servers"].get(name)
        if not model:
            return Server()
        pending = model.get("pending") or ""
        return Server(bool(pending or model.get("ready")), bool(model.get("ready")), pending)

    def stop(self, user: str, name: str) -> None:
        self._call("DELETE", self._server(user, name), none_there=True)

    def start(self, user: str, name: str) -> None:
        self._call("POST", self._server(user, name))  # no body: the Hub takes the options of the last start

    def _server(self, user: str, name: str) -> str:
        user = quote(user, safe="")
        return f"users/{user}/servers/{quote(name, safe='')}" if name else f"users/{user}/server"

    def _call(self, method: str, path: str, none_there: bool = False) -> dict:
        request = urllib.request.Request(
            f"{self.url.rstrip('/')}/{path}", method=method, headers={"Authorization": f"token {self.token()}"}
        )
        try:
            with _open(request, TIMEOUT if method == "GET" else PATIENCE) as answer:
                data = answer.read()
        except urllib.error.HTTPError as error:
            text = error.read().decode(errors="replace")
            if error.code == 404 and none_there:
                return {}
            raise HubError(_sentence(method, path, error.code, text), error.code, _retry_after(error)) from None
        except TimeoutError:
            if method != "GET":
                return {}  # it is at it; where the server stands says what came of it
            raise HubError(f"the hub at {self.url} takes too long to answer") from None
        except (OSError, ValueError) as error:
            raise HubError(f"the hub does not answer at {self.url}: {error}") from None
        try:
            body = json.loads(data) if data.strip() else {}
        except ValueError:
            raise HubError(f"what answers at {self.url} is no JupyterHub API", 502) from None
        return body if isinstance(body, dict) else {}


def _open(request: urllib.request.Request, timeout: float):
    # No proxy from the environment: the hub is in the cluster.
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=ssl.create_default_context())
    )
    return opener.open(request, timeout=timeout)


def _retry_after(error: urllib.error.HTTPError) -> float:
    text = error.headers.get("Retry-After", "") if error.headers else ""
    if error.code not in (429, 503):
        return 0.0
    return min(300.0, float(text)) if text.replace(".", "", 1).isdigit() else 10.0


def _sentence(method: str, path: str, status: int, text: str) -> str:
    try:
        said = json.loads(text).get("message", "")
    except (ValueError, AttributeError):
        said = text[:200]
    verb = {"GET": "show", "POST": "start", "DELETE": "stop"}[method]
    hint = ""
    if status in (401, 403):
        hint = " (is the token right, and has its role the scopes servers, read:servers, list:users, access:servers?)"
    return f"the hub would not {verb} {path}: {status} {said}{hint}"
