"""How fast an array goes to a store and comes back, beside plain parallel puts and gets of the same bytes in the same run.

python -m benchmarks.store_throughput [--megabytes 1024] [--runs 5] [--only s3]
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from sojourn_kernel.store import BlobRef, SessionStore, open_store

from tests.seaweedfs import NoSeaweedFS, running

from .plain_s3 import PART, Way, Where, boto3_way, in_parallel, obstore_way


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.store_throughput", description=__doc__)
    parser.add_argument("--megabytes", type=int, default=1024)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--only", choices=["file", "s3"])
    given = parser.parse_args()
    data = memoryview(np.random.default_rng(0).random(given.megabytes << 17)).cast("B")
    with tempfile.TemporaryDirectory(prefix="sojourn-bench-") as directory:
        if given.only != "s3":
            report("a directory", file_ways(Path(directory)), data, given.runs)
        if given.only != "file":
            try:
                with running(Path(directory) / "seaweedfs") as server:
                    os.environ |= server.environment()
                    report("SeaweedFS on this machine", s3_ways(server), data, given.runs)
            except NoSeaweedFS as error:
                print(error, file=sys.stderr)
                return 1
    return 0


def report(where: str, ways: dict[str, Way], data: memoryview, runs: int) -> None:
    """Medians, each run one of every way; the first way is what the others are compared with."""
    speeds: dict[str, tuple[list[float], list[float]]] = {name: ([], []) for name in ways}
    for _ in range(runs):
        for name, (put, get, remove) in ways.items():
            with timed(speeds[name][0], len(data)):
                kept = put(data)
            with timed(speeds[name][1], len(data)):
                size = get(kept)
            assert size == len(data), f"{name} read {size} bytes"
            remove(kept)
    first = next(iter(speeds.values()))
    print(f"\n{where}, {len(data) >> 20} MB of random floats, medians of {runs} runs")
    print(f"| | put MB/s | of plain | get MB/s | of plain |\n|{'---|' * 5}")
    for name, (puts, gets) in speeds.items():
        put, get = statistics.median(puts), statistics.median(gets)
        ratios = put / statistics.median(first[0]), get / statistics.median(first[1])
        print(f"| {name} | {put:.0f} | {ratios[0]:.0%} | {get:.0f} | {ratios[1]:.0%} |")


@contextmanager
def timed(into: list[float], size: int) -> Iterator[None]:
    begin = time.perf_counter()
    yield
    into.append(size / 1e6 / (time.perf_counter() - begin))


def store_way(url: str) -> Way:
    """Sojourn's store: a new session each time, so that nothing is known."""
    runs = iter(range(1_000_000))

    def put(data: memoryview) -> tuple[SessionStore, BlobRef]:
        kept = open_store(url, b"0123456789abcdef0123456789abcdef").session(f"run/{next(runs)}")
        writer = kept.writer()
        ref = writer.put_blob(data)
        writer.commit(b"", {})
        return kept, ref

    def get(kept: tuple[SessionStore, BlobRef]) -> int:
        return len(kept[0].read_blob(kept[1]))

    def remove(kept: tuple[SessionStore, BlobRef]) -> None:
        kept[0].backend.delete([entry.key for entry in kept[0].backend.walk(kept[0].prefix)])

    return put, get, remove


def file_ways(directory: Path) -> dict[str, Way]:
    def put(data: memoryview) -> int:
        def write(start: int) -> None:
            with (directory / f"plain-{start}").open("wb") as file:
                file.write(data[start : start + PART])
                file.flush()
                os.fsync(file.fileno())

        in_parallel(write, len(data))
        return len(data)

    def get(size: int) -> int:
        return sum(map(len, in_parallel(lambda start: (directory / f"plain-{start}").read_bytes(), size)))

    def remove(size: int) -> None:
        for path in directory.glob("plain-*"):
            path.unlink()

    shutil.rmtree(directory / "store", ignore_errors=True)
    return {"plain files, synced": (put, get, remove), "Sojourn": store_way(f"file://{directory}/store")}


def s3_ways(server: Any) -> dict[str, Way]:
    where = Where(server.endpoint, server.bucket, server.access_key, server.secret_key)
    ways = {"plain boto3": boto3_way(where)}
    if importlib.util.find_spec("obstore"):
        ways["plain obstore"] = obstore_way(where)
    return ways | {"Sojourn": store_way(server.url("bench"))}


if __name__ == "__main__":
    sys.exit(main())
