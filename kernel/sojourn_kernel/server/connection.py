"""A tab's websocket to a kernel, watched: which cells it is owed an answer for, and what it is told after a move."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

from jupyter_client.jsonutil import json_default
from jupyter_server.services.kernels.connection.base import (
    deserialize_binary_message,
    deserialize_msg_from_ws_v1,
    serialize_msg_to_ws_v1,
)

from . import cells
from .link import note_progress

if TYPE_CHECKING:
    from .kernels import Kernels
    from .roster import Cell

V1 = "v1.kernel.websocket.jupyter.org"
SETTLE = 0.1  # seconds from a connection's first sign of life to the messages of an earlier pod


def watched(base: type, kernels: Kernels) -> type:
    """A subclass of the server's own connection class, so that whatever class a site has configured goes on working."""

    class WatchedConnection(base):  # type: ignore[misc]
        sojourn_hears: str | None = None  # the messaging session of the kernel's process that was heard last

        def handle_incoming_message(self, incoming_msg: Any) -> None:
            message = _to_shell(incoming_msg, self.subprotocol, kernels.parks(self.kernel_id))
            if message is not None:
                kind = message["header"].get("msg_type")
                if kernels.parks(self.kernel_id) and kind in cells.PARKED_TYPES:
                    kernels.ledger(self.kernel_id).sent(message, self.session.session, "parked")
                    return
                if kind == "execute_request":
                    kernels.link(self.kernel_id)
                    kernels.ledger(self.kernel_id).sent(message, self.session.session)
                    if notice := kernels.take_notice(self.kernel_id):
                        _write(self, kernels, "stream", "iopub", {"name": "stderr", "text": notice}, message["header"])
            super().handle_incoming_message(incoming_msg)

        def handle_outgoing_message(self, stream: Any, outgoing_msg: list[Any]) -> None:
            super().handle_outgoing_message(stream, outgoing_msg)
            channel = stream if isinstance(stream, str) else getattr(stream, "channel", None)
            if channel not in ("shell", "iopub"):
                return
            _, parts = self.session.feed_identities(outgoing_msg)
            if channel == "iopub":  # the agent's own line to a kernel that has just started may miss what this one sees
                note_progress(kernels.ledger(self.kernel_id), parts)
                if kernels.parks(self.kernel_id):
                    self.sojourn_hears = json.loads(bytes(parts[1])).get("session")
            elif json.loads(bytes(parts[1])).get("msg_type") == "execute_reply":
                kernels.ledger(self.kernel_id).answered(json.loads(bytes(parts[2])).get("msg_id"))

        def connect(self) -> Any:
            connected = super().connect()
            if connected is not None:
                loop = asyncio.get_running_loop()
                connected.add_done_callback(lambda _: loop.call_later(SETTLE, catch_up, self, kernels))
            return connected

    WatchedConnection.__name__ = WatchedConnection.__qualname__ = f"Watched{base.__name__}"
    return WatchedConnection


def catch_up(connection: Any, kernels: Kernels) -> None:
    """After a (re)connection: answer the cells that the move cost, send on those it kept back, say the status."""
    if not is_open(connection) or connection.kernel_id not in connection.multi_kernel_manager:
        return  # gone again: what it is owed waits for its next try
    tell_lost(connection, kernels)
    if not kernels.parks(connection.kernel_id):
        send_parked(connection, kernels)
    if kernels.came_back(connection.kernel_id):
        # JupyterLab ignores the status that its own first request causes, and would show "Unknown" until a cell runs
        busy = getattr(connection.kernel_manager, "execution_state", "idle") == "busy"
        _write(connection, kernels, "status", "iopub", {"execution_state": "busy" if busy else "idle"}, {})


def is_open(connection: Any) -> bool:
    """Whether what is written to a tab's connection can still arrive."""
    websocket = connection.websocket_handler.ws_connection
    return bool(websocket is not None and not websocket.is_closing() and connection.channels)


def tell_lost(connection: Any, kernels: Kernels) -> None:
    """Answer the cells of this tab that nobody else will answer."""
    for cell in kernels.ledger(connection.kernel_id).take_lost(connection.session.session):
        _answer(connection, kernels, cell)


def send_parked(connection: Any, kernels: Kernels) -> None:
    """Send the kernel what this tab sent while the session moved, as if it came now."""
    ledger = kernels.ledger(connection.kernel_id)
    for message in ledger.take_parked(connection.session.session):
        kernels.link(connection.kernel_id)
        if message["header"].get("msg_type") == "execute_request":
            ledger.sent(message, connection.session.session)
        connection.session.send(connection.channels["shell"], message, buffers=message["buffers"])


def _answer(connection: Any, kernels: Kernels, cell: Cell) -> None:
    name, text = cells.error_name(cell), cells.sentence(cell)
    error = {"ename": name, "evalue": text, "traceback": [f"\x1b[0;31m{name}\x1b[0m: {text}"]}
    _write(connection, kernels, "error", "iopub", error, cell.header)
    _write(connection, kernels, "status", "iopub", {"execution_state": "idle"}, cell.header)
    reply: dict[str, Any] = {"status": "error", "execution_count": None, "user_expressions": {}, "payload": [], **error}
    _write(connection, kernels, "execute_reply", "shell", reply, cell.header)


def _write(connection: Any, kernels: Kernels, kind: str, channel: str, content: dict[str, Any], parent: Any) -> None:
    """Write one message to the tab as if the kernel had sent it, in answer to the request with header ``parent``."""
    message = connection.session.msg(kind, content, parent={"header": dict(parent)} if parent else None)
    if known := kernels.ledger(connection.kernel_id).kernel_session:
        message["header"]["session"] = known  # JupyterLab drops messages of a session that is not the kernel's latest
    if connection.subprotocol == V1:
        connection.write_message(serialize_msg_to_ws_v1(message, channel, connection.session.pack), binary=True)
    else:
        connection.write_message(json.dumps({**message, "channel": channel}, default=json_default))


def _to_shell(raw: Any, subprotocol: str | None, whole: bool) -> dict[str, Any] | None:
    """The message if it goes to the shell channel and may matter here, else None.

    Unless ``whole``, only cells matter, and nothing else is parsed. Malformed ones are left to the server to report.
    """
    try:
        if subprotocol == V1:
            channel, parts = deserialize_msg_from_ws_v1(raw)
            if channel != "shell" or not (whole or b"execute_request" in parts[0]):
                return None
            header, parent, metadata, content = (json.loads(part) for part in parts[:4])
            return {
                "header": header,
                "parent_header": parent,
                "metadata": metadata,
                "content": content,
                "buffers": [bytes(part) for part in parts[4:]],
            }
        if not whole and (b"execute_request" if isinstance(raw, bytes) else "execute_request") not in raw:
            return None
        message = deserialize_binary_message(raw) if isinstance(raw, bytes) else json.loads(raw)
        return message if message.get("channel", "shell") == "shell" and message.get("header") else None
    except (ValueError, TypeError, KeyError, IndexError, AttributeError):
        return None
