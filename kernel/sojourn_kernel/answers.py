"""What the kernel answers to the agent's requests on the control channel: checkpoint, status, report, history, plan, resume."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from .session import asked

if TYPE_CHECKING:
    from .kernel import SojournKernel

OPERATIONS = "checkpoint, status, report, plan, history, resume"


async def answer(kernel: SojournKernel, op: str, content: dict[str, Any]) -> dict[str, Any]:
    """The content of the reply to one request."""
    keeper = kernel.keeper
    if op == "checkpoint":
        return await _checkpoint(kernel, content)
    if op == "status":
        return {"status": "ok", **status(kernel)}
    if op == "report":
        report = kernel.report()
        return {"status": "ok", "report": report.to_json(), "told": [told.to_json() for told in report.entries]}
    if op == "history":
        entries = keeper.sending.kept.history() if keeper.sending.kept else []
        rows = [{"id": entry.id, "created": entry.created, "meta": entry.meta} for entry in entries]
        return {"status": "ok", "checkpoints": rows}
    if op == "plan":
        return {"status": "ok", "plan": asked.plan(keeper, _seconds(content.get("deadline"))).to_json()}
    if op == "resume":
        kernel.quiesced = False
        return {"status": "ok"}
    return {"status": "error", "error": f"there is no request {op!r}: {OPERATIONS}"}


async def _checkpoint(kernel: SojournKernel, content: dict[str, Any]) -> dict[str, Any]:
    deadline = _seconds(content.get("deadline")) or kernel.settings.grace
    reason = str(content.get("reason") or "request")
    saved = await kernel.checkpoint(reason, deadline, bool(content.get("quiesce")))
    return {
        "status": "ok" if saved.ok else "error", "checkpoint": saved.checkpoint, "created": saved.created, "bytes": saved.bytes,
        "seconds": saved.seconds, "told": [told.to_json() for told in saved.told], "error": saved.error or None,
        "cells": kernel.cells_begun(),
    }  # fmt: skip


def _seconds(given: Any) -> float | None:
    """Raises ValueError, with a sentence, for what is no number of seconds."""
    if given is None:
        return None
    if isinstance(given, bool) or not isinstance(given, (int, float)) or not math.isfinite(given):
        raise ValueError(f"a deadline is a number of seconds, not {given!r}")
    return float(given)


def status(kernel: SojournKernel) -> dict[str, Any]:
    """Where the kernel stands; ``changed``: whether a cell ran since the last checkpoint; ``changing``: whether threads or tasks
    of the user's ran on while it was made; ``audited``: whether it was made by looking at every object;
    ``failing``: why the last background checkpoints failed, None if they did not."""
    keeper = kernel.keeper
    last = keeper.progress.last
    return {
        "state": "restoring" if not keeper.loaded else "saving" if keeper.behind.child is not None else "ready",
        "cell_running": keeper.executing,
        "quiesced": kernel.quiesced,
        "execution_count": kernel.shell.execution_count - 1,
        "restored": keeper.restored[0] if keeper.restored else None,
        "last_checkpoint": {"id": last.id, "created": last.created, "bytes": last.uploaded_bytes} if last else None,
        "told": len(keeper.told()),
        "changed": keeper.progress.changed,
        "changing": keeper.progress.changing,
        "audited": keeper.progress.looked,
        "failing": kernel.schedule.attempts.error or None,
        "cells": kernel.cells_begun(),
    }
