"""A stop with nothing saved before, and what comes after it, on an S3 server: beside plain puts and gets of as many bytes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

from tests.fidelity.kernel import Kernel, KernelFailed
from tests.fidelity.systems import Place, System
from tests.seaweedfs import S3, NoSeaweedFS, running

from .cells import run_cell, timed
from .peers.environments import python_of
from .places import place

MEGABYTES = 1024
SECONDS = 900.0
ARRAYS = 8
MAKE = (
    "import numpy as np\nrng = np.random.default_rng()\n"
    f"arrays = [rng.random({(MEGABYTES << 20) // 8 // ARRAYS}) for _ in range({ARRAYS})]"
)
WORDS = (
    f"{MEGABYTES >> 10} GB of random float64 in {ARRAYS} arrays, store on a SeaweedFS server on the same machine and disk; SIGTERM at the end of the cell "
    "that made them, so that nothing was saved before, until the kernel has ended; then a new kernel, until a cell has touched all. Plain: as "
    "many random bytes put and got in objects of 8 MB, eight at a time, by a process of boto3 or of obstore (`benchmarks/plain_s3.py`), "
    "on the same server; a quarter of it was put and got once before, unmeasured"
)


def measure(system: System) -> dict[str, float]:
    """Seconds. stop, all: of Sojourn. boto3_put, boto3_get, obstore_put, obstore_get: of the bytes alone."""
    try:
        with place() as where, running(where.folder / "server") as server:
            return _measured(where, server)
    except NoSeaweedFS as error:
        raise KernelFailed(str(error)) from None


def _measured(where: Place, server: S3) -> dict[str, float]:
    _plain("boto3", server, MEGABYTES // 4)
    first = _kernel("first", where, server)
    try:
        run_cell(first, MAKE, SECONDS)
        code: list[int] = []
        measured = {"stop": timed(lambda: code.append(first.terminate(SECONDS)))}
        if code != [0]:
            raise KernelFailed(f"SIGTERM ended the kernel with {code}: {first.tail()}")
    finally:
        first.close()
    begun = time.perf_counter()
    second = _kernel("second", where, server)
    try:
        run_cell(second, "[float(array[-1]) for array in arrays]", SECONDS)
        measured["all"] = time.perf_counter() - begun
    finally:
        second.close()
    for way in ("boto3", "obstore"):
        measured |= {f"{way}_{what}": seconds for what, seconds in _plain(way, server, MEGABYTES).items()}
    return measured


def _kernel(name: str, where: Place, server: S3) -> Kernel:
    folder = where.folder / name
    folder.mkdir()
    given = {"SOJOURN_STORE": server.url("sessions"), "SOJOURN_SESSION": "bench/ada/default/kernels/one"}
    given["SOJOURN_GRACE"] = str(SECONDS)  # what a slow server takes is measured, not left out
    return Kernel(folder, where.cwd, spec="sojourn", env={**where.env, **server.environment(), **given})


def _plain(way: str, server: S3, megabytes: int) -> dict[str, float]:
    python = sys.executable if way == "boto3" else python_of(way, way)
    keys = {"PLAIN_ACCESS_KEY": server.access_key, "PLAIN_SECRET_KEY": server.secret_key}
    environment = {**os.environ, "PLAIN_ENDPOINT": server.endpoint, "PLAIN_BUCKET": server.bucket, **keys}
    command = [python, "-m", "benchmarks.plain_s3", way, str(megabytes)]
    root = Path(__file__).resolve().parent.parent
    ran = subprocess.run(command, env=environment, cwd=root, check=True, stdout=subprocess.PIPE, text=True)
    return dict(json.loads(ran.stdout))
