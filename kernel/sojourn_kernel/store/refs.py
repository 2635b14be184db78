"""Refs: small names of stored bytes, however many these are."""

from __future__ import annotations

import base64
import binascii
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from blake3 import blake3

from .errors import Corrupt

ROW = struct.Struct("<16s32sIIIB")
PLAIN, ZSTD = 0, 1  # codecs
INLINE = 16  # rows that a ref itself holds at most; more go into lists of rows that are chunks themselves
FANOUT = 64  # rows of one such list
LARGEST = 4 << 20  # bytes of a chunk at most: what a reader agrees to make room for
DEEPEST = 8  # levels of lists: 16 * 64**8 chunks


class ChunkRef(NamedTuple):
    """One chunk: the pack it is in, the digest of its content, its place and stored length there, raw length, codec."""

    pack: bytes  # 16 bytes
    digest: bytes  # 32 bytes
    offset: int
    stored: int
    raw: int
    codec: int


@dataclass(frozen=True, slots=True)
class BlobRef:
    """A blob: size in bytes, hex digest of its content, and its chunks; with ``depth`` > 0, the lists that name them.

    The digest says nothing about packs, compression or keys: equal content of one kind has one digest, anywhere.
    """

    size: int
    digest: str
    chunks: tuple[ChunkRef, ...] = ()
    depth: int = 0

    def to_json(self) -> list[Any]:
        rows = base64.b64encode(encode_rows(self.chunks)).decode()
        return [self.size, rows] if self.depth == 0 else [self.size, rows, self.depth, self.digest]

    @classmethod
    def from_json(cls, data: Any) -> BlobRef:
        """Raises Corrupt for anything that ``to_json`` did not make."""
        try:
            size, rows = data[0], decode_rows(base64.b64decode(data[1], validate=True))
            depth, digest = (data[2], data[3]) if len(data) > 2 else (0, digest_of(row.digest for row in rows))
            sound = (
                type(size) is int and size >= 0 and type(depth) is int and 0 <= depth <= DEEPEST and len(rows) <= INLINE
            )
            if not sound or len(data) not in (2, 4) or len(bytes.fromhex(digest)) != 32:
                raise Corrupt("a ref in the checkpoint is damaged")
            if depth == 0 and sum(row.raw for row in rows) != size:
                raise Corrupt("a ref in the checkpoint doesn't add up")
        except (TypeError, ValueError, LookupError, binascii.Error):
            raise Corrupt("a ref in the checkpoint is damaged") from None
        return cls(size, digest, rows, depth)


def digest_of(digests: Iterable[bytes]) -> str:
    """Digest of a blob from those of its chunks, hex."""
    return blake3(b"".join(digests)).hexdigest()


def encode_rows(chunks: Iterable[ChunkRef]) -> bytes:
    return b"".join(ROW.pack(*chunk) for chunk in chunks)


def decode_rows(data: bytes | memoryview) -> tuple[ChunkRef, ...]:
    """Raises Corrupt for what can't be a list of chunks."""
    if len(data) % ROW.size:
        raise Corrupt("a list of chunks is truncated")
    rows = tuple(map(ChunkRef._make, ROW.iter_unpack(data)))
    if any(row.raw > LARGEST or row.stored > 2 * LARGEST or row.codec > ZSTD for row in rows):
        raise Corrupt("a list of chunks names impossible ones")
    return rows
