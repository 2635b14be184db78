"""Refs: small, JSON-able names of stored bytes."""

from __future__ import annotations

import json
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ChunkRef:
    """One chunk in a pack: content digest (hex), pack, offset and stored length there, raw length, codec."""

    digest: str
    pack: str
    offset: int
    stored: int
    raw: int
    codec: str  # "" none, "z" zstd

    def row(self) -> list:
        return [self.digest, self.pack, self.offset, self.stored, self.raw, self.codec]


@dataclass(frozen=True, slots=True)
class BlobRef:
    """A blob: its size in bytes, a digest of its content, and its chunks, or the chunks that hold their list."""

    size: int
    digest: str
    chunks: tuple[ChunkRef, ...]
    deep: bool = False  # chunks hold segments: JSON lists of chunk rows

    def to_json(self) -> list:
        return [self.size, self.digest, [c.row() for c in self.chunks], self.deep]

    @classmethod
    def from_json(cls, data: list) -> BlobRef:
        size, digest, rows, deep = data
        return cls(int(size), str(digest), tuple(ChunkRef(*row) for row in rows), bool(deep))


def encode_rows(chunks: list[ChunkRef]) -> bytes:
    return json.dumps([c.row() for c in chunks], separators=(",", ":")).encode()


def decode_rows(data: bytes) -> list[ChunkRef]:
    return [ChunkRef(*row) for row in json.loads(data)]
