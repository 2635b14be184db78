"""A stop with nothing saved before, and what comes after it, on an S3 server: beside plain puts and gets of as many bytes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

from tests.fidelity.kernel import KernelFailed
from tests.fidelity.systems import Place, System
from tests.seaweedfs import S3, NoSeaweedFS, running

from .cells import run_cell
from .peers.environments import python_of
from .places import place
from .plain_s3 import ARRAYS

MEGABYTES = 1024
SECONDS = 900.0
PAUSE = 4.0  # seconds between one process that held all the bytes and the next: its memory has gone back to the machine by then
MAKE = (
    "import numpy as np\nrng = np.random.default_rng()\n"
    f"arrays = [rng.random({(MEGABYTES << 20) // 8 // ARRAYS}) for _ in range({ARRAYS})]"
)
WORDS = (
    f"{MEGABYTES >> 10} GB of random float64 in {ARRAYS} arrays, store on a SeaweedFS server on the same machine and disk; SIGTERM at the end of the cell "
    "that made them, so that nothing was saved before, until the kernel has ended; then a new kernel, until a cell has touched all. Plain: as "
    "many random bytes put in objects of 8 MB, eight at a time, by a process of boto3 or of obstore (`benchmarks/plain_s3.py`), and got by "
    "another, on the same server, and how long such a process takes until its client is there; loaded: got into buffers and unpickled to as many "
    "arrays; 4 s between the processes; a quarter was put and got once before, unmeasured"
)


def measure(system: System) -> dict[str, float]:
    """Seconds. stop, all: of Sojourn. boto3_put, boto3_get, boto3_load, obstore_put, obstore_get: of the bytes alone; boto3_start: of a process until its client is there."""
    try:
        with place() as where, running(where.folder / "server") as server:
            grace = str(SECONDS)  # what a slow server takes is measured, not left out
            store = {"SOJOURN_STORE": server.url("sessions"), "SOJOURN_GRACE": grace, **server.environment()}
            return _measured(system, replace(where, env={**where.env, **store}), server)
    except NoSeaweedFS as error:
        raise KernelFailed(str(error)) from None


def _measured(system: System, where: Place, server: S3) -> dict[str, float]:
    _plain("boto3", server, MEGABYTES // 4, ("put", "get"))
    kernel = system.start(where, again=False)
    try:
        run_cell(kernel, MAKE, SECONDS)
        begun = time.perf_counter()
        status = kernel.terminate(SECONDS)
        measured = {"stop": time.perf_counter() - begun}
        if status:
            raise KernelFailed(f"SIGTERM ended the kernel with {status}: {kernel.tail()}")
    finally:
        kernel.close()
    time.sleep(PAUSE)
    begun = time.perf_counter()
    kernel = system.start(where, again=True)
    try:
        run_cell(kernel, "[float(array[-1]) for array in arrays]", SECONDS)
        measured["all"] = time.perf_counter() - begun
    finally:
        kernel.close()
    for way in ("boto3", "obstore"):
        actions = ("put", "load", "get") if way == "boto3" else ("put", "get")
        measured |= {f"{way}_{what}": seconds for what, seconds in _plain(way, server, MEGABYTES, actions).items()}
    return measured


def _plain(way: str, server: S3, megabytes: int, actions: tuple[str, ...]) -> dict[str, float]:
    python = sys.executable if way == "boto3" else python_of(way, way)
    place = {"PLAIN_ENDPOINT": server.endpoint, "PLAIN_BUCKET": server.bucket}
    root = Path(__file__).resolve().parent.parent
    measured: dict[str, float] = {}
    for action in actions:
        time.sleep(PAUSE)
        environment = {**os.environ, **server.environment(), **place, "PLAIN_BEGUN": str(time.time())}
        command = [python, "-m", "benchmarks.plain_s3", way, action, str(megabytes)]
        ran = subprocess.run(command, env=environment, cwd=root, check=True, stdout=subprocess.PIPE, text=True)
        measured |= json.loads(ran.stdout)
    return measured
