"""Packs: many chunks in one object. They leave as they fill, several at once, from a bounded number of buffers."""

from __future__ import annotations

import threading
import time
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from ..system import urandom
from .backend import Bytes
from .errors import StoreUnavailable
from .publishing import Target

PACK = 8 << 20  # bytes: a pack leaves when it is this large
ROOM = PACK + (64 << 10)  # bytes of a buffer: what encryption adds to a pack's chunks fits in as well
IN_FLIGHT = 8  # packs on their way at once
SHORT = 1 << 20  # bytes of a pack by which the speed of an unknown link is found
AHEAD = 1.5  # seconds of the link that are on their way at most, where a save has to end in time
BUFFERS = IN_FLIGHT + 2  # packs in memory: on their way, or filling


class Buffers:
    """Memory for packs, used again and again. Safe for threads."""

    def __init__(self) -> None:
        self._free: list[bytearray] = []
        self._made = 0
        self._closed = False
        self._change = threading.Condition()

    def take(self) -> bytearray:
        """A buffer of ROOM bytes; waits for one. Raises StoreUnavailable once the writer has given up."""
        with self._change:
            while not self._free and self._made == BUFFERS and not self._closed:
                self._change.wait()
            if self._closed:
                raise StoreUnavailable("this save has ended already")
            if self._free:
                return self._free.pop()
            self._made += 1
        return bytearray(ROOM)

    def give(self, buffer: bytearray) -> None:
        with self._change:
            self._free.append(buffer)
            self._change.notify()

    def close(self) -> None:
        with self._change:
            self._closed = True
            self._change.notify_all()


class Packer:
    """Fills packs and sends them. Fails at the next call once one could not be stored."""

    def __init__(self, target: Target) -> None:
        self.buffers = Buffers()
        self._target = target
        self._pool: ThreadPoolExecutor | None = None
        self._sending: list[Future[None]] = []
        self.sent: list[str] = []
        "The names of all packs, stored or on their way."
        self._busy = threading.Lock()
        self._first, self._last, self._done = 0.0, 0.0, 0
        self._name, self._buffer, self._used = urandom(16), None, 0  # type: tuple[bytes, bytearray | None, int]
        self._active, self._since, self._busy_seconds = 0, 0.0, 0.0
        self.bytes = self.packs = 0
        self.paced = False
        "Whether a save has to end in time: then little is on its way at once, in packs that the link takes half a second for."

    def speed(self) -> float | None:
        """Bytes a second of this save's packs so far; None while too little was sent to tell."""
        with self._busy:
            seconds = self._busy_seconds + (time.monotonic() - self._since if self._active else 0.0)
            return self._done / seconds if self._done and (self._done > 2 * PACK or seconds > 1.0) else None

    @property
    def filling(self) -> int:
        """Bytes of the pack that is filling."""
        return self._used

    @property
    def unsent(self) -> int:
        """Bytes of packs that are not stored yet, the one that is filling included."""
        return self.bytes - self._done + self._used

    def size_of_a_pack(self) -> int:
        speed = self.speed()
        return PACK if not self.paced else max(SHORT, min(PACK, int(speed / 2))) if speed else SHORT

    def add(self, stored: Bytes) -> tuple[bytes, int]:
        """Put a chunk into the pack that is filling: the pack's id and the chunk's offset there."""
        if self._used + len(stored) > PACK or (self.paced and self._used >= self.size_of_a_pack()):
            self.flush()
        if self._buffer is None:
            self._buffer = self.buffers.take()
        place = self._name, self._used
        self._buffer[self._used : self._used + len(stored)] = stored
        self._used += len(stored)
        return place

    def flush(self) -> None:
        """Send the pack that is filling."""
        if self._buffer is not None:
            buffer, used, name = self._buffer, self._used, self._name
            self._name, self._buffer, self._used = urandom(16), None, 0
            self._send(name, buffer, used)

    def send(self, buffer: bytearray, used: int) -> bytes:
        """Send a buffer that somebody else filled, as a pack of its own: the pack's id."""
        name = urandom(16)
        self._send(name, buffer, used)
        return name

    def _send(self, name: bytes, buffer: bytearray, used: int) -> None:
        while self._sending and self._sending[0].done():
            self._sending.pop(0).result()  # raises what an earlier pack met
        if self._pool is None:
            self._pool = ThreadPoolExecutor(IN_FLIGHT, thread_name_prefix="sojourn-upload")
        if self.paced:
            self._wait_for_the_link()
        self.bytes += used
        self.packs += 1
        self.sent.append(name.hex())
        self._sending.append(self._pool.submit(self._put, name.hex(), buffer, used))

    def _wait_for_the_link(self) -> None:
        most = max(2 * SHORT, AHEAD * (self.speed() or 0.0))
        while self._sending and self.unsent - self._used > most:
            wait(self._sending, return_when=FIRST_COMPLETED)
            for future in [future for future in self._sending if future.done()]:
                self._sending.remove(future)
                future.result()

    def _put(self, name: str, buffer: bytearray, used: int) -> None:
        begin = time.monotonic()
        with self._busy:
            self._since = self._since if self._active else begin
            self._active += 1
        try:
            self._target.put_pack(name, memoryview(buffer)[:used])
        finally:
            self.buffers.give(buffer)
            with self._busy:
                self._active -= 1
                self._busy_seconds += 0.0 if self._active else time.monotonic() - self._since
        with self._busy:
            self._first, self._last = self._first or begin, time.monotonic()
            self._done += used

    def finish(self) -> None:
        """Until all packs are stored."""
        self.flush()
        for future in self._sending:
            future.result()
        if self._done != self.bytes:
            raise StoreUnavailable(f"only {self._done} of {self.bytes} bytes were stored")

    def close(self) -> None:
        self.buffers.close()
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)

    def wait_for_the_rest(self) -> None:
        """Until none is on its way any more, after ``close``."""
        wait(self._sending)

    def link(self, otherwise: float) -> float:
        """Measured bytes a second, where enough was sent to tell."""
        return (
            self._done / (self._last - self._first) if self._done > 2 * PACK and self._last > self._first else otherwise
        )
