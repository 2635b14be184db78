"""The roster: what a session consists of, beside the kernels' own state. Pure: dataclasses and JSON, no I/O.

It is one small document in the store. A server writes it when kernels or sessions come, go or change, and the next
server of the session reads it to bring them back under their old ids.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

FORMAT = 1


class RosterInvalid(ValueError):
    """The stored document is not a roster that this version understands; the message says why."""


@dataclass(frozen=True)
class Owner:
    """The server process that the session belongs to: unique over hosts, containers and restarts."""

    server: str
    host: str
    pid: int
    boot: str = ""
    started: int = 0


@dataclass(frozen=True)
class Cell:
    """A cell that was asked for and has no answer yet.

    header: of its execute_request, so that the answer finds the cell again.
    state: ``queued``, ``running``, ``finished`` (its answer did not reach the tab) or ``parked`` (runs later).
    message: the whole request, JSON-safe, for those that are to run later.
    client: the ``session_id`` of the tab's connection, which finds its cells by it.
    """

    header: Mapping[str, Any]
    state: str
    message: Mapping[str, Any] | None = None
    client: str = ""


@dataclass(frozen=True)
class Kernel:
    """One kernel. keeps: whether it is a Sojourn kernel. checkpoint: id of its last one.

    error: why there is no newer checkpoint. attempts: how many servers in a row could not start it.
    count: execution count of the last cell that began, as far as known.
    """

    id: str
    name: str
    cwd: str = ""
    keeps: bool = False
    checkpoint: str | None = None
    error: str | None = None
    attempts: int = 0
    count: int | None = None
    cells: tuple[Cell, ...] = ()


@dataclass(frozen=True)
class JupyterSession:
    """One Jupyter session: a document (or console) and its kernel."""

    id: str
    path: str
    name: str
    type: str
    kernel_id: str


@dataclass(frozen=True)
class Roster:
    """A session as of one moment. generation counts the servers that took it over."""

    session: str
    generation: int
    owner: Owner
    kernels: tuple[Kernel, ...] = ()
    sessions: tuple[JupyterSession, ...] = ()
    saved: bool = False
    written: str = ""
    format: int = field(default=FORMAT)

    def kernel(self, kernel_id: str) -> Kernel | None:
        return next((kernel for kernel in self.kernels if kernel.id == kernel_id), None)

    def taken_over(self, owner: Owner) -> Roster:
        """The same session, now that of another server."""
        return replace(self, owner=owner, generation=self.generation + 1, saved=False)

    def to_bytes(self) -> bytes:
        return json.dumps(asdict(self), separators=(",", ":"), sort_keys=True, default=dict).encode()

    def content(self) -> dict[str, Any]:
        """All that makes it worth writing again: everything but the time."""
        data = asdict(self)
        del data["written"]
        return data


def read_roster(data: bytes) -> Roster:
    """Parse a stored roster.

    Raises RosterInvalid, with a sentence, for anything that is not one.
    """
    try:
        document = json.loads(data)
        version = document["format"]
        if version != FORMAT:
            raise RosterInvalid(f"The session's document has format {version!r}; this version reads {FORMAT}.")
        kernels = tuple(
            Kernel(**{**item, "cells": tuple(Cell(**cell) for cell in item["cells"])}) for item in document["kernels"]
        )
        sessions = tuple(JupyterSession(**item) for item in document["sessions"])
        roster = Roster(**{**document, "owner": Owner(**document["owner"]), "kernels": kernels, "sessions": sessions})
    except RosterInvalid:
        raise
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise RosterInvalid(f"The session's document cannot be read: {error!r}.") from error
    _check(roster)
    return roster


def _check(roster: Roster) -> None:
    known = set()
    for kernel in roster.kernels:
        if not (isinstance(kernel.id, str) and kernel.id and isinstance(kernel.name, str)):
            raise RosterInvalid("The session's document names a kernel without an id.")
        known.add(kernel.id)
    if len(known) != len(roster.kernels):
        raise RosterInvalid("The session's document names a kernel twice.")
    if not (isinstance(roster.generation, int) and isinstance(roster.session, str)):
        raise RosterInvalid("The session's document has no generation or no session id.")
    for session in roster.sessions:
        if not (isinstance(session.id, str) and session.id and session.kernel_id in known):
            raise RosterInvalid("The session's document has a Jupyter session without a kernel.")
