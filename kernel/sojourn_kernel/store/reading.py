"""Reading blobs: neighbouring chunks of a pack come in one ranged request, several at once; every chunk is verified."""

from __future__ import annotations

import threading
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

import zstandard
from blake3 import blake3

from .backend import Backend
from .errors import Corrupt, NotFound
from .refs import PLAIN, ZSTD, BlobRef, ChunkRef, decode_rows
from .room import populate, room
from .seal import Sealer

PARALLEL = 8  # requests at once
GAP = 256 << 10  # bytes between two wanted chunks of a pack that are read and dropped rather than asked for apart
SPAN = 8 << 20  # bytes of one request at most
WINDOW = 64 << 20  # bytes of blobs whose chunks are looked at together
AHEAD = 3  # windows in the making

Take = Callable[[ChunkRef, memoryview, list[int]], None]  # a chunk, its verified bytes, the numbers it was asked for by


@dataclass
class _Span:
    """Neighbouring chunks of one pack, each with the numbers of those who want it."""

    pack: bytes
    start: int
    end: int
    wanted: list[tuple[ChunkRef, list[int]]]


@dataclass
class _Window:
    """Some blobs in the making: each with the places of its chunks in it."""

    refs: list[BlobRef]
    blobs: list[memoryview]
    fetched: list[Future[None]] = field(default_factory=list)


class BlobReader:
    """Reads what one session stored."""

    def __init__(self, backend: Backend, prefix: str, sealer: Sealer) -> None:
        self._backend, self._prefix, self._sealer = backend, prefix, sealer
        self._local = threading.local()

    def read(self, ref: BlobRef) -> memoryview:
        return next(iter(self.read_all([ref])))[1]

    def read_all(self, refs: Iterable[BlobRef]) -> Iterator[tuple[BlobRef, memoryview]]:
        """Each ref with its bytes, in order, writable. Raises Corrupt for what is missing or not what it should be."""
        windows: deque[_Window] = deque()
        with ThreadPoolExecutor(PARALLEL, thread_name_prefix="sojourn-read") as pool:
            try:
                for group in _groups(refs):
                    windows.append(self._begin(group, pool))
                    if len(windows) >= AHEAD:
                        yield from _done(windows.popleft())
                while windows:
                    yield from _done(windows.popleft())
            finally:
                pool.shutdown(wait=False, cancel_futures=True)

    def chunks(self, refs: Iterable[BlobRef]) -> list[ChunkRef]:
        """Every chunk that blobs need, those that list others included. Reads lists only."""
        refs = list(refs)
        with ThreadPoolExecutor(PARALLEL, thread_name_prefix="sojourn-read") as pool:
            found: list[ChunkRef] = []
            self._expand(refs, pool, found)
            return found

    def check(self, refs: Iterable[BlobRef]) -> None:
        """Read and verify every byte, keeping none. Raises Corrupt."""
        with ThreadPoolExecutor(PARALLEL, thread_name_prefix="sojourn-read") as pool:
            chunks = dict.fromkeys(chunk for rows in self._expand(list(refs), pool, []) for chunk in rows)
            wanted = [(chunk, [0]) for chunk in chunks]
            for _ in pool.map(lambda span: self._fetch(span, _drop), _spans(wanted)):
                pass

    def _begin(self, refs: list[BlobRef], pool: ThreadPoolExecutor) -> _Window:
        """Start fetching the chunks of some blobs."""
        window = _Window(refs, [room(ref.size) for ref in refs])
        places: list[tuple[int, int]] = []
        wanted: dict[ChunkRef, list[int]] = {}
        for number, (ref, chunks) in enumerate(zip(refs, self._expand(refs, pool, []), strict=True)):
            offset = 0
            for chunk in chunks:
                wanted.setdefault(chunk, []).append(len(places))
                places.append((number, offset))
                offset += chunk.raw
            if offset != ref.size:
                raise Corrupt(f"a blob of {ref.size} bytes has chunks for {offset}")

        def take(chunk: ChunkRef, data: memoryview, numbers: list[int]) -> None:
            for place in numbers:
                blob, offset = places[place]
                populate(part := window.blobs[blob][offset : offset + chunk.raw])
                part[:] = data

        def fetch(span: _Span) -> None:
            first, offset = places[span.wanted[0][1][0]]
            whole = window.blobs[first][offset : offset + span.end - span.start]
            if self._in_place(span, places):
                self._fetch_into(span, whole)
            else:
                self._fetch(span, take)

        window.fetched = [pool.submit(fetch, span) for span in _spans(list(wanted.items()))]
        return window

    def _in_place(self, span: _Span, places: list[tuple[int, int]]) -> bool:
        """Whether a span's bytes are a run of one blob's, as they are stored."""
        blob, offset = places[span.wanted[0][1][0]]
        place = span.start
        for chunk, numbers in span.wanted:
            if self._sealer.encrypts or chunk.codec != PLAIN or chunk.offset != place or len(numbers) > 1:
                return False
            if places[numbers[0]] != (blob, offset + place - span.start):
                return False
            place += chunk.stored
        return True

    def _fetch_into(self, span: _Span, view: memoryview) -> None:
        """Read a span to where its bytes belong, and verify them there."""
        try:
            read = self._backend.read_into(self._key(span.pack), span.start, view)
        except NotFound:
            raise Corrupt(f"pack {span.pack.hex()[:12]}… is missing from the store") from None
        for chunk, _ in span.wanted:
            start = chunk.offset - span.start
            self._open(chunk, view[start : min(read, start + chunk.stored)])

    def _expand(self, refs: list[BlobRef], pool: ThreadPoolExecutor, found: list[ChunkRef]) -> list[list[ChunkRef]]:
        """The data chunks of each ref; ``found`` takes these and all that list them."""
        rows = [list(ref.chunks) for ref in refs]
        for level in range(max((ref.depth for ref in refs), default=0), 0, -1):
            lists = {chunk for ref, own in zip(refs, rows, strict=True) if ref.depth >= level for chunk in own}
            found += lists
            texts: dict[ChunkRef, tuple[ChunkRef, ...]] = {}

            def take(chunk: ChunkRef, data: memoryview, numbers: list[int], texts: dict = texts) -> None:
                texts[chunk] = decode_rows(bytes(data))

            for _ in pool.map(lambda span, take=take: self._fetch(span, take), _spans([(c, [0]) for c in lists])):
                pass
            for number, ref in enumerate(refs):
                if ref.depth >= level:
                    rows[number] = [row for chunk in rows[number] for row in texts[chunk]]
        for own in rows:
            found += own
        return rows

    def _fetch(self, span: _Span, take: Take) -> None:
        try:
            data = memoryview(self._backend.get_range(self._key(span.pack), span.start, span.end - span.start))
        except NotFound:
            raise Corrupt(f"pack {span.pack.hex()[:12]}… is missing from the store") from None
        for chunk, numbers in span.wanted:
            start = chunk.offset - span.start
            take(chunk, self._open(chunk, data[start : start + chunk.stored]), numbers)

    def _key(self, pack: bytes) -> str:
        return f"{self._prefix}/packs/{pack.hex()}"

    def _open(self, chunk: ChunkRef, stored: memoryview) -> memoryview:
        """A chunk's content, verified."""
        name = chunk.digest.hex()
        if len(stored) != chunk.stored:
            raise Corrupt(f"chunk {name[:12]}… is truncated in the store")
        data = memoryview(self._sealer.decrypt(stored, name)) if self._sealer.encrypts else stored
        if chunk.codec == ZSTD:
            try:
                data = memoryview(self._decompressor().decompress(data, max_output_size=chunk.raw))
            except zstandard.ZstdError:
                raise Corrupt(f"chunk {name[:12]}… can't be decompressed") from None
        elif chunk.codec != PLAIN:
            raise Corrupt(f"chunk {name[:12]}… has a codec that this Sojourn doesn't know")
        if len(data) != chunk.raw or blake3(data).digest() != chunk.digest:
            raise Corrupt(f"chunk {name[:12]}… is not what its address says")
        return data

    def _decompressor(self) -> zstandard.ZstdDecompressor:
        mine = self._local.__dict__
        if "zstd" not in mine:
            mine["zstd"] = zstandard.ZstdDecompressor()
        return mine["zstd"]


