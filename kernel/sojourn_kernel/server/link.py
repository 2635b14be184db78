"""The agent's line to one kernel: requests on its control channel, and what it says of its cells on iopub."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from jupyter_client.session import Session

from .cells import CellLedger

PROVISIONER = "sojourn-provisioner"


class NoAnswer(Exception):
    """The kernel did not answer a request in time."""


def keeps_state(kernel: Any) -> bool:
    """Whether a kernel keeps its state: its kernelspec names our provisioner, or has ``"sojourn": true`` as metadata.

    The second is for kernels of other languages that answer ``sojourn_request``.
    """
    try:
        metadata = kernel.kernel_spec.metadata
    except Exception:  # the kernelspec is gone
        return False
    provisioner = metadata.get("kernel_provisioner", {}).get("provisioner_name")
    return bool(provisioner == PROVISIONER or metadata.get("sojourn") is True)


class KernelLink:
    """Open sockets to one kernel. ``ports`` tells a link that a restart on other ports has made stale."""

    def __init__(self, kernel: Any, ledger: CellLedger) -> None:
        self.ports = tuple(kernel.ports)
        self._ledger = ledger
        self._session = Session(config=kernel.session.config, key=kernel.session.key)
        self._waiting: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._control = kernel.connect_control()
        self._control.on_recv(self._on_reply)
        self._iopub = kernel.connect_iopub()
        self._iopub.on_recv(self._on_iopub)

    def close(self) -> None:
        for stream in (self._control, self._iopub):
            if not stream.closed():
                stream.close()
        for future in self._waiting.values():
            if not future.done():  # no cancel(): that would end who asked
                future.set_exception(NoAnswer("The line to the kernel was closed."))

    async def ask(self, op: str, timeout: float, **content: Any) -> dict[str, Any]:
        """Send ``sojourn_request`` and return the content of its ``sojourn_reply``.

        Raises NoAnswer after ``timeout`` seconds, or when the line is closed.
        """
        message = self._session.msg("sojourn_request", {"op": op, **content})
        msg_id = message["header"]["msg_id"]
        future: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._waiting[msg_id] = future
        try:
            self._session.send(self._control, message)
            return await asyncio.wait_for(future, timeout)
        except asyncio.TimeoutError as error:
            raise NoAnswer(f"The kernel did not answer within {timeout:.3g} s.") from error
        finally:
            self._waiting.pop(msg_id, None)

    def _on_reply(self, frames: list[bytes]) -> None:
        _, parts = self._session.feed_identities(frames)
        try:
            message = self._session.deserialize(parts)
        except ValueError:  # not signed with this kernel's key
            return
        future = self._waiting.get(message["parent_header"].get("msg_id", ""))
        if future is not None and not future.done():
            future.set_result(message["content"])

    def _on_iopub(self, frames: list[bytes]) -> None:
        _, parts = self._session.feed_identities(frames)
        if b"status" not in parts[1] and b"execute_input" not in parts[1]:  # outputs may be many and large
            return
        header = json.loads(parts[1])
        self._ledger.heard(header.get("session", ""))
        if header.get("msg_type") == "execute_input":
            self._ledger.count = json.loads(parts[4]).get("execution_count")
        note_progress(self._ledger, parts)


def note_progress(ledger: CellLedger, parts: list[Any]) -> None:
    """Note in the ledger what a message on iopub, without its identities, says of a cell's begin or end."""
    if b"status" not in bytes(parts[1]):
        return
    parent, content = json.loads(bytes(parts[2])), json.loads(bytes(parts[4]))
    if parent.get("msg_type") != "execute_request":
        return
    if content.get("execution_state") == "busy":
        ledger.started(parent["msg_id"])
    elif content.get("execution_state") == "idle":
        ledger.finished(parent["msg_id"])
