"""Packs: many chunks in one object. They leave as they fill, several at once, with a bound on the memory in flight."""

from __future__ import annotations

import os
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor

from .publishing import Target

PACK = 8 << 20  # bytes: a pack leaves when it is this large
IN_FLIGHT = 8  # packs on their way at once: 64 MiB


class Packer:
    """Fills packs and sends them. Fails at the next call once one could not be stored."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._slots = threading.Semaphore(IN_FLIGHT)
        self._pool: ThreadPoolExecutor | None = None
        self._sending: list[Future[None]] = []
        self._busy = threading.Lock()
        self._first, self._last, self._done = 0.0, 0.0, 0
        self.bytes = self.packs = 0
        self._new()

    def _new(self) -> None:
        self.name, self._data = os.urandom(16), bytearray()

    def add(self, stored: bytes | memoryview) -> tuple[bytes, int]:
        """Put a chunk into the pack that is filling: the pack's id and the chunk's offset there."""
        if len(self._data) + len(stored) > PACK and self._data:
            self.flush()
        place = self.name, len(self._data)
        self._data += stored
        return place

    def flush(self) -> None:
        """Send what there is. Waits while too much is on its way; raises what a pack before this one met."""
        self._raise()
        if not self._data:
            return
        name, data = self.name.hex(), self._data
        self._new()
        self._slots.acquire()
        self.bytes += len(data)
        self.packs += 1
        if self._pool is None:
            self._pool = ThreadPoolExecutor(IN_FLIGHT, thread_name_prefix="sojourn-upload")
        self._sending.append(self._pool.submit(self._send, name, data))

    def _send(self, name: str, data: bytearray) -> None:
        begin = time.monotonic()
        try:
            self._target.put_pack(name, data)
        finally:
            self._slots.release()
        with self._busy:
            self._first, self._last = self._first or begin, time.monotonic()
            self._done += len(data)

    def finish(self) -> None:
        """Until all packs are stored."""
        self.flush()
        for future in self._sending:
            future.result()
        self.close()

    def _raise(self) -> None:
        while self._sending and self._sending[0].done():
            self._sending.pop(0).result()

    def close(self) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)

    def link(self, otherwise: float) -> float:
        """Measured bytes a second, where enough was sent to tell."""
        return (
            self._done / (self._last - self._first) if self._done > 2 * PACK and self._last > self._first else otherwise
        )
