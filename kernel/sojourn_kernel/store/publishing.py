"""Where a writer sends packs, and how a checkpoint becomes the session's: manifest first, then the head, by compare-and-swap."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol

from .backend import Backend, Bytes
from .errors import Corrupt, Emptied, Forged, HeadMoved, StoreError, StoreUnavailable
from .outstanding import request
from .seal import Sealer

SWAPS = 3  # tries against earlier ones of this writer's own, and of the life before


@dataclass(frozen=True)
class Head:
    """A session's head: the checkpoint, the writers that put it there, when that one began (ns since the epoch), and the owner of the
    head that their kernel restored ("" for none)."""

    id: str
    owner: str
    began: int
    follows: str = ""

    def seal(self, sealer: Sealer) -> bytes:
        document = {"id": self.id, "owner": self.owner, "began": self.began, "follows": self.follows}
        return sealer.seal_kind("head", document, {})

    @classmethod
    def open(cls, sealer: Sealer, data: bytes) -> Head:
        """Raises Corrupt, Forged or FormatTooNew."""
        document = sealer.open_kind("head", data)
        try:
            id, owner, began = document["id"], document["owner"], document["began"]
        except KeyError:
            raise Corrupt("the session's head is damaged") from None
        follows = document.get("follows", "")
        if not (type(id) is type(owner) is type(follows) is str and type(began) is int and is_checkpoint(id)):
            raise Corrupt("the session's head is damaged")
        return cls(id, owner, began, follows)


def is_checkpoint(id: str) -> bool:
    return 0 < len(id) <= 64 and all(c in "0123456789abcdef-" for c in id)


@dataclass(frozen=True)
class Sweep:
    """What a prune has condemned: packs that no checkpoint named, and since when. A writer uses none of them."""

    generation: int = 0
    condemned: dict[str, float] | None = None

    def seal(self, sealer: Sealer) -> bytes:
        return sealer.seal_kind("sweep", {"generation": self.generation, "condemned": self.condemned or {}}, {})

    @classmethod
    def open(cls, sealer: Sealer, data: bytes) -> Sweep:
        document = sealer.open_kind("sweep", data)
        try:
            condemned = {str(pack): float(since) for pack, since in document["condemned"].items()}
            return cls(int(document["generation"]), condemned)
        except (KeyError, TypeError, ValueError, AttributeError):
            raise Corrupt("the session's list of condemned packs is damaged") from None


@dataclass(frozen=True)
class Start:
    """What a writer finds when it begins: the head and its tag, if asked for, and the sweep's generation."""

    head: str | None
    tag: str | None
    generation: int


@dataclass(frozen=True)
class Publication:
    """All that makes a checkpoint the session's once its packs are stored.

    follows, seen: the owner of the head that this writer's kernel restored ("" for none), and when it was read (ns since the epoch).
    """

    id: str
    manifest: bytes
    head: bytes
    expect: str | None
    owner: str
    began: int
    follows: str = ""
    seen: int = 0

    def to_json(self) -> dict[str, Any]:
        line = {"owner": self.owner, "began": self.began, "follows": self.follows, "seen": self.seen}
        return {
            "id": self.id,
            "expect": self.expect,
            "manifest": self.manifest.decode(),
            "head": self.head.decode(),
            **line,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Publication:
        return cls(data["id"], data["manifest"].encode(), data["head"].encode(), data["expect"], data["owner"],
                   data["began"], data["follows"], data["seen"])  # fmt: skip

    def is_after(self, head: Head) -> bool:
        """Whether a head is of an earlier save of these writers, whose answer was lost, or of one that the life before had begun
        when this one read the session: its child, or its uploader, outlived it. Clocks may differ: who goes on with what these
        writers saved comes after them, whenever it says that it began."""
        if head.owner == self.owner:
            return head.began < self.began
        if head.follows == self.owner:
            return False
        return head.began < self.seen and self.follows in ("", head.owner)


class Target(Protocol):
    """One session as a writer sees it, here or in another process."""

    def start(self, want_head: bool) -> Start: ...
    def usable_packs(self) -> set[str]:
        """Packs that are stored and not condemned."""

    def put_pack(self, pack: str, data: Bytes) -> None: ...
    def withdraw(self, packs: list[str]) -> None:
        """Remove what nobody has named. Never raises StoreError."""

    def publish(self, publication: Publication) -> str:
        """The head's new tag. Raises HeadMoved."""

    def close(self) -> None: ...


class LocalTarget:
    """A session reached from this process."""

    def __init__(self, backend: Backend, prefix: str, sealer: Sealer) -> None:
        self.backend, self.prefix, self.sealer = backend, prefix, sealer

    def start(self, want_head: bool) -> Start:
        with request():
            found = self.backend.get_tagged(f"{self.prefix}/head") if want_head else None
            head = Head.open(self.sealer, found[0]).id if found else None
            return Start(head, found[1] if found else None, self._sweep().generation)

    def usable_packs(self) -> set[str]:
        with request():
            condemned = self._sweep().condemned or {}
            packs = (entry.key.rpartition("/")[2] for entry in self.backend.walk(f"{self.prefix}/packs/"))
            return {pack for pack in packs if pack not in condemned}

    def put_pack(self, pack: str, data: Bytes) -> None:
        with request():
            self.backend.put(f"{self.prefix}/packs/{pack}", data)

    def withdraw(self, packs: list[str]) -> None:
        with suppress(StoreError):  # a prune finds them
            self.backend.delete([f"{self.prefix}/packs/{pack}" for pack in packs])

    def publish(self, publication: Publication) -> str:
        with request():
            return self._publish(publication)

    def _publish(self, publication: Publication) -> str:
        manifest, head = f"{self.prefix}/manifests/{publication.id}", f"{self.prefix}/head"
        if self.backend.swap(manifest, publication.manifest, None) is None:
            raise StoreUnavailable(f"there is a checkpoint {publication.id} already; save again")
        expect = publication.expect
        for _ in range(SWAPS):
            if tag := self.backend.swap(head, publication.head, expect):
                return tag
            found = self.backend.get_tagged(head)
            if found is None:
                break
            if not publication.is_after(there := Head.open(self.sealer, found[0])):
                if there.owner != publication.owner:
                    break
                self._withdraw(manifest)
                raise StoreUnavailable("a later save of this same kernel came first")
            expect = found[1]
        self._withdraw(manifest)
        if found is None and next(self.backend.walk(f"{self.prefix}/manifests/"), None) is None:
            raise Emptied(f"the checkpoints of session {self.sealer.session} were removed from the store")
        raise HeadMoved(f"another kernel has saved session {self.sealer.session}: this one no longer owns it")

    def close(self) -> None:
        """Connections are the backend's."""

    def _withdraw(self, manifest: str) -> None:
        try:
            self.backend.delete([manifest])
        except StoreError:  # an extra line in the history, of a checkpoint that is whole
            pass

    def _sweep(self) -> Sweep:
        found = self.backend.get_tagged(f"{self.prefix}/sweep")
        try:
            return Sweep.open(self.sealer, found[0]) if found else Sweep()
        except (Corrupt, Forged):  # no prune removes anything by a list that it can't read
            return Sweep(-1)
