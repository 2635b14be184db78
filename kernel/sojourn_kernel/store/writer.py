"""Writing one checkpoint: bytes to chunks, chunks to packs, packs to the backend, then manifest, then head."""

from __future__ import annotations

import json
import os
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import zstandard
from blake3 import blake3
from fastcdc import fastcdc

from .addresses import address
from .backend import Backend
from .errors import HeadMoved
from .refs import BlobRef, ChunkRef, encode_rows
from .seal import Sealer

BLOCK = 256 << 10  # bytes: aligned blocks of buffers
PACK = 8 << 20  # bytes: a pack is sent when it is this large
SEGMENT = 256  # chunks a segment of a deep blob's list holds
IN_FLIGHT = 8  # packs on their way at once
SAMPLE = 64 << 10  # bytes compressed to find out whether compression pays
MIN_RATIO = 1.1


@dataclass(frozen=True)
class Committed:
    """A committed checkpoint. ``warm`` makes the next writer fast; it may be lost."""

    id: str
    parent: str | None
    created: float
    uploaded_bytes: int
    requests: int
    warm: bytes


def pack_warm(head: str | None, tag: str | None, known: dict[str, ChunkRef]) -> bytes:
    """What the next writer of this session should know, as opaque bytes."""
    return json.dumps({"id": head, "tag": tag, "known": [ref.row() for ref in known.values()]}).encode()


def unpack_warm(warm: bytes) -> tuple[str | None, str | None, dict[str, ChunkRef]]:
    state = json.loads(warm)
    return state["id"], state["tag"], {row[0]: ChunkRef(*row) for row in state["known"]}


def forget_packs(warm: bytes, packs: frozenset[str]) -> bytes:
    """Warm state without chunks of packs that a prune removed."""
    head, tag, known = unpack_warm(warm)
    return pack_warm(head, tag, {digest: ref for digest, ref in known.items() if ref.pack not in packs})


def blocks(view: memoryview, kind: str) -> list[memoryview]:
    if kind == "stream" and len(view) > 2 * BLOCK:
        return [view[c.offset : c.offset + c.length] for c in fastcdc(bytes(view), BLOCK // 4, BLOCK, BLOCK * 4)]
    return [view[start : start + BLOCK] for start in range(0, len(view), BLOCK)]


class CheckpointWriter:
    """One checkpoint in the making. Not fork-safe: make it in the process that uses it."""

    def __init__(self, backend: Backend, prefix: str, session: str, sealer: Sealer, warm: bytes | None) -> None:
        self.backend, self.prefix, self.session, self.sealer = backend, prefix, session, sealer
        self.known: dict[str, ChunkRef] = {}
        self.parent: str | None = None
        self.tag: str | None = None
        if warm:
            self.parent, self.tag, self.known = unpack_warm(warm)
        else:
            found = backend.get_tagged(f"{prefix}/head")
            if found:
                self.parent, self.tag = sealer.open(found[0])["id"], found[1]
        self.lock = threading.Lock()
        self.pool = ThreadPoolExecutor(IN_FLIGHT)
        self.sending: list[Future[None]] = []
        self.slots = threading.Semaphore(IN_FLIGHT)
        self.uploaded = self.requests = 0
        self.compressor = zstandard.ZstdCompressor(level=1)
        self._new_pack()

    def _new_pack(self) -> None:
        self.pack = os.urandom(16).hex()
        self.parts: list[bytes] = []
        self.filled = 0

    def put_blob(self, data: Any, *, kind: str = "buffer", previous: BlobRef | None = None) -> BlobRef:
        """Store bytes and return their ref. Content that the session already has is not sent again."""
        view = memoryview(data).cast("B") if not isinstance(data, memoryview) or data.format != "B" else data
        whole, chunks = blake3(), []
        compress = self._pays(view)
        for block in blocks(view, kind):
            digest = address(block, self.sealer.address_key)
            whole.update(bytes.fromhex(digest))
            chunks.append(self._put_chunk(block, digest, compress))
        ref = BlobRef(len(view), whole.hexdigest(), tuple(chunks))
        if len(chunks) <= SEGMENT // 16:
            return ref
        segments = []
        for start in range(0, len(chunks), SEGMENT):
            rows = encode_rows(chunks[start : start + SEGMENT])
            segments.append(self._put_chunk(memoryview(rows), address(rows, self.sealer.address_key), True))
        return BlobRef(ref.size, ref.digest, tuple(segments), deep=True)

    def _pays(self, view: memoryview) -> bool:
        middle = max(0, len(view) // 2 - SAMPLE // 2)
        sample = view[middle : middle + SAMPLE]
        return len(sample) > 512 and len(sample) / len(self.compressor.compress(sample)) >= MIN_RATIO

    def _put_chunk(self, block: memoryview, digest: str, compress: bool) -> ChunkRef:
        with self.lock:
            if found := self.known.get(digest):
                return found
            stored: Any = self.compressor.compress(block) if compress else block
            codec = "z" if compress else ""
            stored = self.sealer.encrypt(bytes(stored), digest) if self.sealer.encrypts else bytes(stored)
            ref = ChunkRef(digest, self.pack, self.filled, len(stored), len(block), codec)
            self.known[digest] = ref
            self.parts.append(stored)
            self.filled += len(stored)
            if self.filled >= PACK:
                self._send()
            return ref

    def _send(self) -> None:
        if not self.parts:
            return
        key, data = f"{self.prefix}/packs/{self.pack}", b"".join(self.parts)
        self._new_pack()
        self.slots.acquire()

        def send() -> None:
            try:
                self.backend.put(key, data)
            finally:
                self.slots.release()

        self.uploaded += len(data)
        self.requests += 1
        self.sending.append(self.pool.submit(send))

    def commit(self, body: bytes, meta: dict[str, Any]) -> Committed:
        """Packs, then the manifest, then the head. Raises HeadMoved if another writer came first."""
        ref = self.put_blob(body, kind="stream")
        with self.lock:
            self._send()
        for future in self.sending:
            future.result()
        created = time.time()
        id = f"{int(created * 1000):013d}-{os.urandom(4).hex()}"
        record = {"id": id, "parent": self.parent, "created": created, "meta": meta, "body": ref.to_json()}
        manifest = self.sealer.seal(record)
        self.backend.put(f"{self.prefix}/manifests/{id}", manifest)
        tag = self.backend.swap(f"{self.prefix}/head", self.sealer.seal({"id": id}), self.tag)
        if tag is None:
            raise HeadMoved(f"another kernel has saved session {self.session}: this one no longer owns it")
        self.uploaded += len(manifest)
        self.requests += 2
        self.pool.shutdown()
        return Committed(id, self.parent, created, self.uploaded, self.requests, pack_warm(id, tag, self.known))

    def close(self) -> None:
        """Give up: what was sent is an orphan that `prune` removes."""
        self.pool.shutdown(wait=False, cancel_futures=True)


class FingerprintWriter:
    """The writer's interface, storing nothing: for the digests of what a plan means to recompute."""

    def put_blob(self, data: Any, *, kind: str = "buffer", previous: BlobRef | None = None) -> BlobRef:
        view = memoryview(data).cast("B")
        whole = blake3()
        for block in blocks(view, kind):
            whole.update(bytes.fromhex(address(block)))
        return BlobRef(len(view), whole.hexdigest(), ())
