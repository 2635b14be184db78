"""Freezing: roots to pieces. Never raises for an object that can't be kept: it is told, and its neighbours are kept."""

from __future__ import annotations

import io
import pickle
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from blake3 import blake3

from ..store import BlobRef, FingerprintWriter
from ..told import Cause, Told
from . import imported, patches, rebuild
from .classes import qualname_of
from .collector import no_collector
from .definitions import Definitions, is_definition
from .frozen import DEFINITIONS, Frozen, Piece
from .likeness import likeness
from .lost import Lost, told_of
from .paths import path_to
from .pickler import OUT_OF_BAND, DeepPickler, PiecePickler, _shown
from .sharing import Sharing, bearing_identity, of_classes
from .stack import shallow_then_deep

PLACING = 2.0  # seconds of a save that are spent on where exactly the lost objects are
NAMED_NANS = 2_000_000  # objects with an identity in a piece, up to which each NaN keeps its own


class BlobWriter(Protocol):
    def put_blob(self, data: Any, *, kind: str = ..., previous: BlobRef | None = ...) -> BlobRef: ...


@dataclass
class _Draft:
    """A pickled root or group, not stored yet."""

    stream: bytes
    buffers: list[pickle.PickleBuffer]
    met: list[Any]
    "The objects in it that bear an identity."
    definitions: set[str]
    told: list[Told]
    seconds: float
    lost: list[Any] = field(default_factory=list)
    "The objects that placeholders stand for, in the order in which they were met."


@dataclass
class _Context:
    main: dict[str, Any]
    live: dict[int, str]
    definitions: Definitions
    cell_of: Callable[[str], tuple[int | None, str]]
    containers: dict[int, str] = field(default_factory=dict)
    live_types: frozenset[type] = frozenset()


class Hopeless(Exception):
    """Not even placeholders made a value serialisable."""


def freeze(
    roots: Mapping[str, Any],
    writer: BlobWriter,
    *,
    main: dict[str, Any],
    dirty: set[str] | None = None,
    previous: Frozen | None = None,
    anchors: Mapping[str, Any] | None = None,
    fingerprint_only: frozenset[str] = frozenset(),
    skip: Mapping[str, Told] | None = None,
    deadline: float | None = None,
    progress: Callable[[str], None] | None = None,
    cell_of: Callable[[str], tuple[int | None, str]] = lambda name: (None, ""),
) -> Frozen:
    """Serialise roots into pieces and hand their bytes to the writer.

    main: the session's namespace, which functions made in cells have for globals. dirty: roots that may have changed since
    ``previous``; None means all. anchors: the functions and classes that ``previous`` knew by name. fingerprint_only: roots
    whose content is digested and not stored. skip: roots to leave out, with what to tell. deadline: ``time.monotonic()`` after
    which what is left is told. progress: called with each root's key. cell_of: execution count and source of the cell that made a name.
    """
    job = Freezing(roots, writer, main, dirty, previous, anchors, fingerprint_only, skip, deadline, progress, cell_of)
    return job.run()


