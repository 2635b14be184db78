"""Sojourn through its fixed interface."""

from __future__ import annotations

from dataclasses import dataclass

from tests.fidelity.kernel import Kernel, KernelFailed
from tests.fidelity.systems import Place, Sojourn, wait_until_saved

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
        wait_until_saved(kernel, IDLE_LIMIT)
