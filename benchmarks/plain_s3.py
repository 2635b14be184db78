"""``python -m benchmarks.plain_s3 boto3|obstore put|get|load MEGABYTES``: how fast plain parallel puts and gets of random bytes are.

Objects of 8 MB, eight at a time, as a user's script would send them; the server comes from the environment
(``PLAIN_ENDPOINT``, ``PLAIN_BUCKET``, and the keys as S3's clients take them; ``PLAIN_BEGUN``: ``time.time()`` when the process was
launched). Prints the seconds that they took, and those of the start until the client is there, as JSON. Gets are a process's first:
one that has put as many bytes has memory already, which a new one waits for. ``load`` is what a restore does, alone: the same gets,
each into its place in a buffer, and one ``pickle.loads`` of arrays that lie in the buffers. It needs nothing but the library that it
measures (and numpy, to load), so that it runs in that library's own environment.
"""

from __future__ import annotations

import json
import os
import pickle
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

PART = 8 << 20  # bytes of one plain object: as large as a pack
PARALLEL = 8
ARRAYS = 8  # that the bytes are, when they are loaded

# Put the bytes; get those of one object, by their place; remove them all.
Way = tuple[Callable[[memoryview], Any], Callable[[int], Any], Callable[[int], object]]


@dataclass(frozen=True)
class Where:
    """A bucket, and the keys to it."""

    endpoint: str
    bucket: str
    access_key: str
    secret_key: str


def in_parallel(act: Callable[[int], Any], data_size: int) -> list[Any]:
    with ThreadPoolExecutor(PARALLEL) as pool:
        return list(pool.map(act, range(0, data_size, PART)))


def boto3_way(where: Where) -> Way:
    import boto3
    from botocore.config import Config

    config = Config(max_pool_connections=PARALLEL, s3={"addressing_style": "path"})
    keys = {"aws_access_key_id": where.access_key, "aws_secret_access_key": where.secret_key}
    client = boto3.client("s3", endpoint_url=where.endpoint, region_name="us-east-1", config=config, **keys)

    def put(data: memoryview) -> int:
        def send(start: int) -> None:
            client.put_object(Bucket=where.bucket, Key=f"boto3/{start}", Body=bytes(data[start : start + PART]))

        in_parallel(send, len(data))
        return len(data)

    def receive(start: int) -> bytes:
        return client.get_object(Bucket=where.bucket, Key=f"boto3/{start}")["Body"].read()

    def remove(size: int) -> None:
        in_parallel(lambda start: client.delete_object(Bucket=where.bucket, Key=f"boto3/{start}"), size)

    return put, receive, remove


def obstore_way(where: Where) -> Way:
    from obstore.store import S3Store

    store = S3Store(where.bucket, endpoint=where.endpoint, region="us-east-1", access_key_id=where.access_key,
                    secret_access_key=where.secret_key, client_options={"allow_http": True})  # fmt: skip

    def put(data: memoryview) -> int:
        in_parallel(lambda start: store.put(f"obstore/{start}", bytes(data[start : start + PART])), len(data))
        return len(data)

    def receive(start: int) -> Any:
        return store.get(f"obstore/{start}").bytes()

    def remove(size: int) -> None:
        in_parallel(lambda start: store.delete(f"obstore/{start}"), size)

    return put, receive, remove


WAYS: dict[str, Callable[[Where], Way]] = {"boto3": boto3_way, "obstore": obstore_way}


def load(receive: Callable[[int], Any], size: int) -> float:
    """Seconds from bytes in the store to arrays that a program may write to."""
    import numpy

    length = size // ARRAYS
    arrays = [numpy.zeros(length // 8) for _ in range(ARRAYS)]  # no memory is touched by that
    stream = pickle.dumps(arrays, protocol=5, buffer_callback=lambda _: None)
    begun = time.perf_counter()
    buffers = [memoryview(numpy.empty(length, "u1")) for _ in range(ARRAYS)]

    def fill(start: int) -> None:
        buffers[start // length][start % length : start % length + PART] = receive(start)

    in_parallel(fill, size)
    arrays = pickle.loads(stream, buffers=buffers)
    seconds = time.perf_counter() - begun
    if sum(map(len, arrays)) * 8 != size:
        sys.exit("not all arrays are there")
    return seconds


def main() -> None:
    name, action, size = sys.argv[1], sys.argv[2], int(sys.argv[3]) << 20
    given = os.environ
    keys = given["AWS_ACCESS_KEY_ID"], given["AWS_SECRET_ACCESS_KEY"]
    where = Where(given["PLAIN_ENDPOINT"], given["PLAIN_BUCKET"], *keys)
    put, receive, remove = WAYS[name](where)
    ready = time.time() - float(given["PLAIN_BEGUN"])
    if action == "put":
        data = memoryview(b"".join(os.urandom(1 << 20) for _ in range(size >> 20)))
        begun = time.perf_counter()
        put(data)
        seconds = time.perf_counter() - begun
    elif action == "load":
        seconds = load(receive, size)
    else:
        begun = time.perf_counter()
        read = sum(map(len, in_parallel(receive, size)))
        seconds = time.perf_counter() - begun
        remove(size)
        if read != size:
            sys.exit(f"{name} read {read} bytes of {size}")
    print(json.dumps({"start": ready, action: seconds}))


if __name__ == "__main__":
    main()