class Freezing:
    """One freeze; see :func:`freeze`."""

    def __init__(self, roots: Mapping[str, Any], writer: BlobWriter, main: dict[str, Any], dirty: set[str] | None = None,
                 previous: Frozen | None = None, anchors: Mapping[str, Any] | None = None,
                 fingerprint_only: frozenset[str] = frozenset(), skip: Mapping[str, Told] | None = None,
                 deadline: float | None = None, progress: Callable[[str], None] | None = None,
                 cell_of: Callable[[str], tuple[int | None, str]] = lambda name: (None, "")) -> None:  # fmt: skip
        self.roots, self.writer, self.dirty, self.previous = roots, writer, dirty, previous
        self.anchors, self.fingerprint_only, self.skip = anchors or {}, fingerprint_only, skip or {}
        self.deadline, self.progress = deadline, progress
        self._looking: set[int] = set()
        self._placing = 0.0
        self.numbered = False
        "Whether identities are written as numbers that are the same in any process."
        named = {name: value for name, value in roots.items() if is_definition(value)}
        live, containers, types = _live(main)
        self.context = _Context(main, live, Definitions(named), cell_of, containers, types)
        self.named = named

    def run(self) -> Frozen:
        with no_collector():
            return self._run()

    def _run(self) -> Frozen:
        carried = self._carried()
        kept = {root for piece in carried for root in piece.roots}
        everyones = (*self.context.live, *self.context.containers, *map(id, of_classes()))
        sharing, drafts, lost = Sharing(everyones), {}, []
        for root, value in self.roots.items():
            if root in kept:
                continue
            if self.progress:
                self.progress(root)
            told = self.skip.get(root) or self._too_late(root)
            if told is None:
                try:
                    drafts[root] = self.draft({root: value})
                    sharing.add(root, drafts[root].met)
                    drafts[root].met = []
                    continue
                except Hopeless as error:
                    told = self._told(root, "", Cause.UNPICKLABLE, str(error))
            lost.append(self._lost_piece(root, told))
        for piece in carried:
            for key in piece.definitions:
                self.context.definitions.items.setdefault(key, self.named[key])
        definitions, told_of_definitions = self._definitions_draft()
        if definitions:
            definitions.told += told_of_definitions
            sharing.add(DEFINITIONS, definitions.met)
            definitions.met = []
        pieces = [*carried, *lost]
        for group in sharing.groups():
            pieces.append(self._piece(group, drafts, definitions))
        pieces.sort(key=lambda piece: piece.roots)
        return Frozen(tuple(pieces), tuple(self.roots))

    def _carried(self) -> list[Piece]:
        """Pieces of the previous checkpoint that are still right, and whose definitions still go by the same names."""
        if self.previous is None or self.dirty is None:
            return []
        same = {key for key, value in self.named.items() if self.anchors.get(key) is value}
        return [
            piece
            for piece in self.previous.pieces
            if DEFINITIONS not in piece.roots
            and (piece.stream is not None or self.fingerprint_only.issuperset(piece.roots))
            and all(root in self.roots and root not in self.dirty for root in piece.roots)
            and same.issuperset(piece.definitions)
            and not piece.told
        ]

    def _too_late(self, root: str) -> Told | None:
        if self.deadline is None or time.monotonic() < self.deadline:
            return None
        return self._told(root, "", Cause.DEADLINE, "there was no time left to save it before the pod had to go.")

    def _told(self, root: str, path: str, cause: Cause, reason: str) -> Told:
        cell, source = self.context.cell_of(root)
        return Told(root, cause, reason if reason.endswith((".", "!", "?")) else reason + ".", path, cell, source)

    def _lost_piece(self, root: str, told: Told) -> Piece:
        draft = self.draft({root: Lost(told)})
        ref = self.writer.put_blob(draft.stream, kind="stream")
        return Piece(
            (root,), ref, (), len(draft.stream), 0.0, ref.digest, (), (qualname_of(type(self.roots[root])),), (told,)
        )

    def _definitions_draft(self) -> tuple[_Draft | None, list[Told]]:
        """The piece of all definitions; one that can't be kept gets a placeholder and costs no other."""
        items = self.context.definitions.items
        told: list[Told] = []
        if not items:
            return None, told
        try:
            return self.draft({}, items), told
        except Hopeless:
            pass
        for key, value in list(items.items()):
            try:
                self.draft({}, {key: value})
            except Hopeless as error:
                told.append(self._told(key, "", Cause.UNPICKLABLE, str(error)))
                items[key] = Lost(told[-1])
        try:
            return self.draft({}, items), told
        except Hopeless as error:
            reason = f"the definitions together can't be serialised ({error})"
            told = [self._told(key, "", Cause.UNPICKLABLE, reason) for key in items]
            items.update({entry.name: Lost(entry) for entry in told})
            return self.draft({}, items), told

    def _piece(self, group: list[str], drafts: dict[str, _Draft], definitions: _Draft | None) -> Piece:
        with_definitions = DEFINITIONS in group
        names = [root for root in group if root != DEFINITIONS]
        if len(group) == 1:
            draft = definitions if with_definitions else drafts[group[0]]
        else:
            together = {root: self.roots[root] for root in names}
            draft = self.draft(together, self.context.definitions.items if with_definitions else None)
        assert draft is not None
        for root in names:
            drafts.pop(root, None)
        stored = not self.fingerprint_only.issuperset(group)
        writer = self.writer if stored else FingerprintWriter()
        before = self._previous_buffers(group)
        buffers = tuple(
            writer.put_blob(buffer.raw(), previous=before[number] if number < len(before) else None)
            for number, buffer in enumerate(draft.buffers)
        )
        stream = writer.put_blob(draft.stream, kind="stream")
        digest = blake3("".join([stream.digest, *(b.digest for b in buffers)]).encode()).hexdigest()
        size = len(draft.stream) + sum(ref.size for ref in buffers)
        types = tuple(qualname_of(type(self.roots[root])) if root != DEFINITIONS else "" for root in group)
        keys = () if with_definitions else tuple(sorted(draft.definitions))
        return Piece(tuple(group), stream if stored else None, buffers if stored else (), size, draft.seconds, digest, keys,
                     types, tuple(draft.told))  # fmt: skip

    def _previous_buffers(self, group: list[str]) -> tuple[BlobRef, ...]:
        piece = self.previous.owner.get(group[0]) if self.previous else None
        return piece.buffers if piece else ()

    def draft(self, roots: dict[str, Any], definitions: dict[str, Any] | None = None) -> _Draft:
        begin = time.perf_counter()
        content = {"roots": roots, "definitions": definitions or {}}
        try:
            draft = self._dump(content, definitions is not None, None, {})
        except Exception:
            draft = self._dump_careful(content, definitions is not None)
        known = self.context.containers
        specials = {id(v): known[id(v)] for v in draft.met if id(v) in known}
        if len(draft.met) < NAMED_NANS:
            specials |= self._nans(draft.met, specials)
        if specials:
            try:
                draft = self._dump(content, definitions is not None, None, specials)
            except Exception:
                draft = self._dump_careful(content, definitions is not None)
        draft.seconds = time.perf_counter() - begin
        return draft

    def _nans(self, met: list[Any], known: Mapping[int, str]) -> dict[int, str]:
        """A name for each NaN, so that it stays one object; those that every session has are known."""
        found = {id(v): v for v in met if type(v) is float and v != v and id(v) not in known}
        return {id: f"nan {number if self.numbered else id}" for number, id in enumerate(found)}

    def _dump_careful(self, content: dict[str, Any], inside: bool) -> _Draft:
        told: dict[int, tuple[Any, Told]] = {}

        def lose(value: Any, cause: Cause, reason: str) -> Told:
            already = told_of(value)
            found = told.get(id(value))
            if found is None:
                root, path = self._place(content, value)
                kept = already if already else self._told(root, path, cause, reason)
                found = told[id(value)] = (value, kept)
            return found[1]

        try:
            draft = self._dump(content, inside, lose, self.context.containers)
        except Exception as error:
            raise Hopeless(f"it can't be serialised: {_shown(error)}") from None
        draft.told = [entry for _, entry in told.values()]
        draft.lost = [value for value, _ in told.values()]
        draft.met += self._behind(draft.lost)
        return draft

    def _behind(self, lost: list[Any]) -> list[Any]:
        """What lost objects hold: it is stored with them, so that both are made again together or not at all."""
        met: list[Any] = []
        for value in lost:
            if id(value) in self._looking:
                continue
            self._looking.add(id(value))
            try:
                met += self.draft({"": likeness(value)}).met
            except Exception:  # no likeness, or an object that answers no question
                continue
            finally:
                self._looking.discard(id(value))
        return met

    def _place(self, content: dict[str, Any], value: Any) -> tuple[str, str]:
        begin = time.monotonic()
        try:
            for root, whole in [*content["roots"].items(), *content["definitions"].items()]:
                if self._placing + time.monotonic() - begin > PLACING:
                    break
                path = path_to(whole, value)
                if path is not None:
                    return root, path
            return next(iter(content["roots"]), DEFINITIONS), "…"
        finally:
            self._placing += time.monotonic() - begin

    def _dump(self, content: dict[str, Any], inside: bool, lose: Any, specials: dict[int, str]) -> _Draft:
        try:
            return self._dump_with(PiecePickler, content, inside, lose, specials)
        except RecursionError:
            return self._dump_with(DeepPickler, content, inside, lose, specials)

    def _dump_with(
        self, kind: type[Any], content: dict[str, Any], inside: bool, lose: Any, specials: dict[int, str]
    ) -> _Draft:
        met: list[Any] = []
        buffers: list[pickle.PickleBuffer] = []

        def aside(buffer: pickle.PickleBuffer) -> bool:
            if buffer.raw().nbytes < OUT_OF_BAND:
                return True
            buffers.append(buffer)
            return False

        def named(value: Any) -> str | None:
            met.append(value)
            return specials.get(id(value))

        class Recording(kind):  # type: ignore[misc]
            persistent_id = staticmethod(named if specials else met.append)

        used: set[str] = set()
        definitions = None if inside else _Noting(self.context.definitions, used)
        file = io.BytesIO()
        pickler = Recording(
            file,
            self.context.main,
            self.context.live,
            definitions,  # type: ignore[arg-type]
            aside,
            lose,
            self.context.live_types,
        )

        def dump() -> None:
            for begun in (met, buffers):
                begun.clear()
            file.seek(0)
            file.truncate()
            pickler.clear_memo()
            pickler.dump(content)

        shallow_then_deep(dump)
        return _Draft(file.getvalue(), buffers, bearing_identity(met), used, [], 0.0)


class _Noting:
    """Definitions, noting which keys one piece uses."""

    def __init__(self, definitions: Definitions, used: set[str]) -> None:
        self._definitions, self._used = definitions, used

    def key(self, value: Any) -> str:
        key = self._definitions.key(value)
        self._used.add(key)
        return key


def _live(main: dict[str, Any]) -> tuple[dict[int, str], dict[int, str], frozenset[type]]:
    """Ids of what every session has: objects, and plain containers, which only ``persistent_id`` sees; types of the objects."""
    objects: dict[int, str] = {}
    containers: dict[int, str] = {}
    for name, find in rebuild.LIVE.items():
        try:
            value = find(main)
        except Exception:  # no shell, no loop: then nothing can refer to it
            continue
        (containers if type(value) in (dict, list, float) else objects)[id(value)] = name
    librarys = imported.held(patches.SET | patches.DELETED)
    for place, value in librarys.items():
        known = containers if type(value) in imported.CONTAINERS else objects
        known.setdefault(id(value), rebuild.PLACE + place)
    return objects, containers, frozenset(map(type, librarys.values()))
