"""What the API says of the session: status, report, history. A kernel that does not answer is shown as such."""

from __future__ import annotations

import asyncio
from typing import Any

from .. import protocol
from ..store import StoreError
from ..told import Cause, Told
from .cells import summary
from .custody import Custody
from .keeper import off_loop
from .kernels import KernelGone
from .link import NoAnswer

ASK = 2.0  # seconds that a kernel gets to answer a question; it does so while a cell runs


async def status(custody: Custody) -> dict[str, Any]:
    paths = await _paths(custody)
    kernels = custody.kernels

    async def one(kernel_id: str) -> dict[str, Any]:
        manager = kernels.get(kernel_id)
        answer = await _ask(custody, kernel_id, "status")
        last = answer.get("last_checkpoint")
        return {
            "id": kernel_id,
            "name": manager.kernel_name,
            "path": paths.get(kernel_id),
            "keeps": kernels.keeps(kernel_id),
            "answers": bool(answer),
            "execution_state": getattr(manager, "execution_state", "unknown"),
            "cell_running": bool(answer.get("cell_running", getattr(manager, "execution_state", "") == "busy")),
            "last_checkpoint": {key: last.get(key) for key in ("id", "created", "bytes")} if last else None,
            "told": int(answer.get("told") or 0),
        }

    here = [kernel_id for kernel_id in kernels.ids() if kernel_id in kernels.manager]
    shown = await asyncio.gather(*(one(kernel_id) for kernel_id in here), return_exceptions=True)
    return {
        "session": custody.settings.session,
        "state": custody.state,
        "restored": custody.restored,
        "generation": custody.roster.generation if custody.roster else 0,
        "kernels": [item for item in shown if isinstance(item, dict)],  # a kernel may end between two questions
        "pod": custody.settings.pod,
        "notice": custody.notice,
    }


async def report(custody: Custody) -> dict[str, Any]:
    """What came back when this server took the session over, and what did not, with the reasons."""
    paths = await _paths(custody)
    roster = custody.roster

    async def one(comeback: Any) -> dict[str, Any]:
        kernel = comeback.kernel
        answer = await _ask(custody, kernel.id, "report") if comeback.started else {}
        told = [item for item in answer.get("told") or () if isinstance(item, dict)]
        if comeback.reason:
            cause = Cause.STALE if comeback.started and kernel.keeps else Cause.LIVE_RESOURCE
            told.insert(0, Told("@kernel", cause, comeback.reason).to_json())
        return {
            "id": kernel.id,
            "name": kernel.name,
            "path": paths.get(kernel.id),
            "came_back": comeback.started,
            "state_kept": comeback.started and kernel.keeps,
            "reason": comeback.reason,
            "told": told,
            "report": answer.get("report"),
            "cells": summary(kernel.cells),
        }

    return {
        "session": custody.settings.session,
        "generation": roster.generation if roster else 0,
        "restored": custody.restored,
        "kernels": list(await asyncio.gather(*(one(comeback) for comeback in custody.comebacks))),
        "notice": custody.notice,
    }


async def history(custody: Custody) -> dict[str, Any]:
    """The checkpoints of each kernel of the session, newest first; ``problem`` says why one cannot be used.

    Raises StoreError where the store cannot tell.
    """
    if custody.store is None:
        raise StoreError(custody.notice or "The store has not been reached yet.")
    paths = await _paths(custody)
    ids = [kernel_id for kernel_id in custody.kernels.ids() if custody.kernels.keeps(kernel_id)]

    def read(kernel_id: str) -> list[dict[str, Any]]:
        kept = custody.store.session(protocol.kernel_session(custody.settings.session, kernel_id))
        return [
            {"id": entry.id, "created": entry.created, "meta": entry.meta, "problem": entry.problem or None}
            for entry in reversed(kept.history())
        ]

    lists = await asyncio.gather(*(off_loop(read, kernel_id) for kernel_id in ids))
    return {
        "session": custody.settings.session,
        "kernels": [
            {"id": kernel_id, "path": paths.get(kernel_id), "checkpoints": checkpoints}
            for kernel_id, checkpoints in zip(ids, lists, strict=True)
        ],
    }


def health(custody: Custody) -> dict[str, Any]:
    """For probes: nothing of the user's."""
    return {"restored": custody.restored, "state": custody.state}


async def _paths(custody: Custody) -> dict[str, str]:
    listed = await custody.session_manager.list_sessions()
    return {model["kernel"]["id"]: model["path"] for model in listed}


async def _ask(custody: Custody, kernel_id: str, op: str) -> dict[str, Any]:
    """A kernel's answer, or nothing if it is not a Sojourn kernel or does not answer."""
    if not custody.kernels.keeps(kernel_id):
        return {}
    try:
        answer = await custody.kernels.link(kernel_id).ask(op, ASK)
    except (NoAnswer, KernelGone):
        return {}
    return answer if answer.get("status") == "ok" else {}
