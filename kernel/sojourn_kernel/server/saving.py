"""One checkpoint of the whole session: every kernel at once, within a deadline, then the roster."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from typing import Any

from ..told import Cause, Told
from .kernels import KernelGone, Kernels
from .link import NoAnswer

MARGIN = 0.5  # seconds between a kernel's own deadline and the moment its answer is given up
START_POLL = 0.05


@dataclass(frozen=True)
class KernelSaved:
    """What became of one kernel. seconds: from the request to its answer. error: a sentence if not ok.

    cells: those that began last, by message id: ``running`` or ``finished``; None from a kernel that does not say.
    """

    id: str
    ok: bool
    keeps: bool = True
    checkpoint: str | None = None
    created: Any = None
    bytes: int | None = None
    seconds: float = 0.0
    told: tuple[dict[str, Any], ...] = ()
    error: str | None = None
    cells: dict[str, str] | None = None

    def to_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "ok": self.ok,
            "checkpoint": self.checkpoint,
            "seconds": round(self.seconds, 4),
            "told": list(self.told),
            "error": self.error,
        }


@dataclass(frozen=True)
class SessionSaved:
    """What became of a checkpoint of the session. error: a sentence if the roster could not be written."""

    ok: bool
    generation: int
    kernels: tuple[KernelSaved, ...] = field(default=())
    seconds: float = 0.0
    error: str | None = None

    def to_json(self) -> dict[str, Any]:
        return {
            "ok": self.ok,
            "generation": self.generation,
            "kernels": [kernel.to_json() for kernel in self.kernels],
            "seconds": round(self.seconds, 4),
            "error": self.error,
        }


async def save_kernels(kernels: Kernels, deadline: float, reason: str, quiesce: bool) -> tuple[KernelSaved, ...]:
    """Ask every kernel for a checkpoint, all at once. Takes no longer than ``deadline`` seconds; raises nothing.

    A kernel that fails or does not answer is reported so, and costs the others nothing.
    """
    ends = time.monotonic() + deadline
    return tuple(
        await asyncio.gather(*(_save(kernels, kernel_id, ends, reason, quiesce) for kernel_id in kernels.ids()))
    )


async def _save(kernels: Kernels, kernel_id: str, ends: float, reason: str, quiesce: bool) -> KernelSaved:
    begun = time.monotonic()
    if not kernels.keeps(kernel_id):
        name = getattr(kernels.get(kernel_id), "kernel_name", "?") if kernel_id in kernels.manager else "?"
        told = Told(
            "@kernel", Cause.LIVE_RESOURCE, f"Kernel {name!r} does not keep its state: it will be started afresh."
        )
        return KernelSaved(kernel_id, ok=True, keeps=False, told=(told.to_json(),))

    def failed(error: str) -> KernelSaved:
        return KernelSaved(kernel_id, ok=False, seconds=time.monotonic() - begun, error=error)

    try:
        link = await _link(kernels, kernel_id, ends)
        left = max(0.05, ends - time.monotonic())
        own = max(left - MARGIN, 0.8 * left)
        answer = await link.ask("checkpoint", left, deadline=own, reason=reason, quiesce=quiesce)
    except (NoAnswer, KernelGone) as error:
        return failed(str(error))
    except asyncio.CancelledError:
        raise
    except Exception as error:
        return failed(f"The kernel could not be asked: {error!r}.")
    if answer.get("status") != "ok":
        return failed(str(answer.get("error") or answer.get("evalue") or "The kernel refused, and did not say why."))
    return KernelSaved(
        kernel_id,
        ok=True,
        checkpoint=answer.get("checkpoint"),
        created=answer.get("created"),
        bytes=answer.get("bytes"),
        seconds=time.monotonic() - begun,
        told=tuple(answer.get("told") or ()),
        cells=answer.get("cells"),
    )


async def _link(kernels: Kernels, kernel_id: str, ends: float) -> Any:
    """The line to a kernel, waiting for one that is still starting. Raises KernelGone."""
    while True:
        try:
            return kernels.link(kernel_id)
        except KernelGone:
            if kernel_id not in kernels.manager or time.monotonic() + START_POLL > ends:
                raise
        await asyncio.sleep(START_POLL)
