"""A notebook of 40 cells, saved after every cell: bytes stored against bytes changed."""

from __future__ import annotations

import time

from tests.fidelity.kernel import Kernel
from tests.fidelity.systems import Place, System

from .cells import run_cell
from .places import place

STEP = 2 << 20  # bytes that a cell changes or makes
SECONDS = 900.0
SETUP = "import numpy as np\nrng = np.random.default_rng()\nbase = rng.random(13_107_200)\nparts = {}"
WHOLE = "(float(base.sum()), [float(p.sum()) for p in parts.values()])"
WORDS = (
    "100 MB of unseeded float64, then 40 cells: each even one makes an array of 2 MB, each odd one changes 2 MB inside "
    "the 100 MB array; saved after every cell; bytes written by all saves over the bytes made or changed"
)


def cells() -> list[str]:
    """The 40 cells."""
    count = STEP // 8
    return [
        f"parts[{i}] = rng.random({count})" if i % 2 == 0 else f"base[{i * count // 2}:{i * count // 2 + count}] += 1"
        for i in range(40)
    ]


def measure(system: System) -> dict[str, float]:
    """written, changed: bytes; ratio; save: median seconds of a save; same: 1 if the values came back, else 0."""
    with place() as where:
        kernel = system.start(where, again=False)
        try:
            run_cell(kernel, SETUP, SECONDS)
            written, last, seconds = 0.0, 0, []
            for code in [None, *cells()]:
                if code:
                    run_cell(kernel, code, SECONDS)
                begun = time.perf_counter()
                _save(system, kernel, where)
                seconds.append(time.perf_counter() - begun)
                size = system.size(where)  # type: ignore[attr-defined]
                written += max(size - last, 0) if getattr(system, "incremental", False) else size
                last = size
            expected = kernel.value(WHOLE, SECONDS)
            system.save(kernel, where)
        finally:
            kernel.close()
        kernel = system.start(where, again=True)
        try:
            system.restore(kernel, where, [SETUP, *cells()])
            same = float(kernel.value(WHOLE, SECONDS) == expected)
        finally:
            kernel.close()
    changed = 13_107_200 * 8 + 40 * STEP
    return {
        "written": written,
        "changed": float(changed),
        "ratio": written / changed,
        "save": sorted(seconds)[20],
        "same": same,
    }


def _save(system: System, kernel: Kernel, where: Place) -> None:
    """A save that leaves the kernel running."""
    during = getattr(system, "save_running", None)
    if during is not None:
        during(kernel, where)
