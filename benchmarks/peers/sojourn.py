"""Sojourn through its fixed interface."""

from __future__ import annotations

import time
from dataclasses import dataclass

from tests.fidelity.kernel import Kernel, KernelFailed
from tests.fidelity.systems import Place, Sojourn

from .disk import bytes_in

IDLE_LIMIT = 600.0


@dataclass(frozen=True)
class SojournPeer(Sojourn):
    """``save`` is SIGTERM until exit 0."""

    incremental: bool = True  # what a save adds on disk is what it stored

    def size(self, place: Place) -> int:
        return bytes_in(place.folder / "store")

    def save_running(self, kernel: Kernel, place: Place) -> None:
        """A checkpoint by magic; the kernel goes on."""
        outcome = kernel.run("%sojourn checkpoint", IDLE_LIMIT, history=False)
        if outcome.status != "ok":
            raise KernelFailed(f"%sojourn checkpoint: {outcome.error}")

    def wait_background(self, kernel: Kernel, place: Place) -> None:
        """Until what cells did is saved: nothing runs, nothing is being saved, nothing has changed since."""
        end = time.monotonic() + IDLE_LIMIT
        while time.monotonic() < end:
            status = kernel.request(op="status")["content"]
            if status["state"] == "ready" and not status["changed"] and status["last_checkpoint"]:
                return
            time.sleep(0.2)
        raise KernelFailed(f"no background checkpoint within {IDLE_LIMIT:.0f} s")
