"""``python -m benchmarks``: measure Sojourn beside its peers and write docs/benchmarks.md."""

from __future__ import annotations

import argparse
import compileall
import os
import platform
import sys
import time
from collections.abc import Callable, Mapping
from functools import partial
from importlib.metadata import version
from pathlib import Path

import sojourn_kernel

from tests.fidelity.kernel import KernelFailed

from . import checkpoints, large, notebook, stops, tracking, working
from .peers import PEERS
from .report import write
from .results import Results
from .workloads import WORKLOADS

RUNS = 5
LONG = 600.0  # seconds of one table after which a peer is not run again


def main() -> int:
    subjects = {
        "tracking": tracking.measure,
        "notebook": notebook.measure,
        "large": large.measure,
        "stops": stops.measure,
    }
    subjects |= {name: partial(working.measure, notebook=name) for name in working.WORDS}
    subjects |= {name: partial(_work, name=name) for name in WORKLOADS}
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", help=f"comma-separated: {', '.join(subjects)}")
    parser.add_argument("--systems", help=f"comma-separated: {', '.join(PEERS)}")
    parser.add_argument("--runs", type=int, default=RUNS, help="runs of each; the median is shown")
    parser.add_argument("--quick", action="store_true", help="one run of each")
    parser.add_argument(
        "--report", action="store_true", help="measure nothing: write the page from the numbers on disk"
    )
    given = parser.parse_args()
    results = Results.load()
    if not given.report:
        compileall.compile_dir(Path(sojourn_kernel.__file__).parent, quiet=1)  # as an installer does, for the peers too
        results.machine = _machine()
        systems = _chosen(parser, given.systems, PEERS)
        for subject in _chosen(parser, given.only, subjects):
            _measure(results, subject, systems, subjects[subject], 1 if given.quick else given.runs)
    print(write(results))
    return 0


def _work(system: object, *, name: str) -> dict[str, float]:
    return checkpoints.measure(system, WORKLOADS[name])  # type: ignore[arg-type]


def _chosen(parser: argparse.ArgumentParser, asked: str | None, known: Mapping[str, object]) -> list[str]:
    names = asked.split(",") if asked else list(known)
    if unknown := [name for name in names if name not in known]:
        parser.error(f"unknown: {', '.join(unknown)} (known: {', '.join(known)})")
    return names


def _measure(
    results: Results, subject: str, systems: list[str], action: Callable[..., dict[str, float]], runs: int
) -> None:
    """Run after run, each of all systems: what changes on the machine meanwhile meets them all alike."""
    able = [system for system in systems if _has(system, subject)]
    taken = dict.fromkeys(able, 0.0)
    for system in able:
        results.begin(subject, system)
    for number in range(runs):
        for system in list(able):
            begun = time.monotonic()
            try:
                measured = action(PEERS[system])
            except KernelFailed as error:
                results.fail(subject, system, " ".join(str(error).split())[:300])
                print(f"{subject} {system}: failed: {error}", flush=True)
                able.remove(system)
                continue
            results.add(subject, system, measured)
            print(f"{subject} {system} {number + 1}/{runs}: {measured}", flush=True)
            taken[system] += time.monotonic() - begun
            if taken[system] > LONG and system != "sojourn":
                able.remove(system)


def _has(system: str, subject: str) -> bool:
    """Whether a system has such a thing: some store nothing, some take minutes a cell."""
    if subject == "notebook":
        return system not in ("ipykernel", "rerun")
    if subject in working.WORDS and system in ("dill", "rerun"):
        return False
    if subject == "stops":
        return system == "sojourn"
    return subject != "large" or system in ("sojourn", "ipykernel")


def _machine() -> dict[str, str]:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    packages = {name: version(name) for name in ("numpy", "pandas", "scikit-learn", "ipykernel", "ipython")}
    return {"CPUs": str(os.cpu_count()), "memory": f"{memory:.0f} GiB", "Python": platform.python_version(), **packages}


if __name__ == "__main__":
    sys.exit(main())
