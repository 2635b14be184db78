"""A 4 GB session: what a small change costs to commit, what a stop costs, and when the first cell runs after it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from tests.fidelity.kernel import Kernel
from tests.fidelity.systems import Place, System

from .cells import run_cell, timed
from .memory import Peak
from .places import place

ARRAY = 125_000_000  # float64: 1 GB each
ARRAYS = 4
CHANGE = 131_072 * 8
WORDS = (
    "4 GB of random float64 in 4 arrays and an array of 1 MB, `file://` store on the same disk; times are from the end of the changing cell to the "
    "commit, from SIGTERM to the exit of a kernel whose background checkpoint is through, and from the start of a new kernel to the result of a cell "
    "that touches 1 MB, and of one that touches all; it was restored once before, unmeasured. Plain: arrays of the same size in 8 MB files of out-of-band pickles, read eight at a time and "
    "unpickled (`python -m benchmarks.plain`), from the start of a new process to its end; they were read once before, unmeasured, too: a process whose "
    "memory the machine's host has to find first waits for that twice as long as for all else. Memory: the proportional set size of the kernel and its children, looked at ten times a second"
)
SETTLED = 8.0  # seconds without a write to the store after which nothing more comes
SECONDS = 900.0


def measure(system: System) -> dict[str, float]:
    """Seconds, bytes sent by each byte that changed, and the share of the session that its first checkpoint took in memory; of a system without checkpoints, its start alone."""
    if system.name != "sojourn":
        return {"first": _start_of(system)}
    with place() as where:
        store = where.folder / "store"
        kernel = system.start(where, again=False)
        try:
            cell = f"import numpy as np\nrng = np.random.default_rng()\narrays = [rng.random({ARRAY}) for _ in range({ARRAYS})]"
            run_cell(kernel, cell, SECONDS)
            run_cell(kernel, "a, b, c, d = arrays\nsmall = np.zeros(131_072)", SECONDS)
            with Peak(kernel.process.pid) as peak:
                time.sleep(SETTLED)  # the first background checkpoint begins
                _settle(store)
            fresh = _commit(kernel, store, "small = rng.random(131_072)")
            inside = _commit(kernel, store, "b[5_000_000:5_131_072] = rng.random(131_072)")
            run_cell(kernel, "small[0] = 5", SECONDS)
            _settle(store)
            run_cell(kernel, "last = small[:3].sum()", SECONDS)
            stopped = timed(lambda: system.save(kernel, where))
        finally:
            kernel.close()
        plain = where.folder / "plain"
        plain.mkdir()
        _plain("write", plain)
        for _ in range(2):  # the first is unmeasured: who first takes so much memory waits for the machine to give it
            first, everything = _restore(system, where)
        for _ in range(2):
            read = timed(lambda: _plain("read", plain))
    return {
        "new": fresh[0], "new_ratio": fresh[1], "slice": inside[0], "slice_ratio": inside[1], "stop": stopped, "first": first,
        "all": everything, "plain_read": read, "memory": peak.extra / (ARRAYS * ARRAY * 8),
    }  # fmt: skip


def _start_of(system: System) -> float:
    """Seconds from nothing to the first result, in a kernel that has nothing to load."""
    with place() as where:
        begin = time.perf_counter()
        kernel = system.start(where, again=False)
        try:
            run_cell(kernel, "1 + 1", SECONDS)
            return time.perf_counter() - begin
        finally:
            kernel.close()


def _restore(system: System, where: Place) -> tuple[float, float]:
    """Seconds from a kernel's start to the result of a cell that touches 1 MB, and of one that touches all."""
    begin = time.perf_counter()
    kernel = system.start(where, again=True)
    try:
        run_cell(kernel, "float(small[0])", SECONDS)
        first = time.perf_counter() - begin
        run_cell(kernel, "[float(x[-1]) for x in arrays], a is arrays[0]", SECONDS)
        return first, time.perf_counter() - begin
    finally:
        kernel.close()
        shutil.rmtree(where.folder / "second")  # the next start makes it anew


def _commit(kernel: Kernel, store: Path, code: str) -> tuple[float, float]:
    """Seconds from a cell's end to the commit, and bytes written by each byte that changed."""
    before, last = _bytes(store), _newest(store)
    run_cell(kernel, code, SECONDS)
    ended = time.time()
    while _newest(store) == last:
        time.sleep(0.005)
    _settle(store)
    return _newest(store) - ended, (_bytes(store) - before) / CHANGE


def _settle(store: Path) -> None:
    while time.time() - _newest(store) < SETTLED:
        time.sleep(0.1)


def _newest(store: Path) -> float:
    """When the last file was written: a commit ends with the session's head."""
    return max((_stat(path).st_mtime for path in store.rglob("*") if path.is_file()), default=time.time())


def _bytes(store: Path) -> int:
    return sum(_stat(path).st_size for path in store.rglob("*") if path.is_file())


def _stat(path: Path) -> os.stat_result:
    try:
        return path.stat()
    except FileNotFoundError:  # removed meanwhile
        return os.stat_result([0] * 10)


def _plain(act: str, folder: Path) -> None:
    subprocess.run([sys.executable, "-m", "benchmarks.plain", act, str(folder)], check=True, stdout=subprocess.DEVNULL)
