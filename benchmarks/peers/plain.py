"""ipykernel itself, and the baseline that runs every cell again (what a min-cut that recomputes everything does)."""

from __future__ import annotations

from dataclasses import dataclass

from tests.fidelity.systems import Place, Plain, Rerun


@dataclass(frozen=True)
class PlainPeer(Plain):
    """ipykernel with nothing added: the zero of every ratio."""

    name: str = "ipykernel"

    def size(self, place: Place) -> int:
        return 0


@dataclass(frozen=True)
class RerunPeer(Rerun):
    """Nothing stored; every cell run again."""

    name: str = "rerun"

    def size(self, place: Place) -> int:
        return 0
