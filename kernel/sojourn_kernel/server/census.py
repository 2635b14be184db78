"""The census: the roster as it is now, from the server's kernels and Jupyter sessions."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from .kernels import Kernels
from .roster import JupyterSession, Kernel, Roster

MOST_ATTEMPTS = 3  # servers in a row that could not start a kernel, before its place in the roster is given up


@dataclass
class Absent:
    """Kernels of the roster that this server could not start; they stay in it for a server that can."""

    kernels: dict[str, Kernel] = field(default_factory=dict)
    sessions: list[JupyterSession] = field(default_factory=list)

    def add(self, kernel: Kernel, sessions: tuple[JupyterSession, ...], error: str) -> None:
        if kernel.attempts + 1 < MOST_ATTEMPTS:
            self.kernels[kernel.id] = replace(kernel, attempts=kernel.attempts + 1, error=error)
            self.sessions.extend(session for session in sessions if session.kernel_id == kernel.id)

    def without(self, paths: set[str]) -> tuple[tuple[Kernel, ...], tuple[JupyterSession, ...]]:
        """Those whose documents have no new kernel meanwhile."""
        taken = {session.kernel_id for session in self.sessions if session.path in paths}
        kernels = tuple(kernel for kernel in self.kernels.values() if kernel.id not in taken)
        return kernels, tuple(session for session in self.sessions if session.kernel_id not in taken)


async def take_census(
    previous: Roster, kernels: Kernels, session_manager: Any, absent: Absent, older: float = 0.0
) -> Roster:
    """The roster as of now. Cells count once they have been pending for ``older`` seconds.

    What a kernel's last checkpoint was is carried over from ``previous``.
    """
    listed = await session_manager.list_sessions()
    sessions = tuple(
        JupyterSession(
            id=model["id"],
            path=model["path"] or "",
            name=model["name"] or "",
            type=model["type"] or "",
            kernel_id=model["kernel"]["id"],
        )
        for model in listed
    )
    present = []
    for kernel_id in kernels.ids():
        manager = kernels.get(kernel_id)
        before = previous.kernel(kernel_id)
        present.append(
            Kernel(
                id=kernel_id,
                name=manager.kernel_name,
                cwd=str((getattr(manager, "_launch_args", None) or {}).get("cwd") or ""),
                keeps=kernels.keeps(kernel_id),
                checkpoint=before.checkpoint if before else None,
                error=before.error if before else None,
                count=kernels.ledger(kernel_id).count,
                cells=kernels.ledger(kernel_id).cells(older),
            )
        )
    here = {kernel.id for kernel in present}
    sessions = tuple(session for session in sessions if session.kernel_id in here)
    missing, missing_sessions = absent.without({session.path for session in sessions})
    return replace(previous, kernels=(*present, *missing), sessions=(*sessions, *missing_sessions), saved=False)
