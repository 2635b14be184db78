"""One session in a store: a stream of immutable checkpoints and one head that moves only by compare-and-swap."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ..system import now_ns
from .backend import Backend
from .errors import Corrupt, Forged, NotFound, StoreError, StoreUnavailable
from .publishing import Head, LocalTarget, is_checkpoint
from .reading import BlobReader
from .refs import BlobRef, ChunkRef
from .retention import ORPHAN_AGE, Due, Pruned, look, remove
from .seal import Sealer
from .warm import Warm

if TYPE_CHECKING:
    from .writer import CheckpointWriter

RefsOf = Callable[[bytes], list[BlobRef]]  # the blobs that a checkpoint's body names


@dataclass(frozen=True)
class Manifest:
    """One verified checkpoint. tag, owner: of the session's head when this was loaded as the one to go on from; read: when (ns since
    the epoch)."""

    id: str
    parent: str | None
    created: float
    meta: dict[str, Any]
    body_ref: BlobRef
    body: bytes
    tag: str | None = None
    owner: str = ""
    read: int = 0


@dataclass(frozen=True)
class Entry:
    """One line of a session's history; ``problem`` says why a checkpoint can't be used."""

    id: str
    created: float
    meta: dict[str, Any]
    problem: str = ""


class SessionStore:
    """The checkpoints of one session."""

    def __init__(self, backend: Backend, prefix: str, session: str, sealer: Sealer) -> None:
        self.backend, self.prefix, self.session, self.sealer = backend, prefix, session, sealer
        self._reader = BlobReader(backend, prefix, sealer)
        self._packs: dict[str, frozenset[str]] = {}  # checkpoints never change, so neither do the packs that they name

    def writer(self, warm: bytes | None = None) -> CheckpointWriter:
        """A writer of the next checkpoint. Make it in the process that uses it. Raises StoreError."""
        from .writer import CheckpointWriter  # a restore needs none

        return CheckpointWriter(self.target(), self.sealer, warm)

    def target(self) -> LocalTarget:
        return LocalTarget(self.backend, self.prefix, self.sealer)

    def head(self) -> str | None:
        """Id of the current checkpoint, or None. Raises Corrupt or Forged for a head that can't be believed."""
        found = self.backend.get_tagged(f"{self.prefix}/head")
        return Head.open(self.sealer, found[0]).id if found else None

    def clear_head(self) -> None:
        """Start the session anew: the next kernel restores nothing. The checkpoints stay in the history."""
        self.backend.delete([f"{self.prefix}/head"])

    def set_head(self, id: str) -> None:
        """Make an older checkpoint the one that the next kernel restores. Raises StoreError if it can't be used."""
        self.load(id)
        key = f"{self.prefix}/head"
        found = self.backend.get_tagged(key)
        head = Head(id, "", now_ns()).seal(self.sealer)
        if self.backend.swap(key, head, found[1] if found else None) is None:
            raise StoreUnavailable("the session was saved at the same moment; try again")

    def load(self, id: str | None = None) -> Manifest:
        """A checkpoint, authenticated and with its body verified; the head's if no id is given. Raises StoreError."""
        read, found, owner = now_ns(), self.backend.get_tagged(f"{self.prefix}/head"), ""
        if id is None:
            if found is None:
                raise NotFound(f"session {self.session} has no checkpoint")
            head = Head.open(self.sealer, found[0])
            id, owner = head.id, head.owner
        manifest = self._manifest(id)
        body = self._reader.read(manifest.body_ref)
        return replace(manifest, body=bytes(body), tag=found[1] if found else None, owner=owner, read=read)

    def load_last_good(self) -> tuple[Manifest, list[Entry]]:
        """The newest checkpoint that verifies, and those passed over with the reason.

        Raises NotFound if there is none at all, Corrupt if none can be used, StoreUnavailable.
        """
        passed: list[Entry] = []
        try:
            return self.load(), passed
        except StoreUnavailable:
            raise
        except NotFound:
            raise  # a session without a head begins anew, whatever its history
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
        """A blob's bytes, verified and writable."""
        return self._reader.read(ref)

    def read_blobs(self, refs: list[BlobRef]) -> Iterator[tuple[BlobRef, memoryview]]:
        """Each ref with its bytes, in order, read in parallel, verified and writable."""
        return self._reader.read_all(refs)

    def history(self) -> list[Entry]:
        """All checkpoints, oldest first."""
        return [self._entry(id, self._manifest) for id in self._ids()]

    def prune(self, keep: int, refs_of: RefsOf, *, own: bytes | None = None, orphan_age: float = ORPHAN_AGE) -> Pruned:
        """Remove all but the last ``keep`` checkpoints and the head's, then packs that no kept one names.

        own: warm state of the caller's last commit, if the caller is the session's kernel and nothing is being saved: what
        it wrote goes at once, and its next writer's warm state must forget it. Other packs go ``orphan_age`` seconds after a
        prune first found them unnamed.
        """
        return self.remove(self.due(keep, refs_of, own=own, orphan_age=orphan_age), orphan_age)

    def has_history(self) -> bool:
        """Whether there is any checkpoint, usable or not."""
        return next(self.backend.walk(f"{self.prefix}/manifests/"), None) is not None

    def due(self, keep: int, refs_of: RefsOf, *, own: bytes | None = None, orphan_age: float = ORPHAN_AGE) -> Due:
        """What ``prune`` would remove: for a kernel whose writers forget it before it is gone."""
        return look(self.backend, self.prefix, self.sealer, keep=keep, own=own, orphan_age=orphan_age,
                    packs_of=lambda id: self._packs_of(id, refs_of))  # fmt: skip

    def remove(self, due: Due, orphan_age: float = ORPHAN_AGE) -> Pruned:
        """Remove what was found to be due."""
        return remove(self.backend, self.prefix, due, orphan_age)

    def anew(self, read: int = 0) -> bytes:
        """Warm state for a kernel that begins a session: its writers know each other for its own. read: when it saw that there was none."""
        return Warm(seen=read).pack()

    def warm(self, manifest: Manifest, refs_of: RefsOf) -> bytes:
        """Warm state for the first writer after a restore: all that this checkpoint holds need not be sent again."""
        chunks = self._readable([manifest.body_ref, *refs_of(manifest.body)])
        generation = self.target().start(want_head=False).generation
        known = {chunk.digest: chunk for chunk in chunks}
        line = Warm(
            manifest.id, manifest.tag, follows=manifest.owner, seen=manifest.read, generation=generation, known=known
        )
        return line.pack()

    def verify(self, refs_of: RefsOf, *, data: bool = False, id: str | None = None) -> list[Entry]:
        """Check checkpoints (all, or one): seals, structure, that every pack is there; with ``data`` every byte as well.

        Entries with a problem are damaged.
        """
        there = {entry.key.rpartition("/")[2]: entry.size for entry in self.backend.walk(f"{self.prefix}/packs/")}

        def check(one: str) -> Manifest:
            manifest = self.load(one)
            refs = [manifest.body_ref, *refs_of(manifest.body)]
            for chunk in self._reader.chunks(refs):
                if there.get(chunk.pack.hex(), -1) < chunk.offset + chunk.stored:
                    raise Corrupt(f"pack {chunk.pack.hex()[:12]}… is missing from the store, or truncated")
            if data:
                self._reader.check(refs)
            return manifest

        return [self._entry(one, check) for one in ([id] if id else self._ids())]

    def _readable(self, refs: list[BlobRef]) -> list[ChunkRef]:
        """The chunks of those blobs whose lists of chunks are not damaged."""
        try:
            return self._reader.chunks(refs)
        except (Corrupt, Forged):
            found: list[ChunkRef] = []
            for ref in refs:
                with suppress(Corrupt, Forged):
                    found += self._reader.chunks([ref])
            return found

    def _manifest(self, id: str) -> Manifest:
        if not is_checkpoint(id):
            raise NotFound(f"{id[:80]!r} is no checkpoint's id")
        try:
            document = self.sealer.open_kind("manifest", self.backend.get(f"{self.prefix}/manifests/{id}"))
        except NotFound:
            raise Corrupt(f"checkpoint {id} is missing from the store") from None
        try:
            if document["id"] != id:
                raise Corrupt(f"checkpoint {id} calls itself {document['id']}")
            parent, created, meta = document["parent"], document["created"], document["meta"]
            if not isinstance(meta, dict) or not isinstance(parent, str | None):
                raise Corrupt(f"checkpoint {id} is damaged")
            return Manifest(id, parent, float(created), meta, BlobRef.from_json(document["body"]), b"")
        except (KeyError, TypeError, ValueError):
            raise Corrupt(f"checkpoint {id} is damaged") from None

    def _entry(self, id: str, look: Callable[[str], Manifest]) -> Entry:
        """A line on a checkpoint, its problem included."""
        try:
            manifest = look(id)
        except StoreUnavailable:
            raise
        except StoreError as error:
            return Entry(id, 0.0, {}, str(error))
        return Entry(id, manifest.created, manifest.meta)

    def _ids(self) -> list[str]:
        return [entry.key.rpartition("/")[2] for entry in self.backend.walk(f"{self.prefix}/manifests/")]

    def _packs_of(self, id: str, refs_of: RefsOf) -> frozenset[str]:
        if id not in self._packs:
            manifest = self.load(id)
            chunks = self._reader.chunks([manifest.body_ref, *refs_of(manifest.body)])
            self._packs = {**self._packs, id: frozenset(chunk.pack.hex() for chunk in chunks)}
        return self._packs[id]
