"""Cells that were asked for and not answered yet, so that a move leaves none of them hanging. Pure: no I/O."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from .roster import Cell

MOST_CELLS = 100  # per kernel; the oldest goes first
MOST_PARKED_BYTES = 1 << 20  # per kernel: the roster is one small document
PARKED_TYPES = frozenset(
    {"execute_request", "comm_open", "comm_msg", "comm_close"}
)  # what may change the kernel's state

LOST = {
    "running": "This cell was still running when the session moved, and was cut short: run it again.",
    "queued": "This cell had not started when the session moved: run it again.",
    "finished": "This cell ended, but its output did not reach this tab before the session moved.",
    "parked": "This cell was sent while the session moved and could not be kept: run it again.",
    "died": "The kernel died while this cell was running, most often because memory ran out: run it again.",
    "unreached": "The kernel died before this cell began: run it again.",
}

AT_DEATH = {"running": "died", "queued": "unreached"}  # what becomes of a cell's state when its kernel's process ends


@dataclass
class _Pending:
    cell: Cell
    since: float
    size: int


class CellLedger:
    """The unanswered cells of one kernel.

    ``clock`` returns seconds. ``arrived`` holds cells of an earlier pod, until the tab that sent them connects again.
    ``count`` is the execution count of the last cell that began; None until one did.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._pending: dict[str, _Pending] = {}
        self._kernel_session: str | None = None
        self._dead_session: str | None = None
        self._doubtful: set[str] = set()  # sent to a process that died before it began them
        self.arrived: tuple[Cell, ...] = ()
        self.count: int | None = None

    @property
    def kernel_session(self) -> str | None:
        """The messaging session of the kernel's process, once it has been heard of."""
        return self._kernel_session

    def heard(self, kernel_session: str) -> None:
        """The kernel's process said something; a new process knows nothing of the cells sent to the one before."""
        if kernel_session == self._dead_session:  # its last words, read after its death was noticed
            return
        if self._kernel_session not in (None, kernel_session):
            self._pending.clear()
            self.count = None
        self._kernel_session = kernel_session

    def died(self) -> None:
        """The kernel's process ended by itself: what it began has no other answer.

        What it did not begin may reach the next process: :meth:`unreached` ends the doubt.
        """
        for msg_id, pending in list(self._pending.items()):
            if pending.cell.state in ("running", "finished"):
                self._lose(msg_id)
        if self._kernel_session is not None:
            self._dead_session, self._kernel_session = self._kernel_session, None
        self.count = None
        self.doubt()

    def doubt(self) -> None:
        """What was sent until now may never reach the kernel's next process."""
        self._doubtful = {msg_id for msg_id, pending in self._pending.items() if pending.cell.state == "queued"}

    def unreached(self, begun: Mapping[str, str]) -> None:
        """The kernel's next process is idle and says which cells it began: those sent before that are not there are lost."""
        for msg_id in self._doubtful - set(begun):
            self._lose(msg_id)
        self._doubtful = set()

    def _lose(self, msg_id: str) -> None:
        if pending := self._pending.pop(msg_id, None):
            state = AT_DEATH.get(pending.cell.state, pending.cell.state)
            self.arrived += (replace(pending.cell, state=state, message=None),)

    def sent(self, message: Mapping[str, Any], client: str, state: str = "queued") -> None:
        """A client's request went to the kernel (``queued``), or is kept back for later (``parked``)."""
        portable = to_portable(message)
        size = len(json.dumps(portable))
        header = portable["header"]
        cell = Cell(header=header, state=state, message=portable, client=client)
        if size + sum(pending.size for pending in self._pending.values()) > MOST_PARKED_BYTES:
            cell, size = replace(cell, message=None), 0
        self._pending[header["msg_id"]] = _Pending(cell, self._clock(), size)
        while len(self._pending) > MOST_CELLS:
            self._pending.pop(next(iter(self._pending)))

    def started(self, msg_id: str) -> None:
        self._move(msg_id, "running")

    def finished(self, msg_id: str) -> None:
        self._move(msg_id, "finished")

    def answered(self, msg_id: str) -> None:
        """The reply went to the tab: nothing is owed."""
        self._pending.pop(msg_id, None)

    def _move(self, msg_id: str, state: str) -> None:
        pending = self._pending.get(msg_id)
        if pending is not None and pending.cell.state != "finished":
            pending.cell = replace(pending.cell, state=state)

    def cells(self, older: float = 0.0) -> tuple[Cell, ...]:
        """What is owed: cells of an earlier pod first, then those pending for at least ``older`` seconds.

        The whole message stays only with those that are to run later.
        """
        now = self._clock()
        pending = tuple(p.cell for p in self._pending.values() if now - p.since >= older)
        kept = (cell if cell.state == "parked" else replace(cell, message=None) for cell in (*self.arrived, *pending))
        return tuple(kept)[-MOST_CELLS:]

    def park_unstarted(self, begun: Mapping[str, str]) -> None:
        """After a good save in which nothing was cut short: what the kernel never started can run in the next pod.

        begun: the kernel's word for the cells that began, ``running`` or ``finished`` by message id: what it publishes
        may have been missed, and no cell may run twice. Where a cell was cut short, those queued behind it are not
        run, as after any error in Jupyter.
        """
        for msg_id, state in begun.items():
            self._move(msg_id, state)
        if any(pending.cell.state == "running" for pending in self._pending.values()):
            return
        for pending in self._pending.values():
            if pending.cell.state == "queued" and pending.cell.message is not None:
                pending.cell = replace(pending.cell, state="parked")

    def take_parked(self, client: str) -> list[Mapping[str, Any]]:
        """The parked messages of a client, each handed out once, in the order they were sent."""
        mine = [cell for cell in self.arrived if _runs_later(cell) and cell.client == client]
        self.arrived = tuple(cell for cell in self.arrived if cell not in mine)
        here = [
            pending.cell
            for pending in self._pending.values()
            if _runs_later(pending.cell) and pending.cell.client == client
        ]
        for cell in here:
            self._pending.pop(cell.header["msg_id"], None)
        return [from_portable(cell.message) for cell in (*mine, *here) if cell.message is not None]

    def take_lost(self, client: str) -> list[Cell]:
        """Cells of an earlier pod to tell a client of. Its own are handed out once; others' are harmless to it."""
        lost = [cell for cell in self.arrived if not _runs_later(cell)]
        self.arrived = tuple(c for c in self.arrived if _runs_later(c) or c.client != client)
        return lost


