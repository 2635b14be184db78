"""docs/benchmarks.md from the measured numbers: nothing in it that was not measured."""

from __future__ import annotations

from pathlib import Path

from .large import WORDS as LARGE_WORDS
from .notebook import WORDS as NOTEBOOK_WORDS
from .results import FILE, Results
from .stops import WORDS as STOPS_WORDS
from .tracking import WORDS as TRACKING_WORDS
from .working import WORDS as WORKING_WORDS
from .workloads import WORKLOADS

PAGE = FILE.with_suffix(".md")
SYSTEMS = ("sojourn", "ipykernel", "elastic-kernel", "kishu", "dill", "rerun")
ROWS = {
    "save": "save, s",
    "size": "stored, MB",
    "first": "new kernel to first cell, s",
    "all": "new kernel to all loaded, s",
    "save2": "second save after a small change, s",
    "size2": "stored by it, MB",
    "same": "values after the restore",
}
_WHOLE = {"cells": "all cells, s", "at once": "all cells, one after the other at once (Run All), s"}
SMALL: dict[str, tuple[str, dict[str, str], float]] = {
    "tracking": (
        TRACKING_WORDS,
        {
            "median": "median, ms",
            "p99": "99th percentile, ms",
            "apart": "20 more, 1.5 s apart, with a background checkpoint between them, median, ms",
        },
        1e-3,
    ),
    **{name: (words, _WHOLE, 1.0) for name, words in WORKING_WORDS.items()},
    "large": (
        LARGE_WORDS,
        {
            "new": "a new value of 1 MB, cell's end to commit, s",
            "new_ratio": "bytes stored / bytes changed",
            "slice": "1 MB inside a 1 GB array, cell's end to commit, s",
            "slice_ratio": "bytes stored / bytes changed, there",
            "stop": "SIGTERM to exit, s",
            "first": "new kernel to the result of a cell that touches 1 MB, s",
            "all": "new kernel to the result of a cell that touches all, s",
            "memory": "peak extra memory of the first background checkpoint / bytes of the session",
            "plain_read": "the same arrays read from plain files and unpickled in a new process, s",
        },
        1.0,
    ),
    "stops": (
        STOPS_WORDS,
        {
            "stop": "SIGTERM to exit, nothing saved before, s",
            "boto3_put": "as many bytes put by plain parallel boto3, s",
            "obstore_put": "as many bytes put by plain parallel obstore, s",
            "all": "new kernel to the result of a cell that touches all, s",
            "boto3_load": "as many bytes loaded by plain parallel boto3 and `pickle.loads`, s",
            "boto3_get": "as many bytes got by plain parallel boto3, s",
            "boto3_start": "new process to a client of boto3, s",
            "obstore_get": "as many bytes got by plain parallel obstore, s",
        },
        1.0,
    ),
    "notebook": (
        NOTEBOOK_WORDS,
        {"ratio": "bytes written / bytes changed", "save": "median save, s", "same": "values after a restore"},
        1.0,
    ),
}
"""Subjects whose tables have rows of their own: what was done, the rows' words by metric, and the unit that is shown."""
INTRO = """# Benchmarks

Written by `make bench` (`python -m benchmarks`); every single run is in [benchmarks.json](benchmarks.json). Each number is the
median of its runs, in brackets its ratio to Sojourn (above 1: Sojourn is ahead). "-": not measured, or the system has no such thing.
A number beside wrong values says nothing: what does not come back costs nothing to save.

Systems: **sojourn** (this project, `file://` store; a save is the agent's request until its answer) · **ipykernel** (no checkpoints: the zero of tracking and
start) · **elastic-kernel** 0.2.3 (ElasticNotebook's method in a kernel; saved by its control request) · **kishu** 0.3.4 (saves inside
every cell: its "save" is the cell's time minus ipykernel's for the same cells) · **dill** (`dump_session`/`load_session`) · **rerun**
(every cell run again). Each peer runs in an environment of its own, with the same numpy, pandas, scikit-learn and IPython.
A peer that has taken ten minutes of one table is not run again for it: the last row tells how often each ran.
Each table is of one run, side by side; tables may be of different days and states of the code. Seconds of different tables don't compare: on this virtual machine memory that a process touches first takes 0.2 to 2 s a GB, as its host has it.
"""


