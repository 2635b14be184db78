"""The table of one checkpoint: which piece holds which roots, where its bytes are, and what was lost."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from ..store import BlobRef, Corrupt
from ..told import Told
from .aliasing.reach import Reach, Span

DEFINITIONS = "@defs"
PLANNING = "@planning"  # said before what is to be stored is decided, for which recipes may be run
STORING = "@storing"  # said when all roots are pickled: no root is to blame from there on
HASHED = 2e9  # bytes a second


@dataclass(frozen=True)
class Piece:
    """One co-variable.

    roots: the keys stored together. stream: the pickle; None if only fingerprinted. buffers: what it holds out of band, in
    order. size: bytes of both. seconds: to serialise. digest: of the content. definitions: keys of definitions it refers to.
    types: type name of each root, for display. reach: of the process that made the piece, and not stored.
    """

    roots: tuple[str, ...]
    stream: BlobRef | None
    buffers: tuple[BlobRef, ...]
    size: int
    seconds: float
    digest: str
    definitions: tuple[str, ...]
    types: tuple[str, ...]
    told: tuple[Told, ...] = ()
    reach: Reach | None = field(default=None, compare=False, repr=False)

    def untouched(self, dirty: set[str]) -> dict[Span, BlobRef]:
        """By where they lie, the large buffers that none of these roots reaches."""
        known = self.reach.untouched(dirty) if self.reach and self.buffers else {}
        return {span: self.buffers[number] for span, number in known.items()}

    def to_json(self) -> list[Any]:
        return [
            list(self.roots), self.stream and self.stream.to_json(), [b.to_json() for b in self.buffers], self.size,
            round(self.seconds, 6), self.digest, list(self.definitions), list(self.types), [t.to_json() for t in self.told],
        ]  # fmt: skip

    @classmethod
    def from_json(cls, row: list[Any]) -> Piece:
        roots, stream, buffers, size, seconds, digest, definitions, types, told = row
        return cls(
            tuple(map(str, roots)), BlobRef.from_json(stream) if stream else None,
            tuple(BlobRef.from_json(b) for b in buffers), int(size), float(seconds), str(digest),
            tuple(map(str, definitions)), tuple(map(str, types)), tuple(Told.from_json(t) for t in told),
        )  # fmt: skip


@dataclass(frozen=True)
class Frozen:
    """All pieces of a checkpoint, and the order in which the roots stood in the namespace."""

    pieces: tuple[Piece, ...] = ()
    order: tuple[str, ...] = ()
    owner: dict[str, Piece] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "owner", {root: piece for piece in self.pieces for root in piece.roots})

    @property
    def told(self) -> list[Told]:
        return [told for piece in self.pieces for told in piece.told]

    def is_like(self, other: Frozen) -> bool:
        """Whether the content of both is the same, as their digests say."""
        mine, others = ({piece.roots: (piece.digest, piece.told) for piece in one.pieces} for one in (self, other))
        return mine == others

    @property
    def seconds_to_look(self) -> float:
        """About how long it takes to see whether anything in these pieces has changed."""
        return sum(piece.seconds for piece in self.pieces) + sum(piece.size for piece in self.pieces) / HASHED

    @property
    def definitions(self) -> Piece | None:
        return self.owner.get(DEFINITIONS)

    def refs(self) -> list[BlobRef]:
        """Every blob that the checkpoint needs."""
        return [ref for piece in self.pieces for ref in (piece.stream, *piece.buffers) if ref]

    def to_json(self) -> dict[str, Any]:
        return {"pieces": [piece.to_json() for piece in self.pieces], "order": list(self.order)}

    @classmethod
    def from_json(cls, data: Any) -> Frozen:
        """Raises Corrupt for anything that is not such a table."""
        try:
            return cls(tuple(Piece.from_json(row) for row in data["pieces"]), tuple(map(str, data["order"])))
        except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
            raise Corrupt(f"the checkpoint's table is damaged: {type(error).__name__}") from None

    def to_bytes(self) -> bytes:
        return json.dumps(self.to_json(), separators=(",", ":")).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> Frozen:
        try:
            return cls.from_json(json.loads(data))
        except (ValueError, RecursionError):
            raise Corrupt("the checkpoint's table is damaged: not JSON") from None
