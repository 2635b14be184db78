"""One session in a store: a stream of immutable checkpoints and one head that moves only by compare-and-swap."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from .backend import Backend
from .errors import Corrupt, Forged, NotFound, StoreError, StoreUnavailable
from .reading import BlobReader
from .refs import BlobRef, ChunkRef, decode_rows
from .seal import Sealer
from .writer import CheckpointWriter, pack_warm

RefsOf = Callable[[bytes], list[BlobRef]]  # the blobs that a checkpoint's body names

ORPHAN_AGE = 3600.0  # seconds a pack that no manifest names is left alone: a writer may be about to name it


@dataclass(frozen=True)
class Manifest:
    """One verified checkpoint."""

    id: str
    parent: str | None
    created: float
    meta: dict[str, Any]
    body_ref: BlobRef
    body: bytes


@dataclass(frozen=True)
class Entry:
    """One line of a session's history; ``problem`` says why a checkpoint can't be used."""

    id: str
    created: float
    meta: dict[str, Any]
    problem: str = ""


@dataclass(frozen=True)
class Pruned:
    """What a prune removed: packs (a writer's warm state must forget them) and bytes."""

    packs: frozenset[str]
    freed: int


class SessionStore:
    """The checkpoints of one session."""

    def __init__(self, backend: Backend, prefix: str, session: str, sealer: Sealer) -> None:
        self.backend, self.prefix, self.session, self.sealer = backend, prefix, session, sealer

    def writer(self, warm: bytes | None = None) -> CheckpointWriter:
        return CheckpointWriter(self.backend, self.prefix, self.session, self.sealer, warm)

    def head(self) -> str | None:
        """Id of the current checkpoint, or None. Raises Corrupt or Forged for a head that can't be believed."""
        found = self.backend.get_tagged(f"{self.prefix}/head")
        return self.sealer.open(found[0])["id"] if found else None

    def clear_head(self) -> None:
        """Start the session anew: the next kernel restores nothing. The checkpoints stay in the history."""
        self.backend.delete([f"{self.prefix}/head"])

    def set_head(self, id: str) -> None:
        """Make an older checkpoint the one that the next kernel restores. Raises if it can't be used."""
        self.load(id)
        found = self.backend.get_tagged(f"{self.prefix}/head")
        if self.backend.swap(f"{self.prefix}/head", self.sealer.seal({"id": id}), found[1] if found else None) is None:
            raise StoreUnavailable("the session was saved at the same moment; try again")

    def load(self, id: str | None = None) -> Manifest:
        """A checkpoint, authenticated and with its body verified; the head's if no id is given."""
        id = id or self.head()
        if id is None:
            raise NotFound(f"session {self.session} has no checkpoint")
        manifest = self._manifest(id)
        body = BlobReader(self.backend, self.prefix, self.sealer).read(manifest.body_ref)
        return replace(manifest, body=bytes(body))

    def _manifest(self, id: str) -> Manifest:
        try:
            document = self.sealer.open(self.backend.get(f"{self.prefix}/manifests/{id}"))
        except NotFound:
            raise Corrupt(f"checkpoint {id} is missing from the store") from None
        try:
            if document["id"] != id:
                raise Corrupt(f"checkpoint {id} calls itself {document['id']}")
            ref = BlobRef.from_json(document["body"])
            return Manifest(id, document["parent"], float(document["created"]), dict(document["meta"]), ref, b"")
        except (KeyError, TypeError, ValueError):
            raise Corrupt(f"checkpoint {id} is damaged") from None

    def load_last_good(self) -> tuple[Manifest, list[Entry]]:
        """The newest checkpoint that verifies, and those passed over with the reason. Raises NotFound if none does."""
        passed: list[Entry] = []
        try:
            return self.load(), passed
        except StoreUnavailable:
            raise
        except NotFound:  # never saved, or made fresh by the user: then the history is not for restoring
            raise
        except StoreError as error:
            passed.append(Entry("head", 0.0, {}, str(error)))
        for id in reversed(self._ids()):
            try:
                return self.load(id), passed
            except StoreUnavailable:
                raise
            except StoreError as error:
                passed.append(Entry(id, 0.0, {}, str(error)))
        raise Corrupt("no checkpoint of this session can be used: " + "; ".join(f"{e.id}: {e.problem}" for e in passed))

    def read_blob(self, ref: BlobRef) -> memoryview:
        return BlobReader(self.backend, self.prefix, self.sealer).read(ref)

    def read_blobs(self, refs: list[BlobRef]) -> Iterator[tuple[BlobRef, memoryview]]:
        """Each ref with its bytes, read in parallel, verified."""
        return BlobReader(self.backend, self.prefix, self.sealer).read_all(refs)

    def _ids(self) -> list[str]:
        prefix = f"{self.prefix}/manifests/"
        return sorted(key.removeprefix(prefix) for key, _, _ in self.backend.walk(prefix))

    def history(self) -> list[Entry]:
        """All checkpoints, oldest first."""
        entries = []
        for id in self._ids():
            try:
                manifest = self._manifest(id)
                entries.append(Entry(id, manifest.created, manifest.meta))
            except StoreUnavailable:
                raise
            except StoreError as error:
                entries.append(Entry(id, 0.0, {}, str(error)))
        return entries

    def prune(self, keep: int, refs_of: RefsOf, *, orphan_age: float = ORPHAN_AGE) -> Pruned:
        """Remove all but the last ``keep`` checkpoints and the head, then packs that no kept one names.

        Manifests go before packs, and packs younger than ``orphan_age`` seconds stay: a checkpoint that a writer is about
        to commit keeps what it names. If a kept checkpoint can't be read, no pack is removed at all.
        """
        ids, head = self._ids(), self.head()
        kept = set(ids[-max(1, keep) :]) | ({head} if head else set())
        self.backend.delete([f"{self.prefix}/manifests/{id}" for id in ids if id not in kept])
        try:
            live = {chunk.pack for id in kept for chunk in self._chunks_of(self.load(id), refs_of)}
        except (Corrupt, Forged):
            return Pruned(frozenset(), 0)
        now, freed, dead = time.time(), 0, []
        for key, size, when in self.backend.walk(f"{self.prefix}/packs/"):
            if key.rsplit("/", 1)[1] not in live and now - when >= orphan_age:
                dead.append(key)
                freed += size
        self.backend.delete(dead)
        return Pruned(frozenset(key.rsplit("/", 1)[1] for key in dead), freed)

    def _chunks_of(self, manifest: Manifest, refs_of: RefsOf) -> Iterator[ChunkRef]:
        """Every chunk that a checkpoint needs, with those that only hold lists of others."""
        deep = [ref for ref in (manifest.body_ref, *refs_of(manifest.body)) for chunk in ref.chunks if ref.deep]
        for ref in (manifest.body_ref, *refs_of(manifest.body)):
            yield from ref.chunks
        lists = [BlobRef(chunk.raw, "", (chunk,)) for ref in {id(r): r for r in deep}.values() for chunk in ref.chunks]
        for _, rows in self.read_blobs(lists):
            yield from decode_rows(bytes(rows))

    def warm(self, manifest: Manifest, refs_of: RefsOf) -> bytes:
        """Warm state for the first writer after a restore: all that this checkpoint holds need not be sent again."""
        found = self.backend.get_tagged(f"{self.prefix}/head")
        known = {chunk.digest: chunk for chunk in self._chunks_of(manifest, refs_of)}
        return pack_warm(manifest.id, found[1] if found else None, known)

    def verify(self, refs_of: RefsOf, *, data: bool = False, id: str | None = None) -> list[Entry]:
        """Check checkpoints (all, or one); with ``data`` every chunk as well. Entries with a problem are broken."""
        entries = []
        for one in [id] if id else self._ids():
            try:
                manifest = self.load(one)
                refs = refs_of(manifest.body)
                for _ in self.read_blobs(refs) if data else self._chunks_of(manifest, refs_of):
                    pass
                entries.append(Entry(one, manifest.created, manifest.meta))
            except StoreUnavailable:
                raise
            except StoreError as error:
                entries.append(Entry(one, 0.0, {}, str(error)))
        return entries
