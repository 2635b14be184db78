"""Warm state: what one writer of a session tells the next, so that unchanged bytes are neither hashed nor sent again."""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass, field

from ..system import urandom
from .errors import StoreError
from .refs import ROW, ChunkRef, encode_rows

VERSION = 1
MOST_PRINTS = 250_000  # blocks whose fingerprints are kept: about 60 GB of buffers
PRINT = 16  # bytes of a fingerprint
LINK = 200e6  # bytes a second: what a link is taken for until it was measured


@dataclass(frozen=True)
class Prints:
    """The blocks of one buffer as they were: fingerprints (xxh3_128, seeded) and digests, end to end."""

    prints: bytes
    digests: bytes


@dataclass
class Warm:
    """What a writer knows.

    head, tag: the checkpoint it follows and the tag of the session's head. owner: the writers that pass this state on. follows, seen:
    the owner of the head that was there when the session was read, and when that was (ns since the epoch).
    generation: of the sweep (see retention) that ``known`` takes into account. seed: of the fingerprints; random, so that no
    data can be made to collide. link: measured bytes a second. known: digest to chunk. prints: digest of a buffer to its
    blocks.
    """

    head: str | None = None
    tag: str | None = None
    owner: str = field(default_factory=lambda: urandom(8).hex())
    follows: str = ""
    seen: int = 0
    generation: int = 0
    seed: int = field(default_factory=lambda: int.from_bytes(urandom(8), "little"))
    link: float = LINK
    known: dict[bytes, ChunkRef] = field(default_factory=dict)
    prints: dict[str, Prints] = field(default_factory=dict)

    def packs(self) -> set[bytes]:
        return {chunk.pack for chunk in self.known.values()}

    def limit(self) -> None:
        """Forget the oldest fingerprints when there are too many."""
        blocks = sum(len(entry.prints) for entry in self.prints.values()) // PRINT
        for digest in list(self.prints):
            if blocks <= MOST_PRINTS:
                return
            blocks -= len(self.prints.pop(digest).prints) // PRINT

    def pack(self) -> bytes:
        """As opaque bytes."""
        facts = {
            "version": VERSION, "head": self.head, "tag": self.tag, "owner": self.owner, "generation": self.generation,
            "follows": self.follows, "seen": self.seen, "seed": self.seed, "link": self.link, "known": len(self.known),
            "prints": [[digest, len(entry.prints), len(entry.digests)] for digest, entry in self.prints.items()],
        }  # fmt: skip
        header = json.dumps(facts).encode()
        tail = [part for entry in self.prints.values() for part in (entry.prints, entry.digests)]
        return b"".join([struct.pack("<I", len(header)), header, encode_rows(self.known.values()), *tail])

    @classmethod
    def unpack(cls, data: bytes) -> Warm:
        """Raises StoreError for what is no warm state of this version."""
        try:
            (length,) = struct.unpack_from("<I", data)
            facts = json.loads(data[4 : 4 + length])
            if facts["version"] != VERSION:
                raise ValueError
            view, place = memoryview(data), 4 + length
            rows = view[place : place + facts["known"] * ROW.size]
            known = {row[1]: ChunkRef._make(row) for row in ROW.iter_unpack(rows)}
            place += len(rows)
            prints = {}
            for digest, first, second in facts["prints"]:
                prints[digest] = Prints(bytes(view[place : place + first]), bytes(view[place + first :][:second]))
                place += first + second
            return cls(facts["head"], facts["tag"], facts["owner"], facts["follows"], facts["seen"], facts["generation"],
                       facts["seed"], facts["link"], known, prints)  # fmt: skip
        except (ValueError, KeyError, TypeError, struct.error):
            raise StoreError("the writer's warm state is not of this version") from None


def forget_packs(warm: bytes, packs: frozenset[str]) -> bytes:
    """Warm state without the chunks of packs that a prune removed."""
    state, gone = Warm.unpack(warm), {bytes.fromhex(pack) for pack in packs}
    state.known = {digest: chunk for digest, chunk in state.known.items() if chunk.pack not in gone}
    return state.pack()
