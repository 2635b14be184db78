"""``dill.dump_session`` and ``load_session`` in ipykernel."""

from __future__ import annotations

from dataclasses import dataclass

from tests.fidelity.kernel import Kernel, KernelFailed
from tests.fidelity.systems import Dill, Place


@dataclass(frozen=True)
class DillPeer(Dill):
    """One file, written whole each time."""

    def save_running(self, kernel: Kernel, place: Place) -> None:
        outcome = kernel.run(
            f"__import__('dill').dump_session({str(place.folder / 'session.dill')!r})", 1800, history=False
        )
        if outcome.status != "ok":
            raise KernelFailed(f"dill.dump_session: {outcome.error}")

    def size(self, place: Place) -> int:
        path = place.folder / "session.dill"
        return path.stat().st_size if path.exists() else 0
