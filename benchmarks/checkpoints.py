"""One session, one system, one run: save, size, restore, first cell, and the second save after a small change."""

from __future__ import annotations

import time

from tests.fidelity.kernel import Kernel, KernelFailed
from tests.fidelity.systems import System

from .places import place
from .workloads import Workload

CELL_SECONDS = 1800.0


def measure(system: System, work: Workload) -> dict[str, float]:
    """Seconds and bytes of one run.

    make: the cells. save: from the stop signal (or the save's call) to committed, right after the last cell.
    size: bytes stored.
    first: from the start of the new kernel's process to the result of ``touch``. all: to the value of ``whole``.
    same: 1 if that value is the one from before the save, else 0.
    change: the small change's cell. save2: its save (with pre-copy done, where the system has one). size2: bytes stored
    for it.
    """
    with place() as where:
        kernel = system.start(where, again=False)
        try:
            measured = {"make": sum(_cell(kernel, cell) for cell in work.cells)}
            expected = kernel.value(work.whole, CELL_SECONDS)
            measured["save"] = _timed(lambda: system.save(kernel, where))
            measured["size"] = float(system.size(where))  # type: ignore[attr-defined]
        finally:
            kernel.close()
        begun = time.perf_counter()
        kernel = system.start(where, again=True)
        try:
            system.restore(kernel, where, work.cells)
            if system.name == "ipykernel":  # nothing to restore: its start and a tiny cell are the zero of the others
                _cell(kernel, "1 + 1")
                measured["first"] = time.perf_counter() - begun
                _ = [_cell(kernel, cell) for cell in work.cells]
                measured["change"] = _cell(kernel, work.change)
                return measured
            _cell(kernel, work.touch)
            measured["first"] = time.perf_counter() - begun
            found = kernel.value(work.whole, CELL_SECONDS)
            measured["all"] = time.perf_counter() - begun
            measured["same"] = float(found == expected)
            if (wait := getattr(system, "wait_background", None)) is not None:
                wait(kernel, where)
            before = system.size(where)  # type: ignore[attr-defined]
            measured["change"] = _cell(kernel, work.change)
            measured["save2"] = _timed(lambda: system.save(kernel, where))
            after = system.size(where)  # type: ignore[attr-defined]
            measured["size2"] = float(after - before if getattr(system, "incremental", False) else after)
        finally:
            kernel.close()
    return measured


def _cell(kernel: Kernel, code: str) -> float:
    begun = time.perf_counter()
    outcome = kernel.run(code, CELL_SECONDS)
    if outcome.status != "ok":
        raise KernelFailed(f"{outcome.error} in: {code[:80]}")
    return time.perf_counter() - begun


def _timed(action: object) -> float:
    begun = time.perf_counter()
    action()  # type: ignore[operator]
    return time.perf_counter() - begun
