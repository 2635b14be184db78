"""What a whole notebook costs: the time that its cells take, with all that a system does beside them."""

from __future__ import annotations

import time
from pathlib import Path

from tests.fidelity.systems import System

from .cells import run_cell
from .places import place

FOLDER = Path(__file__).parent / "notebooks"
WORDS = {
    "analysis": (
        "an analysis with pandas and scikit-learn (`benchmarks/notebooks/analysis.py`, 17 cells): 1 million orders cleaned, joined, grouped, "
        "clustered and fitted; the seconds that all cells took, each from its request to the idle status, with a pause of 1 s after each, in which "
        "background checkpoints begin; and in another kernel without the pauses"
    ),
    "training": (
        "training (`benchmarks/notebooks/training.py`, 12 cells): scikit-learn's digits, a network in numpy, forests, a search over support "
        "vector machines; measured like the analysis"
    ),
}
PAUSE = 1.0  # seconds after each cell: background checkpoints begin, and go on in the next cell
SECONDS = 900.0


def cells(notebook: str) -> list[str]:
    """The cells of a notebook, which ``# %%`` parts."""
    parts = (FOLDER / f"{notebook}.py").read_text().split("# %%")
    return [part.split("\n", 1)[1].strip() for part in parts if part.strip()]


def measure(system: System, notebook: str) -> dict[str, float]:
    """Seconds that all cells of one run took, each from its request to the idle status. cells: with pauses, which are not counted; at once: without."""
    return {name: _run(system, notebook, pause) for name, pause in (("cells", PAUSE), ("at once", 0.0))}


def _run(system: System, notebook: str, pause: float) -> float:
    total = 0.0
    with place() as where:
        kernel = system.start(where, again=False)
        try:
            for code in cells(notebook):
                total += run_cell(kernel, code, SECONDS)
                time.sleep(pause)
        finally:
            kernel.close()
    return total
