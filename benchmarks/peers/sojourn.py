"""Sojourn through its fixed interface."""

from __future__ import annotations

from dataclasses import dataclass

from tests.fidelity.kernel import Kernel, KernelFailed
from tests.fidelity.systems import Place, Sojourn, wait_until_saved

from .disk import bytes_in

IDLE_LIMIT = 600.0


@dataclass(frozen=True)
class SojournPeer(Sojourn):
    """``save`` is SIGTERM until exit 0, ``save_running`` the agent's request until its answer."""

    incremental: bool = True  # what a save adds on disk is what it stored

    def size(self, place: Place) -> int:
        return bytes_in(place.folder / "store")

    def save_running(self, kernel: Kernel, place: Place) -> None:
        """A checkpoint by the agent's request; the kernel goes on."""
        reply = kernel.request(op="checkpoint", deadline=IDLE_LIMIT)["content"]
        if reply["status"] != "ok":
            raise KernelFailed(f"checkpoint: {reply['error']}")

    def wait_background(self, kernel: Kernel, place: Place) -> None:
        wait_until_saved(kernel, IDLE_LIMIT)
