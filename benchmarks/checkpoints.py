"""One session, one system, one run: save, size, restore, first cell, and the second save after a small change."""

from __future__ import annotations

import time

from tests.fidelity.systems import System

from .cells import run_cell, timed
from .places import place
from .workloads import Workload

CELL_SECONDS = 1800.0


def measure(system: System, work: Workload) -> dict[str, float]:
    """Seconds and bytes of one run.

    make: the cells. save: from the request (or the save's call) to committed, right after the last cell; the kernel goes on.
    size: bytes stored.
    first: from the start of the new kernel's process to the result of ``touch``. all: to the value of ``whole``.
    same: 1 if that value is the one from before the save, else 0.
    change: the small change's cell. save2: its save (with pre-copy done, where the system has one). size2: bytes stored
    for it.
    """
    save = getattr(system, "save_running", system.save)
    with place() as where:
        kernel = system.start(where, again=False)
        try:
            measured = {"make": sum(run_cell(kernel, cell, CELL_SECONDS) for cell in work.cells)}
            expected = kernel.value(work.whole, CELL_SECONDS)
            measured["save"] = timed(lambda: save(kernel, where))
            measured["size"] = float(system.size(where))  # type: ignore[attr-defined]
        finally:
            kernel.close()
        begun = time.perf_counter()
        kernel = system.start(where, again=True)
        try:
            system.restore(kernel, where, work.cells)
            if system.name == "ipykernel":  # nothing to restore: its start and a tiny cell are the zero of the others
                run_cell(kernel, "1 + 1", CELL_SECONDS)
                measured["first"] = time.perf_counter() - begun
                _ = [run_cell(kernel, cell, CELL_SECONDS) for cell in work.cells]
                measured["change"] = run_cell(kernel, work.change, CELL_SECONDS)
                return measured
            run_cell(kernel, work.touch, CELL_SECONDS)
            measured["first"] = time.perf_counter() - begun
            found = kernel.value(work.whole, CELL_SECONDS)
            measured["all"] = time.perf_counter() - begun
            measured["same"] = float(found == expected)
            if (wait := getattr(system, "wait_background", None)) is not None:
                wait(kernel, where)
            before = system.size(where)  # type: ignore[attr-defined]
            measured["change"] = run_cell(kernel, work.change, CELL_SECONDS)
            measured["save2"] = timed(lambda: save(kernel, where))
            after = system.size(where)  # type: ignore[attr-defined]
            measured["size2"] = float(after - before if getattr(system, "incremental", False) else after)
        finally:
            kernel.close()
    return measured
