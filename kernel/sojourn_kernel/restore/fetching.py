"""The stored bytes of pieces, read from the store: small ones many at a time, since each look costs threads, and on a link a round trip."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from typing import Protocol

from ..snapshot.frozen import Piece
from ..snapshot.process.interruption import let_in
from ..store import BlobRef, StoreError, StoreUnavailable

AT_ONCE, LITTLE = 64, 64 << 10  # pieces, and bytes of them, that are read together


class BlobSource(Protocol):
    def read_blobs(self, refs: list[BlobRef]) -> Iterator[tuple[BlobRef, memoryview]]: ...


class Fetching:
    """Reads pieces' bytes ahead, and hands them out: a stream, then its buffers."""

    def __init__(self, source: BlobSource) -> None:
        self._source = source
        self._fetched: dict[int, list[memoryview]] = {}

    def ahead(self, pieces: Iterable[Piece]) -> None:
        """Read and check what :meth:`take` will be asked for; in any thread. Raises StoreError."""
        refs = [(one, one.stream, one.buffers) for one in pieces if one.stream and id(one) not in self._fetched]
        blobs = iter(self._read([ref for _, stream, buffers in refs for ref in (stream, *buffers)]))
        for piece, _, buffers in refs:
            self._fetched[id(piece)] = list(itertools.islice(blobs, 1 + len(buffers)))

    def together(self, pieces: list[Piece]) -> None:
        """Read several in one look. Raises StoreUnavailable; one that is damaged says so when it is taken."""
        if len(pieces) > 1:
            try:
                self.ahead(pieces)
            except StoreUnavailable:
                raise
            except StoreError:
                pass

    def take(self, piece: Piece) -> list[memoryview]:
        """A piece's bytes, once. Raises StoreError; LookupError for one that has none."""
        if piece.stream is None:
            raise LookupError("it is not stored")
        return self._fetched.pop(id(piece), None) or self._read([piece.stream, *piece.buffers])

    def _read(self, refs: list[BlobRef]) -> list[memoryview]:
        with let_in():
            return [data for _, data in self._source.read_blobs(refs)]


def in_batches(pieces: Iterable[Piece]) -> Iterator[list[Piece]]:
    """As many small pieces together as are read and loaded in a moment; a large one alone."""
    some, size = list[Piece](), 0
    for piece in pieces:
        if some and (len(some) == AT_ONCE or size + piece.size > LITTLE):
            yield some
            some, size = [], 0
        some.append(piece)
        size += piece.size
    if some:
        yield some
