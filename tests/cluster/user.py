"""A hub's user, doing over the network what a browser does: logging in, starting a server, running cells."""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass, field
from typing import Any

import requests
import websocket

from tests.cluster.cells import Cell, Channel
from tests.cluster.hub import Hub


class HubRefused(RuntimeError):
    """The hub or the user's server answered with an error; the message holds the request, the status and the answer."""

    def __init__(self, what: str, status: int, text: str) -> None:
        self.status = status
        super().__init__(f"{what}: {status} {text[:1000]}")


@dataclass
class User:
    """One user with one server. ``token`` is the user's own, got at login."""

    hub: Hub
    name: str
    token: str = field(repr=False)
    server: str = ""

    @property
    def base(self) -> str:
        """The server's URL at the proxy, without a slash at the end."""
        return f"{self.hub.url}/user/{self.name}" + (f"/{self.server}" if self.server else "")

    @property
    def pod(self) -> str:
        """Name of the server's pod."""
        return f"jupyter-{self.name}" + (f"--{self.server}" if self.server else "")

    @property
    def node(self) -> str | None:
        """Name of the node that the pod is on; None while it has none."""
        found = self.hub.cluster.get("pod", self.pod, "-n", self.hub.namespace)
        return found["spec"].get("nodeName")

    def exec(self, *argv: str) -> str:
        """Standard output of a program in the pod."""
        return self.hub.cluster.kubectl("exec", "-n", self.hub.namespace, self.pod, "-c", "notebook", "--", *argv)

    def request(self, method: str, path: str, body: Any = None, timeout: float = 60) -> Any:
        """Ask the server's REST API, e.g. ``api/kernels``. Returns the parsed answer. Raises HubRefused."""
        return _request(method, f"{self.base}/{path}", self.token, body, timeout)

    def spawn(self, timeout: float = 180) -> User:
        """Start the server unless it runs, and wait until the hub says that it is ready (``timeout`` in seconds)."""
        if not self.ready():
            try:
                self.ask_hub("POST", self._server_path, {}, timeout)
            except HubRefused as refused:
                if refused.status != 400:  # it runs, or is about to
                    raise
        end = time.monotonic() + timeout
        while not self.ready():
            if time.monotonic() > end:
                raise TimeoutError(f"{self.name}'s server wasn't ready after {timeout:.0f} s")
            time.sleep(0.2)
        return self

    def ready(self) -> bool:
        """Whether the hub says that the server is ready."""
        return bool(self.ask_hub("GET", f"users/{self.name}").get("servers", {}).get(self.server, {}).get("ready"))

    def stop(self, timeout: float = 120) -> None:
        """Stop the server as the hub's own button does, and wait until the pod is gone (``timeout`` in seconds)."""
        self.ask_hub("DELETE", self._server_path, timeout=timeout)
        self.hub.cluster.wait("--for=delete", f"pod/{self.pod}", "-n", self.hub.namespace, timeout=timeout)

    def end(self) -> None:
        """Stop whatever runs for the user at once, without giving it time to save, and remove the user's home."""
        cluster, namespace = self.hub.cluster, self.hub.namespace
        # The hub first: a pod that only goes away is one that the operator rightly brings back.
        try:
            self.ask_hub("DELETE", self._server_path, timeout=120)
        except HubRefused as refused:
            if refused.status not in (400, 404):  # it doesn't run
                raise
        cluster.kubectl("delete", "pod", self.pod, "-n", namespace, "--ignore-not-found", "--grace-period=1")
        self.hub.run_in_hub("rm", "-rf", f"/srv/homes/{self.name}")

    def ask_hub(self, method: str, path: str, body: Any = None, timeout: float = 60) -> Any:
        """Ask the hub's REST API as the user. Raises HubRefused."""
        return _request(method, f"{self.hub.outside}/{path}", self.token, body, timeout)

    @property
    def _server_path(self) -> str:
        return f"users/{self.name}/servers/{self.server}" if self.server else f"users/{self.name}/server"

    def open(self, path: str = "work.ipynb", kernel: str = "sojourn") -> Notebook:
        """Make a notebook's Jupyter session, or attach to the one that is there, as JupyterLab does."""
        body = {"path": path, "name": path, "type": "notebook", "kernel": {"name": kernel}}
        found = self.request("POST", "api/sessions", body)
        return Notebook(self, path, found["id"], found["kernel"]["id"])

    def kernels(self) -> list[dict[str, Any]]:
        return self.request("GET", "api/kernels")

    def sessions(self) -> list[dict[str, Any]]:
        return self.request("GET", "api/sessions")

    def write(self, path: str, text: str) -> None:
        """Save a text file in the user's home."""
        self.request("PUT", f"api/contents/{path}", {"type": "file", "format": "text", "content": text})


@dataclass(frozen=True)
class Notebook:
    """One Jupyter session of a user: its id and its kernel's, as they were when it was opened."""

    user: User
    path: str
    session: str
    kernel: str

    def channel(self, timeout: float = 60) -> Channel:
        """A websocket to the kernel, through the proxy. Close it, or use it in a ``with`` block."""
        address = self.user.base.replace("http", "ws", 1)
        url = f"{address}/api/kernels/{self.kernel}/channels?session_id={uuid.uuid4().hex}"
        header = [f"Authorization: token {self.user.token}"]
        return Channel(websocket.create_connection(url, header=header, timeout=timeout))

    def run(self, code: str, timeout: float = 120) -> Cell:
        """Run a cell over a connection of its own, and wait for its end (``timeout`` in seconds)."""
        with self.channel() as channel:
            return channel.run(code, timeout)

    def value(self, expression: str, timeout: float = 120) -> str:
        """The repr of an expression in the kernel. Raises CellFailed when it doesn't evaluate."""
        return self.run(f"print(repr({expression}))", timeout).checked().stdout.strip()


def log_in(hub: Hub, name: str, server: str = "") -> User:
    """Log in at the hub's form, and get a token that acts for the user. Raises HubRefused."""
    browser = requests.Session()
    browser.get(f"{hub.url}/hub/login", timeout=60).raise_for_status()
    form = {"username": name, "password": hub.password, "_xsrf": browser.cookies["_xsrf"]}
    answer = browser.post(f"{hub.url}/hub/login", data=form, allow_redirects=False, timeout=60)
    if answer.status_code != 302:
        raise HubRefused(f"login of {name}", answer.status_code, answer.text)
    browser.get(f"{hub.url}/hub/token", timeout=60)  # sets the logged-in user's _xsrf
    headers = {"X-XSRFToken": _xsrf(browser), "Referer": f"{hub.url}/hub/token"}
    body = {"note": "tests", "expires_in": 86400}
    answer = browser.post(f"{hub.outside}/users/{name}/tokens", json=body, headers=headers, timeout=60)
    if answer.status_code != 201:
        raise HubRefused(f"token for {name}", answer.status_code, answer.text)
    return User(hub, name, answer.json()["token"], server)


def _xsrf(browser: requests.Session) -> str:
    """The last of the session's _xsrf cookies: the hub sets one per path."""
    return [cookie.value for cookie in browser.cookies if cookie.name == "_xsrf" and cookie.value][-1]


def _request(method: str, url: str, token: str, body: Any = None, timeout: float = 60) -> Any:
    answer = requests.request(method, url, headers={"Authorization": f"token {token}"}, json=body, timeout=timeout)
    if answer.status_code >= 400:
        raise HubRefused(f"{method} {url}", answer.status_code, answer.text)
    return answer.json() if answer.content else None
