"""Running cells over Jupyter's websocket, as a browser does."""

from __future__ import annotations

import json
import time
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

import websocket


class CellFailed(AssertionError):
    """A cell raised, or its run was aborted; the message holds the code and the traceback."""


class ChannelClosed(RuntimeError):
    """The websocket ended while a cell was awaited."""


@dataclass
class Cell:
    """One cell as it ran: ``status`` is ok, error or aborted; ``count``: its number; ``results``: mime bundles."""

    code: str
    message: str
    status: str = ""
    count: int | None = None
    stdout: str = ""
    stderr: str = ""
    results: list[dict[str, Any]] = field(default_factory=list)
    error: str = ""

    @property
    def text(self) -> str:
        """The value of the last expression, as text."""
        return self.results[-1].get("text/plain", "") if self.results else ""

    def checked(self) -> Cell:
        """The cell itself. Raises CellFailed unless it ended well."""
        if self.status != "ok":
            raise CellFailed(f"the cell {self.code!r} ended with {self.status}: {self.error}")
        return self


class Channel:
    """A websocket to one kernel."""

    def __init__(self, socket: websocket.WebSocket) -> None:
        self.socket = socket
        self.session = uuid.uuid4().hex

    def __enter__(self) -> Channel:
        return self

    def __exit__(self, *how: object) -> None:
        self.close()

    def close(self) -> None:
        self.socket.close()

    def send(self, code: str) -> Cell:
        """Ask for a cell to be run, and return at once."""
        message = uuid.uuid4().hex
        content = {"code": code, "silent": False, "store_history": True, "allow_stdin": False, "stop_on_error": True}
        header = {
            "msg_id": message,
            "msg_type": "execute_request",
            "session": self.session,
            "username": "tests",
            "date": datetime.now(timezone.utc).isoformat(),
            "version": "5.3",
        }
        request = {"channel": "shell", "header": header, "parent_header": {}, "metadata": {}, "content": content}
        self.socket.send(json.dumps({**request, "buffers": []}))
        return Cell(code, message)

    def wait(self, cell: Cell, timeout: float = 120) -> Cell:
        """Wait until a cell has ended: its reply is here, and its output. Raises TimeoutError or ChannelClosed."""
        end, idle = time.monotonic() + timeout, False
        while not (cell.status and idle):
            left = end - time.monotonic()
            if left <= 0:
                raise TimeoutError(f"the cell {cell.code!r} didn't end in {timeout:.0f} s; it printed {cell.stdout!r}")
            idle = self._take(cell, left) or idle
        return cell

    def run(self, code: str, timeout: float = 120) -> Cell:
        return self.wait(self.send(code), timeout)

    def _take(self, cell: Cell, patience: float) -> bool:
        """Take one message in; whether it says that the cell's output is complete."""
        self.socket.settimeout(patience)
        try:
            data = self.socket.recv()
        except websocket.WebSocketTimeoutException:
            return False
        except (websocket.WebSocketException, OSError) as error:
            raise ChannelClosed(f"the connection ended while {cell.code!r} ran: {error}") from None
        if not data:
            raise ChannelClosed(f"the connection ended while {cell.code!r} ran")
        message = json.loads(data)
        if message.get("parent_header", {}).get("msg_id") != cell.message:
            return False
        kind, content = message["header"]["msg_type"], message["content"]
        if kind == "stream":
            setattr(cell, content["name"], getattr(cell, content["name"]) + content["text"])
        elif kind in ("execute_result", "display_data"):
            cell.results.append(content["data"])
        elif kind == "error":
            cell.error = "\n".join(content.get("traceback") or [f"{content.get('ename')}: {content.get('evalue')}"])
        elif kind == "execute_reply":
            cell.status, cell.count = content["status"], content.get("execution_count")
            if content["status"] == "error" and not cell.error:
                cell.error = f"{content.get('ename')}: {content.get('evalue')}"
        return kind == "status" and content["execution_state"] == "idle"
