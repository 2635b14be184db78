"""What a tiny cell costs beside a large namespace, as a front end sees it: from the request to the idle status."""

from __future__ import annotations

import statistics
import time

from tests.fidelity.systems import System

from .cells import run_cell
from .places import place

WORDS = (
    "one tiny cell (`x += 1`) beside 2 GB of float64 arrays, a list of 5 million strings and a frame of 2 million rows with "
    "strings; up to 200 cells, 30 s apart from the set-up; seconds from the execute request to the idle status, in a client process"
)
CELLS = (
    "import numpy as np, pandas as pd\nx = 0",
    "arrays = [np.random.default_rng(k).random(33_554_432) for k in range(8)]",
    "objects = [f'item {i}' for i in range(5_000_000)]",
    "frame = pd.DataFrame({'a': np.arange(2_000_000), 'b': np.random.default_rng(1).random(2_000_000)})\nframe['s'] = frame['a'].astype(str)",
)
SECONDS = 1800.0
TINY = 200  # cells
BUDGET = 60.0  # seconds for all tiny cells of a run
APART, PAUSE = 20, 1.5  # cells with a background checkpoint between them; seconds
SETTLE = 30.0  # seconds after the set-up, so that a first background checkpoint is through


def measure(system: System) -> dict[str, float]:
    """median, p99 and apart: seconds of a tiny cell in one run."""
    with place() as where:
        kernel = system.start(where, again=False)
        try:
            for cell in CELLS:
                run_cell(kernel, cell, SECONDS)
            time.sleep(SETTLE)
            times: list[float] = []
            end = time.monotonic() + BUDGET
            while len(times) < TINY and (time.monotonic() < end or len(times) < 3):
                times.append(run_cell(kernel, "x += 1", SECONDS))
                time.sleep(0.02)
            apart = []
            for _ in range(APART):
                time.sleep(PAUSE)
                apart.append(run_cell(kernel, "x += 1", SECONDS))
        finally:
            kernel.close()
    times.sort()
    return {
        "median": statistics.median(times),
        "p99": times[min(len(times) - 1, int(len(times) * 0.99))],
        "apart": statistics.median(apart),
        "cells": float(len(times)),
    }