def _drop(chunk: ChunkRef, data: memoryview, numbers: list[int]) -> None:
    """Verified is all that was wanted."""


def _groups(refs: Iterable[BlobRef]) -> Iterator[list[BlobRef]]:
    group: list[BlobRef] = []
    size = 0
    for ref in refs:
        group.append(ref)
        size += ref.size
        if size >= WINDOW:
            yield group
            group, size = [], 0
    if group:
        yield group


def _done(window: _Window) -> Iterator[tuple[BlobRef, memoryview]]:
    for future in window.fetched:
        future.result()
    yield from zip(window.refs, window.blobs, strict=True)


def _spans(wanted: list[tuple[ChunkRef, list[int]]]) -> list[_Span]:
    """Requests that fetch all wanted chunks, in the order in which the first of each is wanted."""
    packs: dict[bytes, list[tuple[ChunkRef, list[int]]]] = defaultdict(list)
    for chunk, numbers in wanted:
        packs[chunk.pack].append((chunk, numbers))
    spans: list[_Span] = []
    for pack, members in packs.items():
        last: _Span | None = None
        for chunk, numbers in sorted(members, key=lambda member: member[0].offset):
            end = chunk.offset + chunk.stored
            if last and chunk.offset - last.end <= GAP and end - last.start <= SPAN:
                last.end = max(last.end, end)
                last.wanted.append((chunk, numbers))
            else:
                last = _Span(pack, chunk.offset, end, [(chunk, numbers)])
                spans.append(last)
    return spans