def write(results: Results) -> Path:
    """Write the page; returns its path."""
    parts = [INTRO, "Machine: " + ", ".join(f"{k} {v}" for k, v in sorted(results.machine.items())) + ".\n"]
    tables = SMALL | {name: (work.words, ROWS, 1.0) for name, work in WORKLOADS.items()}
    parts += [line for subject, table in tables.items() for line in _table(results, subject, *table)]
    behind = _behind(results)
    parts += ["\n## Where a peer is ahead\n", *(behind or ["Nowhere in what was measured above."])]
    PAGE.write_text("\n".join(parts).rstrip() + "\n")
    return PAGE


def value(results: Results, subject: str, system: str, metric: str) -> float | None:
    """A median; kishu's saves are the excess of its cells over ipykernel's."""
    if system == "kishu" and metric in ("save", "save2"):
        cell = "make" if metric == "save" else "change"
        with_it, without = (results.median(subject, name, cell) for name in ("kishu", "ipykernel"))
        return None if with_it is None or without is None else max(with_it - without, 0.0)
    if system in ("ipykernel", "rerun") and metric in ("save", "size", "save2", "size2"):
        return None
    return results.median(subject, system, metric)


def _cell(results: Results, subject: str, system: str, metric: str, scale: float) -> str:
    mine, here = value(results, subject, "sojourn", metric), value(results, subject, system, metric)
    if here is None:
        return "failed" if results.failures.get(subject, {}).get(system) else "-"
    if metric == "same":
        return "same" if here == 1 else "**wrong**"
    text = f"{here / scale:.3g}"
    return text if system == "sojourn" or not mine or not here else f"{text} ({here / mine:.2g}x)"


def _table(results: Results, subject: str, words: str, rows: dict[str, str], scale: float) -> list[str]:
    if not results.numbers.get(subject):
        return []
    systems = [s for s in SYSTEMS if results.numbers[subject].get(s) or results.failures.get(subject, {}).get(s)]
    lines = [f"\n## {subject}\n", f"{words[0].upper()}{words[1:]}.\n", "| | " + " | ".join(systems) + " |"]
    lines.append("|---" * (len(systems) + 1) + "|")
    for metric, label in rows.items():
        if not any(metric in results.numbers[subject].get(system, {}) for system in systems):
            continue
        unit = 1e6 if metric.startswith("size") else scale
        lines.append(f"| {label} | " + " | ".join(_cell(results, subject, s, metric, unit) for s in systems) + " |")
    lines.append("| runs | " + " | ".join(str(results.runs(subject, s)) for s in systems) + " |")
    return [*lines, "", *(f"- {s}: {why}" for s, why in sorted(results.failures.get(subject, {}).items()))]


def _behind(results: Results) -> list[str]:
    lines = []
    metrics = {"large": (), "stops": (), "tracking": ("median", "p99", "apart"), "notebook": ("ratio", "save")}
    metrics |= dict.fromkeys(WORKING_WORDS, ("cells", "at once"))
    for subject in results.numbers:
        for metric in metrics.get(subject, tuple(ROWS)[:-1]):
            mine = value(results, subject, "sojourn", metric)
            for system in ("elastic-kernel", "kishu", "dill", "rerun"):
                theirs = value(results, subject, system, metric)
                right = results.median(subject, system, "same") in (1.0, None)  # None: tracking restores nothing
                if right and mine and theirs is not None and theirs < mine * 0.95:
                    label = ROWS.get(metric, metric)
                    lines.append(f"- {subject}, {label}: {system} {theirs:.3g}, sojourn {mine:.3g}.")
    return lines
