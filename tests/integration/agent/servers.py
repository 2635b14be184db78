"""Real Jupyter servers as subprocesses, and tabs that talk to their kernels over real websockets."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import websocket
from jupyter_client.session import Session
from jupyter_server.services.kernels.connection.base import deserialize_msg_from_ws_v1, serialize_msg_to_ws_v1
from sojourn_kernel.cli import kernelspec
from sojourn_kernel.protocol import KERNEL_NAME

TOKEN = "jupyters-own-token"
AGENT_TOKEN = "the-agents-token"
HERE = Path(__file__).parent
WAIT = 60.0
SLOW_TO_LOAD = ("jupyterlab", "jupyter_lsp", "notebook_shim", "jupyter_server_terminals")
EXTENSIONS = {"sojourn_kernel.server": True, **dict.fromkeys(SLOW_TO_LOAD, False)}


def until(check: Any, what: str, timeout: float = WAIT) -> Any:
    """The first true value of ``check()``."""
    ends = time.monotonic() + timeout
    while time.monotonic() < ends:
        if value := check():
            return value
        time.sleep(0.05)
    raise AssertionError(f"{what} did not come about within {timeout:g} s")


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: Any) -> None:
        return None


@dataclass
class Answer:
    code: int
    body: Any
    headers: Any


@dataclass
class Home:
    """What outlives a pod: the home volume, the store, a port that is always the same."""

    folder: Path
    port: int
    env: dict[str, str] = field(default_factory=dict)

    @property
    def store(self) -> str:
        return self.env.get("SOJOURN_STORE", f"file://{self.folder}/store")

    @property
    def session(self) -> str:
        return self.env.get("SOJOURN_SESSION", "space/ada/default") or "hub-space/ada/default"

    def environment(self) -> dict[str, str]:
        foreign = ("SOJOURN_", "JUPYTER", "JPY_", "KUBERNETES_")
        clean = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
        return {
            **clean,
            "HOME": str(self.folder),
            "JUPYTER_CONFIG_DIR": str(self.folder / "config"),
            "JUPYTER_DATA_DIR": str(self.folder / "data"),
            "JUPYTER_RUNTIME_DIR": str(self.folder / "runtime"),
            "IPYTHONDIR": str(self.folder / "ipython"),
            "SOJOURN_STORE": self.store,
            "SOJOURN_SESSION": "space/ada/default",
            "SOJOURN_GRACE": "20",
            "SOJOURN_AGENT_TOKEN_FILE": str(self.folder / "agent-token"),
            "STUB_FOLDER": str(self.folder / "stub"),
            **self.env,
        }

    def prepare(self) -> None:
        for name in ("config", "data/kernels", "runtime", "ipython", "stub", "notebooks/deep"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        (self.folder / "agent-token").write_text(AGENT_TOKEN + "\n")
        enabled = self.folder / "config/jupyter_server_config.d"
        enabled.mkdir()
        (enabled / "sojourn.json").write_text(json.dumps({"ServerApp": {"jpserver_extensions": EXTENSIONS}}))
        for mood in ("good", "mute", "failing"):
            self.add_kernelspec(f"stub-{mood}", self.stub(f"stub-{mood}", {"STUB_MOOD": mood}))
        self.add_kernelspec(KERNEL_NAME, kernelspec())

    def stub(self, name: str, env: dict[str, str]) -> dict[str, Any]:
        return {
            "argv": [sys.executable, str(HERE / "stub_kernel.py"), "-f", "{connection_file}"],
            "display_name": name,
            "language": "python",
            "env": env,
            "metadata": {"sojourn": True},
        }

    def add_kernelspec(self, name: str, spec: dict[str, Any]) -> None:
        folder = self.folder / "data" / "kernels" / name
        folder.mkdir(exist_ok=True)
        (folder / "kernel.json").write_text(json.dumps(spec))


class Server:
    """One pod's Jupyter server."""

    def __init__(
        self, home: Home, *arguments: str, port: int | None = None, module: str = "jupyter_server", **env: str
    ) -> None:
        self.home = home
        self.port = port or home.port
        self.base = "/user/ada/"
        self.log = home.folder / f"server-{time.monotonic_ns()}.log"
        command = [
            sys.executable,
            "-m",
            module,
            f"--ServerApp.port={self.port}",
            "--ServerApp.port_retries=0",
            "--ServerApp.open_browser=False",
            "--ServerApp.allow_root=True",
            f"--IdentityProvider.token={TOKEN}",
            f"--ServerApp.base_url={self.base}",
            f"--ServerApp.root_dir={home.folder / 'notebooks'}",
            *arguments,
        ]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                command,
                env={**home.environment(), **env},
                stdout=log,
                stderr=log,
                cwd=home.folder,
                start_new_session=True,
            )

    # -- HTTP --------------------------------------------------------------------------------------------------------

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        token: str | None = TOKEN,
        timeout: float = WAIT,
        redirects: bool = True,
        raw: bytes | None = None,
    ) -> Answer:
        data = raw if raw is not None else (None if body is None else json.dumps(body).encode())
        headers = {"Content-Type": "application/json"}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        url = f"http://127.0.0.1:{self.port}{self.base}{path}"
        opener = urllib.request.build_opener(*(() if redirects else (NoRedirect,)))
        for _ in range(20):
            request = urllib.request.Request(url, data, headers, method=method)
            try:
                with opener.open(request, timeout=timeout) as answer:
                    return _answer(answer.status, answer.read(), answer.headers)
            except urllib.error.HTTPError as error:
                if error.code == 307 and redirects:  # urllib does not repeat a POST
                    continue
                return _answer(error.code, error.read(), error.headers)
        raise AssertionError("too many redirects")

    def get(self, path: str, **kwargs: Any) -> Any:
        answer = self.ask("GET", path, **kwargs)
        assert answer.code == 200, (answer.code, answer.body)
        return answer.body

    def post(self, path: str, body: Any = None, **kwargs: Any) -> Any:
        answer = self.ask("POST", path, body, **kwargs)
        assert answer.code in (200, 201), (answer.code, answer.body)
        return answer.body

    def api(self, path: str) -> Any:
        return self.get(f"sojourn/api/v1/{path}")

    def is_up(self) -> bool:
        assert self.process.poll() is None, f"the server ended:\n{self.log.read_text()}"
        try:
            return self.ask("GET", "api", timeout=5).code == 200
        except OSError:
            return False

    def up(self) -> Server:
        until(self.is_up, "a listening server")
        return self

    def ready(self) -> Server:
        """Wait until the session is restored."""
        self.up()
        until(lambda: self.api("health")["restored"], f"a restored session ({self.log})")
        return self

    # -- what a user does --------------------------------------------------------------------------------------------

    def open_notebook(self, name: str = "work.ipynb", kernel: str = "stub-good") -> tuple[str, str]:
        """Open a notebook as JupyterLab does. Returns the ids of its Jupyter session and of its kernel."""
        body = {"path": name, "name": Path(name).name, "type": "notebook", "kernel": {"name": kernel}}
        model = self.post("api/sessions", body)
        return model["id"], model["kernel"]["id"]

    def tab(self, kernel_id: str, client: str | None = None) -> Tab:
        return Tab(self, kernel_id, client)

    def run(self, kernel_id: str, code: str) -> str:
        """Run a cell from a tab of its own; returns what it printed or raised, and its last value."""
        tab = self.tab(kernel_id)
        try:
            return tab.run(code)
        finally:
            tab.close()

    # -- ends --------------------------------------------------------------------------------------------------------

    def stop(self, timeout: float = 40.0) -> int:
        """SIGTERM to the server alone, as a pod's stop does; returns its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout)

    def kill(self) -> None:
        """SIGKILL, as the kernel's out-of-memory killer does."""
        self.process.kill()
        self.process.wait(10)

    def end(self) -> None:
        """End whatever is left, kernels included."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(10)
        for pid in children_of(self.home):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass


def children_of(home: Home) -> Iterator[int]:
    """Processes that were started with this home: kernels outlive a killed server for about a second."""
    mark = f"STUB_FOLDER={home.folder / 'stub'}".encode()
    for path in Path("/proc").glob("[0-9]*/environ"):
        try:
            if mark in path.read_bytes().split(b"\0"):
                yield int(path.parent.name)
        except OSError:
            continue


def _answer(code: int, data: bytes, headers: Any) -> Answer:
    try:
        return Answer(code, json.loads(data) if data else None, headers)
    except ValueError:
        return Answer(code, data, headers)


class Tab:
    """A browser tab's connection to one kernel. A tab that reconnects keeps its client id, as JupyterLab does."""

    def __init__(self, server: Server, kernel_id: str, client: str | None = None, v1: bool = True) -> None:
        self.client = client or uuid.uuid4().hex
        self.session = Session(session=self.client, key=b"")
        url = f"ws://127.0.0.1:{server.port}{server.base}api/kernels/{kernel_id}/channels?session_id={self.client}"
        self.v1 = v1
        self.socket = websocket.create_connection(
            url,
            timeout=WAIT,
            header=[f"Authorization: token {TOKEN}"],
            subprotocols=["v1.kernel.websocket.jupyter.org"] if v1 else [],
        )

    def send(self, code: str) -> str:
        """Send a cell; returns its message id."""
        message = self.session.msg("execute_request", {"code": code, "silent": False, "store_history": True})
        if self.v1:
            self.socket.send_binary(serialize_msg_to_ws_v1(message, "shell", self.session.pack))
        else:
            self.socket.send(json.dumps({**message, "channel": "shell"}, default=str))
        return message["header"]["msg_id"]

    def receive(self) -> tuple[str, dict[str, Any]]:
        """The next message: (channel, message)."""
        data = self.socket.recv()
        if self.v1:
            channel, parts = deserialize_msg_from_ws_v1(data)
            header, parent, metadata, content = (json.loads(part) for part in parts[:4])
            return channel, {"header": header, "parent_header": parent, "metadata": metadata, "content": content}
        message = json.loads(data)
        return message.pop("channel"), message

    def answers(self, msg_id: str) -> list[tuple[str, dict[str, Any]]]:
        """All messages in answer to a cell, until both its reply and its idle status are there."""
        got: list[tuple[str, dict[str, Any]]] = []
        replied = idle = False
        while not (replied and idle):
            _, message = self.receive()
            if message["parent_header"].get("msg_id") != msg_id:
                continue
            kind = message["header"]["msg_type"]
            got.append((kind, message["content"]))
            replied = replied or kind == "execute_reply"
            idle = idle or (kind == "status" and message["content"]["execution_state"] == "idle")
        return got

    def wait_for(self, kind: str, msg_id: str | None = None, **content: Any) -> dict[str, Any]:
        """The content of the next message of a kind, in answer to a cell."""
        while True:
            _, message = self.receive()
            if message["header"]["msg_type"] != kind or (msg_id and message["parent_header"].get("msg_id") != msg_id):
                continue
            if all(message["content"].get(key) == value for key, value in content.items()):
                return message["content"]

    def run(self, code: str) -> str:
        shown = []
        for kind, content in self.answers(self.send(code)):
            if kind == "stream":
                shown.append(content["text"].rstrip("\n"))
            elif kind == "execute_result":
                shown.append(content["data"]["text/plain"])
            elif kind == "error":
                shown.append(f"{content['ename']}: {content['evalue']}")
        return "\n".join(shown)

    def close(self) -> None:
        self.socket.close()