def _runs_later(cell: Cell) -> bool:
    return cell.state == "parked" and cell.message is not None


def error_name(cell: Cell) -> str:
    """The name of the error that a lost cell ends with."""
    return "KernelDied" if cell.state in AT_DEATH.values() else "SessionMoved"


def sentence(cell: Cell) -> str:
    """What the user reads where a cell was lost."""
    return LOST.get(cell.state, LOST["running"])


def to_portable(message: Mapping[str, Any]) -> dict[str, Any]:
    """A message as plain JSON: dates as text, buffers in base64."""
    parts = {key: message.get(key) or {} for key in ("header", "parent_header", "metadata", "content")}
    plain: dict[str, Any] = json.loads(json.dumps(parts, default=str))
    plain["buffers"] = [base64.b64encode(buffer).decode() for buffer in message.get("buffers") or ()]
    return plain


def from_portable(message: Mapping[str, Any]) -> dict[str, Any]:
    """The inverse of :func:`to_portable`."""
    return {**message, "buffers": [base64.b64decode(buffer) for buffer in message.get("buffers", ())]}


def summary(cells: Iterable[Cell]) -> list[dict[str, Any]]:
    """Cells as the report shows them."""
    return [{"msg_id": cell.header.get("msg_id"), "state": cell.state, "reason": sentence(cell)} for cell in cells]
