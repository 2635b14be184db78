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
        """Until the background checkpoint of the last cell is committed: the store has stopped growing."""
        end, before = time.monotonic() + IDLE_LIMIT, (-1, -1)
        while time.monotonic() < end:
            now = (bytes_in(place.folder / "store"), self._checkpoints(place))
            if now == before and now[1] > 0:
                return
            before = now
            time.sleep(3.0)
        raise KernelFailed(f"no background checkpoint within {IDLE_LIMIT:.0f} s")

    @staticmethod
    def _checkpoints(place: Place) -> int:
        return sum(1 for path in (place.folder / "store").rglob("*") if path.is_file())
