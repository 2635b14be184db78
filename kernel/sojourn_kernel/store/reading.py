"""Reading blobs: chunks of the same pack come in one ranged request; every chunk is verified."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import zstandard

from .addresses import address
from .backend import Backend
from .errors import Corrupt, NotFound
from .refs import BlobRef, ChunkRef, decode_rows
from .seal import Sealer

PARALLEL = 8
GAP = 256 << 10  # bytes between two wanted chunks of a pack that are read and dropped rather than asked for apart
SPAN = 16 << 20  # bytes of one request at most
WINDOW = 256 << 20  # bytes of blobs in the making at once


@dataclass
class _Span:
    pack: str
    start: int
    end: int
    places: list[tuple[ChunkRef, list[tuple[int, int]]]]  # chunk, [(blob number, offset in blob)]


class BlobReader:
    """Reads the blobs of one session."""

    def __init__(self, backend: Backend, prefix: str, sealer: Sealer) -> None:
        self.backend, self.prefix, self.sealer = backend, prefix, sealer

    def read(self, ref: BlobRef) -> memoryview:
        return next(iter(self.read_all([ref])))[1]

    def read_all(self, refs: Iterable[BlobRef]) -> Iterator[tuple[BlobRef, memoryview]]:
        """Each ref with its bytes, in order, writable. Raises Corrupt for what is missing or not what it should be."""
        window: list[BlobRef] = []
        size = 0
        with ThreadPoolExecutor(PARALLEL) as pool:
            for ref in refs:
                window.append(ref)
                size += ref.size
                if size >= WINDOW:
                    yield from self._read_window(window, pool)
                    window, size = [], 0
            yield from self._read_window(window, pool)

    def _read_window(self, refs: list[BlobRef], pool: ThreadPoolExecutor) -> Iterator[tuple[BlobRef, memoryview]]:
        lists = [self._chunks(ref, pool) for ref in refs]
        yield from zip(refs, self._assemble([ref.size for ref in refs], lists, pool), strict=True)

    def _chunks(self, ref: BlobRef, pool: ThreadPoolExecutor) -> list[ChunkRef]:
        if not ref.deep:
            return list(ref.chunks)
        parts = self._assemble([chunk.raw for chunk in ref.chunks], [[chunk] for chunk in ref.chunks], pool)
        return [row for part in parts for row in decode_rows(bytes(part))]

    def _assemble(self, sizes: list[int], lists: list[list[ChunkRef]], pool: ThreadPoolExecutor) -> list[memoryview]:
        blobs = [memoryview(bytearray(size)) for size in sizes]
        places: dict[tuple[str, int], tuple[ChunkRef, list[tuple[int, int]]]] = {}
        for number, chunks in enumerate(lists):
            offset = 0
            for chunk in chunks:
                places.setdefault((chunk.pack, chunk.offset), (chunk, []))[1].append((number, offset))
                offset += chunk.raw
            if offset != sizes[number]:
                raise Corrupt(f"a blob of {sizes[number]} bytes has chunks for {offset}")

        def fetch(span: _Span) -> None:
            try:
                data = memoryview(
                    self.backend.get_range(f"{self.prefix}/packs/{span.pack}", span.start, span.end - span.start)
                )
            except NotFound:
                raise Corrupt(f"pack {span.pack[:12]}… is missing from the store") from None
            unpack = zstandard.ZstdDecompressor()
            for chunk, targets in span.places:
                raw = self._open(
                    chunk, data[chunk.offset - span.start : chunk.offset - span.start + chunk.stored], unpack
                )
                for number, offset in targets:
                    blobs[number][offset : offset + chunk.raw] = raw

        for _ in pool.map(fetch, _spans(places)):
            pass
        return blobs

    def _open(self, chunk: ChunkRef, stored: memoryview, unpack: zstandard.ZstdDecompressor) -> memoryview:
        if len(stored) != chunk.stored:
            raise Corrupt(f"chunk {chunk.digest[:12]}… is truncated in the store")
        data = memoryview(self.sealer.decrypt(bytes(stored), chunk.digest)) if self.sealer.encrypts else stored
        if chunk.codec == "z":
            try:
                data = memoryview(unpack.decompress(data, max_output_size=chunk.raw))
            except zstandard.ZstdError:
                raise Corrupt(f"chunk {chunk.digest[:12]}… can't be decompressed") from None
        if len(data) != chunk.raw or address(data, self.sealer.address_key) != chunk.digest:
            raise Corrupt(f"chunk {chunk.digest[:12]}… is not what its address says")
        return data


def _spans(places: dict[tuple[str, int], tuple[ChunkRef, list[tuple[int, int]]]]) -> list[_Span]:
    packs: dict[str, list[tuple[ChunkRef, list[tuple[int, int]]]]] = defaultdict(list)
    for (pack, _), place in places.items():
        packs[pack].append(place)
    spans: list[_Span] = []
    for pack, members in packs.items():
        last: _Span | None = None
        for chunk, targets in sorted(members, key=lambda member: member[0].offset):
            end = chunk.offset + chunk.stored
            if last and chunk.offset - last.end <= GAP and end - last.start <= SPAN:
                last.end = end
                last.places.append((chunk, targets))
            else:
                last = _Span(pack, chunk.offset, end, [(chunk, targets)])
                spans.append(last)
    return spans
