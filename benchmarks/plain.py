"""``python -m benchmarks.plain write|read FOLDER``: the same arrays as plain files, written and read as fast as files go.

Out-of-band pickles (protocol 5): the buffers in files of 8 MB, eight at a time, each synced; read to where they belong,
and `pickle.loads`. A process of its own, since memory that a process touches first is the slow part on many machines.
"""

from __future__ import annotations

import os
import pickle
import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

PART = 8 << 20  # bytes of a file
PARALLEL = 8


def write(folder: Path, values: Iterable[Any]) -> None:
    for number, value in enumerate(values):
        buffers: list[pickle.PickleBuffer] = []
        (folder / f"{number}.pickle").write_bytes(pickle.dumps(value, protocol=5, buffer_callback=buffers.append))
        (buffer,) = buffers
        data = buffer.raw()

        def put(start: int, number: int = number, data: memoryview = data) -> None:
            with (folder / f"{number}-{start:012}").open("wb") as file:
                file.write(data[start : start + PART])
                file.flush()
                os.fsync(file.fileno())

        with ThreadPoolExecutor(PARALLEL) as pool:
            list(pool.map(put, range(0, len(data), PART)))


def read(folder: Path) -> list[Any]:
    values = []
    for stream in sorted(folder.glob("*.pickle")):
        parts = sorted(folder.glob(f"{stream.stem}-*"))
        room = memoryview(bytearray(sum(part.stat().st_size for part in parts)))

        def fill(place: tuple[int, Path], room: memoryview = room) -> None:
            number, part = place
            with part.open("rb", buffering=0) as file:
                view = room[number * PART : (number + 1) * PART]
                while view:
                    view = view[file.readinto(view) :]  # type: ignore[arg-type]

        with ThreadPoolExecutor(PARALLEL) as pool:
            list(pool.map(fill, enumerate(parts)))
        values.append(pickle.loads(stream.read_bytes(), buffers=[room]))
    return values


if __name__ == "__main__":
    import numpy as np

    where = Path(sys.argv[2])
    if sys.argv[1] == "write":
        from .large import ARRAY, ARRAYS

        rng = np.random.default_rng()
        write(where, (rng.random(ARRAY) for _ in range(ARRAYS)))
    else:
        print(sum(float(array[-1]) for array in read(where)))
