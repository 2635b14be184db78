"""Cells that must succeed, and how long something takes."""

from __future__ import annotations

import time
from collections.abc import Callable

from tests.fidelity.kernel import Kernel, KernelFailed


def run_cell(kernel: Kernel, code: str, seconds: float) -> float:
    """Seconds that a cell took. Raises KernelFailed if it fails, or takes longer than ``seconds``."""

    def run() -> None:
        outcome = kernel.run(code, seconds)
        if outcome.status != "ok":
            raise KernelFailed(f"{outcome.error} in: {code[:80]}")

    return timed(run)


def timed(act: Callable[[], object]) -> float:
    """Seconds that a call took."""
    begin = time.perf_counter()
    act()
    return time.perf_counter() - begin
