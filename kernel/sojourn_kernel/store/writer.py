"""Writing one checkpoint: bytes to chunks, chunks to packs, packs to the store, then the manifest, then the head."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import Any, NamedTuple

import xxhash
from blake3 import blake3

from ..system import now, now_ns, urandom
from .chunking import BLOCK, cut, flat
from .compression import Compressor
from .errors import OutOfTime, StoreUnavailable
from .packing import Buffers, Packer
from .publishing import Head, Publication, Start, Target
from .refs import FANOUT, INLINE, PLAIN, ZSTD, BlobRef, ChunkRef, digest_of, encode_rows
from .seal import Sealer
from .warm import PRINT, Prints, Warm

AHEAD = 3  # batches in the making
THREADS = 2
INLINE_BYTES = 1 << 20  # bytes up to which a blob is not worth a thread
SMALL = 64 << 10  # bytes of a blob that is stored however late it is
PRINTED = 4 * BLOCK  # bytes from which on a buffer's blocks are fingerprinted for the next time
LONGEST = 4 * 3600.0  # seconds a writer may take: what it uses is not removed for longer than that (see retention)


@dataclass(frozen=True)
class Committed:
    """A committed checkpoint. ``warm`` makes the next writer fast; it may be lost. link: bytes a second, measured."""

    id: str
    parent: str | None
    created: float
    uploaded_bytes: int
    requests: int
    warm: bytes
    link: float = 0.0


class _Made(NamedTuple):
    """A chunk, not stored yet; no bytes where the session has it already."""

    digest: bytes
    raw: int
    stored: bytes | memoryview
    codec: int
    print: bytes


class _Batch(NamedTuple):
    """Neighbouring chunks. buffer: what ``stored`` of each is in, one after the other, ``used`` bytes in all."""

    made: list[_Made]
    buffer: bytearray | None = None
    used: int = 0


class CheckpointWriter:
    """One checkpoint in the making, by one thread. Not fork-safe: make it in the process that uses it."""

    def __init__(self, target: Target, sealer: Sealer, warm: bytes | None) -> None:
        self._target, self._sealer = target, sealer
        self._warm = Warm.unpack(warm) if warm else Warm()
        self._began, self._deadline = now_ns(), time.monotonic() + LONGEST
        self._requests = 0
        try:
            self._begin(target.start(want_head=not warm), anew=not warm)
        except BaseException:
            target.close()
            raise
        self._packer = Packer(target)
        self._compressor = Compressor(self._warm.link)
        self._pool: ThreadPoolExecutor | None = None
        self._until: float | None = None
        self._publishing = False

    def be_done_by(self, until: float) -> None:
        """From here on a blob that the link doesn't carry by then (``time.monotonic()``) raises OutOfTime, soon; others may follow."""
        self._until, self._packer.paced = until, True

    def _in_time(self, raw: int, rest: int, sent: int) -> None:
        """``raw`` bytes of a blob took ``sent`` in the store, ``rest`` are to come."""
        if self._until is None or raw + rest < SMALL:
            return
        left, speed = self._until - time.monotonic(), self._packer.speed()
        to_send = self._packer.unsent + rest * min(1.0, sent / max(raw, 1))
        if left <= 0 or (speed is not None and to_send / speed > left):
            raise OutOfTime("there is no time left to store it")

    def _begin(self, start: Start, anew: bool) -> None:
        self._requests = 2 if anew else 1
        if anew:
            self._warm.head, self._warm.tag, self._warm.generation = start.head, start.tag, start.generation
        elif start.generation != self._warm.generation or start.generation < 0:
            self._forget_removed(start.generation)

    def put_blob(self, data: Any, *, kind: str = "buffer", previous: BlobRef | None = None) -> BlobRef:
        """Store bytes and return their ref. Content that the session already has is not sent again.

        kind: ``buffer`` for memory, ``stream`` for pickles. previous: the ref of an older version of the same buffer.
        Raises StoreUnavailable, and OutOfTime after ``be_done_by``.
        """
        view = flat(data)
        chunks, prints = [], []
        raw, before = 0, self._packer.bytes + self._packer.filling
        for batch in self._batches(view, kind, previous):
            chunks += self._keep(batch)
            prints += [made.print for made in batch.made]
            raw += sum(made.raw for made in batch.made)
            self._in_time(raw, len(view) - raw, self._packer.bytes + self._packer.filling - before)
        digests = [chunk.digest for chunk in chunks]
        digest = digest_of(digests)
        if kind == "buffer" and len(view) >= PRINTED:
            if previous is not None:
                self._warm.prints.pop(previous.digest, None)
            self._warm.prints[digest] = Prints(b"".join(prints), b"".join(digests))
        depth = 0
        while len(chunks) > INLINE:
            lists = [encode_rows(chunks[start : start + FANOUT]) for start in range(0, len(chunks), FANOUT)]
            chunks = self._keep(_Batch([self._make(rows, None) for rows in lists]))
            depth += 1
        return BlobRef(len(view), digest, tuple(chunks), depth)

    def commit(self, body: bytes, meta: dict[str, Any]) -> Committed:
        """Packs, then the manifest, then the head. Raises HeadMoved if another writer came first."""
        self._until = None
        try:
            ref = self.put_blob(body, kind="stream")
            self._packer.finish()
            if time.monotonic() > self._deadline:
                raise StoreUnavailable(f"this save took more than {LONGEST / 3600:.0f} hours; it has to begin again")
            created, warm = now(), self._warm
            id = _new_id(created, warm.head)
            private = {"parent": warm.head, "created": created, "meta": meta, "body": ref.to_json()}
            manifest = self._sealer.seal_kind("manifest", {"id": id}, private)
            head = Head(id, warm.owner, self._began, warm.follows).seal(self._sealer)
            parent, expect = warm.head, warm.tag
            line = warm.owner, self._began, warm.follows, warm.seen
            self._publishing = True
            warm.tag = self._target.publish(Publication(id, manifest, head, expect, *line))
        finally:
            self.close()
        warm.head, warm.link = id, self._packer.link(warm.link)
        warm.limit()
        sent = self._packer.bytes + len(manifest) + len(head)
        return Committed(id, parent, created, sent, self._requests + self._packer.packs + 2, warm.pack(), warm.link)

    def close(self) -> None:
        """Give up, or be done: what was sent and is not committed is an orphan that a prune removes."""
        self._packer.close()
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
        self._target.close()

    def make_room(self) -> None:
        """Give up, and leave nothing behind: the store is full, and what is saved next may be smaller."""
        self.close()
        if not self._publishing:
            self._packer.wait_for_the_rest()
            self._target.withdraw(self._packer.sent)

    def _forget_removed(self, generation: int) -> None:
        """A prune has been at work elsewhere: use only chunks that are surely there to stay."""
        usable = {bytes.fromhex(pack) for pack in self._target.usable_packs()}
        known = self._warm.known
        self._warm.known = {digest: chunk for digest, chunk in known.items() if chunk.pack in usable}
        self._warm.generation = generation
        self._requests += 2

    def _batches(self, view: memoryview, kind: str, previous: BlobRef | None) -> Iterator[_Batch]:
        """The chunks of a blob, in order; those of a large one are made by several threads."""
        before = self._warm.prints.get(previous.digest) if previous is not None and kind == "buffer" else None
        printed = kind == "buffer" and len(view) >= PRINTED
        blocks = cut(view, kind)
        if len(view) <= INLINE_BYTES:
            yield self._make_batch(list(blocks), before, 0, printed, None)
            return
        if self._pool is None:
            self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="sojourn-hash")
        running: deque[Future[_Batch]] = deque()
        number = 0
        try:
            while batch := list(islice(blocks, self._packer.size_of_a_pack() // BLOCK)):
                running.append(
                    self._pool.submit(self._make_batch, batch, before, number, printed, self._packer.buffers)
                )
                number += len(batch)
                if len(running) >= AHEAD:
                    yield running.popleft().result()
            while running:
                yield running.popleft().result()
        finally:  # where the blob is given up
            for future in running:
                buffer = None if future.cancel() or future.exception() else future.result().buffer
                if buffer is not None:
                    self._packer.buffers.give(buffer)

    def _make_batch(self, batch: list[memoryview], before: Prints | None, number: int, printed: bool,
                    buffers: Buffers | None) -> _Batch:  # fmt: skip
        made: list[_Made | None] = []
        for offset, block in enumerate(batch):
            made.append(self._unchanged(block, before, number + offset) if before else None)
        new = [block for block, found in zip(batch, made, strict=True) if found is None]
        if not new:
            return _Batch([one for one in made if one])
        level = self._compressor.level_for(new)
        if buffers is None:
            return _Batch(
                [found or self._make(bytes(block), level, printed) for block, found in zip(batch, made, strict=True)]
            )
        buffer, used = buffers.take(), 0
        try:
            room = memoryview(buffer)
            for place, block in enumerate(batch):
                if made[place] is None:
                    made[place], used = self._make_in(room, used, block, level, printed)
        except BaseException:
            buffers.give(buffer)
            raise
        return _Batch([one for one in made if one], buffer, used)

    def _make_in(
        self, room: memoryview, used: int, block: memoryview, level: int | None, printed: bool
    ) -> tuple[_Made, int]:
        """A chunk, made in a buffer from ``used`` on; with what is used then."""
        copy = room[used : used + len(block)]
        copy[:] = block  # what is hashed is what is sent, whatever other threads do
        made = self._make(copy, level, printed)
        if made.stored is not copy:
            room[used : used + len(made.stored)] = made.stored
            made = made._replace(stored=room[used : used + len(made.stored)])
        return made, used + len(made.stored)

    def _unchanged(self, block: memoryview, before: Prints, number: int) -> _Made | None:
        """The chunk, where a block's fingerprint is the one it had."""
        stamp = before.prints[number * PRINT : (number + 1) * PRINT]
        digest = before.digests[number * 32 : (number + 1) * 32]
        found = self._warm.known.get(digest)
        if found is None or found.raw != len(block) or xxhash.xxh3_128_digest(block, self._warm.seed) != stamp:
            return None
        return _Made(digest, len(block), b"", PLAIN, stamp)

    def _make(self, block: bytes | memoryview, level: int | None, printed: bool = False) -> _Made:
        digest = blake3(block).digest()
        stamp = xxhash.xxh3_128_digest(block, self._warm.seed) if printed else b""
        if digest in self._warm.known:
            return _Made(digest, len(block), b"", PLAIN, stamp)
        stored: bytes | memoryview = block
        codec = PLAIN
        if level is not None:
            packed = self._compressor.compress(block, level)
            if len(packed) < len(block):
                stored, codec = packed, ZSTD
        if self._sealer.encrypts:
            stored = self._sealer.encrypt(bytes(stored), digest.hex())
        return _Made(digest, len(block), stored, codec, stamp)

    def _keep(self, batch: _Batch) -> list[ChunkRef]:
        """The chunks' refs; those that are new go into a pack: the batch's own buffer, if that is full enough."""
        known = self._warm.known
        own = (
            self._packer.send(batch.buffer, batch.used)
            if batch.buffer is not None and batch.used > self._packer.size_of_a_pack() // 2
            else None
        )
        chunks, place = [], 0
        for made in batch.made:
            if made.digest not in known:
                pack, offset = (own, place) if own else self._packer.add(made.stored)
                known[made.digest] = ChunkRef(pack, made.digest, offset, len(made.stored), made.raw, made.codec)
            chunks.append(known[made.digest])
            place += len(made.stored)
        if batch.buffer is not None and own is None:
            self._packer.buffers.give(batch.buffer)
        return chunks


class FingerprintWriter:
    """The writer's interface, storing nothing: for the digests of what a plan means to recompute."""

    def put_blob(self, data: Any, *, kind: str = "buffer", previous: BlobRef | None = None) -> BlobRef:
        view = flat(data)
        return BlobRef(len(view), digest_of(blake3(block).digest() for block in cut(view, kind)))


def _new_id(created: float, parent: str | None) -> str:
    """Ids sort by time, and after their parent's even where clocks differ: milliseconds, then 32 random bits."""
    millis = int(created * 1000)
    if parent and parent[:13].isdigit():
        millis = max(millis, int(parent[:13]) + 1)
    return f"{millis:013d}-{urandom(4).hex()}"
