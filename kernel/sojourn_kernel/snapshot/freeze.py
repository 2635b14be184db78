"""Freezing: roots to pieces. Never raises for an object that can't be kept: it is told, and its neighbours are kept."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any, Protocol

from blake3 import blake3

from ..store import BlobRef, FingerprintWriter, OutOfTime
from ..told import Cause, Told
from .aliasing import identities, lenders
from .aliasing.reach import Reach, Span, reach, spans
from .aliasing.sharing import Sharing, named_alone, of_classes, shared_by_names
from .context import context_of
from .drafts import Draft, Drafting, Hopeless
from .frozen import DEFINITIONS, PLANNING, STORING, Frozen, Piece
from .inside import Inside
from .looking.classes import qualname_of
from .lost import Lost
from .objects.definitions import is_definition
from .once import a_save
from .precaution import Crashed, Precaution, Untried
from .process.collector import no_collector
from .process.interruption import Interruption
from .process.lateness import is_taken, pickled_by
from .process.lessons import CRASHED, STOOD_STILL
from .process.watchdog import StoodStill, TookTooLong
from .unloaded import NotLoaded, Unloaded

_COSTS_ITSELF = (Hopeless, StoodStill, TookTooLong, Crashed)  # what pickling one value raises, and no other pays for


class BlobWriter(Protocol):
    def put_blob(self, data: Any, *, kind: str = ..., previous: BlobRef | None = ...) -> BlobRef: ...


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
    expendable: Collection[str] = (),
    progress: Callable[[str], None] | None = None,
    cell_of: Callable[[str], tuple[int | None, str]] = lambda name: (None, ""),
    precaution: Precaution | None = None,
) -> Frozen:
    """Serialise roots into pieces and hand their bytes to the writer.

    main: the session's namespace, which functions made in cells have for globals. dirty: roots that may have changed since
    ``previous``; None means all. anchors: the functions and classes that ``previous`` knew by name. fingerprint_only: roots
    whose content is digested and not stored. skip: roots to leave out, with what to tell. deadline: ``time.monotonic()`` after
    which what is left is told; small things are stored first then, and ``expendable`` roots last. progress: called with each root's
    key, with an empty text once that is pickled, and then with STORING. cell_of: execution count and source of the cell that made a
    name. precaution: what is tried in a child first. Raises NotLoaded for a root that is Unloaded and not carried.
    """
    job = Freezing(
        roots,
        writer,
        main,
        dirty,
        previous,
        anchors,
        fingerprint_only,
        skip,
        deadline,
        expendable,
        progress,
        cell_of,
        precaution,
    )
    return job.run()


def pieces_carried(
    previous: Frozen | None,
    roots: Mapping[str, Any],
    dirty: set[str] | None,
    anchors: Mapping[str, Any],
    fingerprint_only: frozenset[str] = frozenset(),
) -> list[Piece]:
    """Pieces of the previous checkpoint that are still right, and whose definitions still go by the same names; as for :func:`freeze`."""
    if previous is None or dirty is None:
        return []
    same = {key for key, value in anchors.items() if roots.get(key, roots) is value}
    return [
        piece
        for piece in previous.pieces
        if DEFINITIONS not in piece.roots
        and (piece.stream is not None or fingerprint_only.issuperset(piece.roots))
        and all(root in roots and root not in dirty for root in piece.roots)
        and same.issuperset(piece.definitions)
        and not piece.told
    ]


class Freezing:
    """One freeze; see :func:`freeze`."""

    def __init__(self, roots: Mapping[str, Any], writer: BlobWriter, main: dict[str, Any], dirty: set[str] | None = None,
                 previous: Frozen | None = None, anchors: Mapping[str, Any] | None = None,
                 fingerprint_only: frozenset[str] = frozenset(), skip: Mapping[str, Told] | None = None,
                 deadline: float | None = None, expendable: Collection[str] = (),
                 progress: Callable[[str], None] | None = None,
                 cell_of: Callable[[str], tuple[int | None, str]] = lambda name: (None, ""),
                 precaution: Precaution | None = None) -> None:  # fmt: skip
        self.roots, self.writer, self.dirty, self.previous = roots, writer, dirty, previous
        self.anchors, self.fingerprint_only, self.skip = anchors or {}, fingerprint_only, skip or {}
        self.deadline, self.expendable, self.progress = deadline, frozenset(expendable), progress
        self.pickled_by = pickled_by(deadline)
        self.named = {name: value for name, value in roots.items() if is_definition(value)}
        self.context = context_of(main, self.named, cell_of, named_alone(roots), precaution)
        self.drafting = Drafting(self.context)

    def run(self) -> Frozen:
        with no_collector(), a_save(), lenders.of_a_save() as self.lenders:
            return self._run()

    def _run(self) -> Frozen:
        carried = pieces_carried(self.previous, self.roots, self.dirty, self.anchors, self.fingerprint_only)
        kept = {root for piece in carried for root in piece.roots}
        everyones = (*self.context.live, *self.context.containers, *map(id, of_classes()))
        sharing, lost = Sharing(everyones), []
        inside = Inside(self.roots, everyones)
        drafts: dict[str, Draft] = {}
        borrowed: dict[str, set[Span]] = {}
        longest: Draft | None = None
        for root, value in self.roots.items():
            if root in kept:
                continue
            if type(value) is Unloaded:
                raise NotLoaded(root)
            try:
                self._at(root)
                told = self.skip.get(root) or self._too_late(root)
                if told is None and id(value) in inside.ids:  # it comes with another
                    self._at("")
                    sharing.add(root, [value])
                    continue
                if told is None:
                    draft = drafts[root] = self._draft(root, {root: value}, ends=inside.ids)
                    if asked := self.lenders.taken():
                        borrowed[root] = asked
                    if draft.more is not None:  # what goes on with a draft takes memory: one is kept, of the longest
                        shorter = draft if longest and len(longest.stream) > len(draft.stream) else longest
                        longest = longest if shorter is draft else draft
                        if shorter is not None:
                            shorter.more = None
                    sharing.add(root, [*draft.met, value] if shared_by_names(value) else draft.met)
                    inside.add(draft)
                    draft.met = []
                    continue
            except _COSTS_ITSELF as error:
                self._at("")
                told = self._why_not(root, error)
            self._at("")  # the time that is over is nobody's from here on
            lost.append(self._lost_piece(root, told))
        self._over_others_memory(borrowed, drafts, sharing)
        for piece in carried:
            for key in piece.definitions:
                self.context.definitions.items.setdefault(key, self.named[key])
        definitions, told_of_definitions = self._definitions_draft()
        if definitions:
            definitions.told += told_of_definitions
            sharing.add(DEFINITIONS, definitions.met)
            definitions.met = []
        self._with_ids_of_others(drafts, definitions, sharing)
        self._at(STORING)
        pieces = [*carried, *lost]
        for group in self._in_order_of_storing(sharing.groups(), drafts):
            try:
                pieces.append(self._piece(group, drafts, definitions))
            except OutOfTime:
                if DEFINITIONS in group:
                    raise
                pieces += [self._lost_piece(root, self._no_time_for(root)) for root in group]
            except Crashed as error:  # together, where none did alone
                pieces += [self._lost_piece(one, self._why_not(one, error)) for one in group if one != DEFINITIONS]
                pieces += [self._piece([DEFINITIONS], drafts, definitions)] if DEFINITIONS in group else []
        pieces.sort(key=lambda piece: piece.roots)
        return Frozen(tuple(pieces), tuple(self.roots))

    def _in_order_of_storing(self, groups: list[list[str]], drafts: Mapping[str, Draft]) -> list[list[str]]:
        """Definitions, which all need; then, where time is short, what takes the link little, so that one thing costs few others."""

        def need(group: list[str]) -> tuple[bool, bool, int]:
            if DEFINITIONS in group or self.deadline is None:
                return DEFINITIONS not in group, False, 0
            sizes = (_size_of(drafts[root]) for root in group if root in drafts)
            return True, not self.expendable.isdisjoint(group), max(sizes, default=0)

        return sorted(groups, key=need)

    def _at(self, place: str) -> None:
        if self.progress:
            self.progress(place)

    def _draft(
        self, place: str, roots: dict[str, Any], definitions: dict[str, Any] | None = None, ends: Collection[int] = ()
    ) -> Draft:
        """A draft for which a root, or a definition, is to blame. Raises Crashed."""
        made = self._tried(place, lambda: self.drafting.draft(roots, definitions, ends=ends))
        self._at("")  # what comes now is no root's doing
        return made

    def _tried(self, place: str, draft: Callable[[], Draft]) -> Draft:
        """A draft, once a child has lived through what no save has been through. Raises Crashed."""
        while True:
            try:
                return draft()
            except Untried as untried:
                precaution = self.context.precaution
                assert precaution is not None
                self._at(PLANNING)  # the process waits for another, and does not stand still
                lives = precaution.tried(draft, self.deadline)
                self._at(place)
                if not lives:
                    precaution.crashed.append(place)
                    raise Crashed(place) from None
                precaution.survived.add(id(untried.cls))

    def _over_others_memory(self, borrowed: dict[str, set[Span]], drafts: dict[str, Draft], sharing: Sharing) -> None:
        """Pickle roots again that hold what uses the memory of an array of the session, as something over that array."""
        found = self.lenders.know(sharing.met(), set[Span]().union(*borrowed.values())) if borrowed else set()
        for root in [root for root, memory in borrowed.items() if not memory.isdisjoint(found)]:
            alone = {root: self.roots[root]}
            try:
                draft = self._tried(root, functools.partial(self.drafting.draft, alone))
            except (Hopeless, Crashed):
                continue
            drafts[root], draft.more = draft, None
            sharing.add_again(root, draft.met)
            draft.met = []

    def _with_ids_of_others(self, drafts: dict[str, Draft], definitions: Draft | None, sharing: Sharing) -> None:
        """Put drafts with numbers that are ids of what others hold into one group with these."""
        all_drafts = {**drafts, DEFINITIONS: definitions} if definitions else drafts
        for root, met in sharing.with_ids_of_others({root: one.numbers for root, one in all_drafts.items()}).items():
            all_drafts[root].specials |= identities.named(all_drafts[root].numbers, met)
            all_drafts[root].more = None  # the numbers stand in it as they are

    def _too_late(self, root: str) -> Told | None:
        now = time.monotonic()
        if self.deadline is None or now <= self.pickled_by:
            return None
        before = self.previous.owner.get(root) if self.previous else None
        if is_taken(self.roots[root], before, now - self.deadline):
            return None
        return self._no_time_for(root)

    def _why_not(self, root: str, error: BaseException) -> Told:
        """What to tell of a root, or of a definition, whose pickling ended so."""
        if isinstance(error, TookTooLong):
            return self._no_time_for(root)
        reasons: dict[type[BaseException], str] = {StoodStill: STOOD_STILL, Crashed: CRASHED}
        reason = reasons.get(type(error), str(error))
        return self.context.told(root, "", Cause.UNPICKLABLE, reason)

    def _no_time_for(self, root: str) -> Told:
        return self.context.told(
            root, "", Cause.DEADLINE, "there was no time left to save it before the pod had to go."
        )

    def _lost_piece(self, root: str, told: Told) -> Piece:
        draft = self.drafting.draft({root: Lost(told)})
        ref = self.writer.put_blob(draft.stream, kind="stream")
        return Piece(
            (root,), ref, (), len(draft.stream), 0.0, ref.digest, (), (qualname_of(type(self.roots[root])),), (told,)
        )

    def _definitions_draft(self) -> tuple[Draft | None, list[Told]]:
        """The piece of all definitions; one that can't be kept gets a placeholder and costs no other."""
        items = self.context.definitions.items
        told: list[Told] = []
        if not items:
            return None, told
        for key in items.keys() & self.skip.keys():
            told.append(self.skip[key])
            items[key] = Lost(told[-1])
        self._at(DEFINITIONS)
        try:
            return self._draft(DEFINITIONS, {}, items), told
        except _COSTS_ITSELF:
            self._at("")
        for key, value in list(items.items()):
            self._at(key)
            try:
                self._draft(key, {}, {key: value})
            except _COSTS_ITSELF as error:
                self._at("")
                told.append(self._why_not(key, error))
                items[key] = Lost(told[-1])
        self._at(STORING)  # none is to blame for the time that all of them take
        try:
            return self._tried(STORING, lambda: self.drafting.draft({}, items)), told
        except (Hopeless, Crashed) as error:
            reason = f"the definitions together can't be serialised ({error})"
            told = [self.context.told(key, "", Cause.UNPICKLABLE, reason) for key in items]
            items.update({entry.name: Lost(entry) for entry in told})
            return self.drafting.draft({}, items), told

    def _piece(self, group: list[str], drafts: dict[str, Draft], definitions: Draft | None) -> Piece:
        with_definitions = DEFINITIONS in group
        names = [root for root in group if root != DEFINITIONS]
        alone = with_definitions or len(group) == 1
        reached = {} if alone else _reached(names, drafts)
        if len(group) == 1:
            draft = definitions if with_definitions else drafts[group[0]]
        else:
            draft = None if with_definitions else self._continued(names, drafts)
        if draft is None or not draft.whole:
            together = {root: self.roots[root] for root in names}
            items = self.context.definitions.items if with_definitions else None
            specials = _specials_of(names, drafts)
            draft = self._tried(STORING, lambda: self.drafting.draft(together, items, specials))
        for root in names:
            drafts.pop(root, None)
        stored = not self.fingerprint_only.issuperset(group)
        writer = self.writer if stored else FingerprintWriter()
        values = (self.roots[root] for root in names)
        known = None if alone or draft.told else reach(reached, values, draft.buffers)
        buffers = tuple(self._buffers(group, draft, writer, known))
        stream = writer.put_blob(draft.stream, kind="stream")
        digest = blake3("".join([stream.digest, *(b.digest for b in buffers)]).encode()).hexdigest()
        types = tuple(qualname_of(type(self.roots[root])) if root != DEFINITIONS else "" for root in group)
        keys = () if with_definitions else tuple(sorted(draft.definitions))
        return Piece(tuple(group), stream if stored else None, buffers if stored else (), _size_of(draft), draft.seconds, digest, keys,
                     types, tuple(draft.told), known)  # fmt: skip

    def _continued(self, names: list[str], drafts: dict[str, Draft]) -> Draft | None:
        """A group in the stream of its longest member, which is not pickled again; None where that can't be done."""
        drafted = [root for root in names if root in drafts]
        longest = next((root for root in drafted if drafts[root].more is not None), None)
        if longest is None or any(drafts[root].told for root in drafted):
            return None
        begun = drafts[longest]
        assert begun.more is not None
        try:
            others = [root for root in names if root != longest]
            draft = begun.more({root: self.roots[root] for root in others}, _specials_of(others, drafts))
        except Untried:  # pickled from the start it is tried first
            return None
        except Interruption:
            raise
        except BaseException:  # nested too deep here, or an object that can be pickled only once
            return None
        return draft and replace(draft, seconds=draft.seconds + begun.seconds)

    def _buffers(self, group: list[str], draft: Draft, writer: BlobWriter, known: Reach | None) -> Iterator[BlobRef]:
        """The ref of each buffer: the one that it had, where nothing that was touched reaches it."""
        pieces = [self.previous.owner[root] for root in group if root in self.previous.owner] if self.previous else []
        before = pieces[0].buffers if pieces and group[0] in pieces[0].roots else ()
        same: dict[int, BlobRef] = {}
        if known and self.dirty is not None:
            as_before = {span: ref for piece in pieces for span, ref in piece.untouched(self.dirty).items()}
            same = {number: as_before[span] for span, number in known.numbers.items() if span in as_before}
        for number, buffer in enumerate(draft.buffers):
            previous = before[number] if number < len(before) else None
            yield same.get(number) or writer.put_blob(buffer.raw(), previous=previous)


def _size_of(draft: Draft) -> int:
    """Bytes of a draft before they are compressed."""
    return len(draft.stream) + sum(buffer.raw().nbytes for buffer in draft.buffers)


def _reached(names: list[str], drafts: Mapping[str, Draft]) -> dict[str, frozenset[Span]]:
    """The large buffers that each root of a group reaches; of one that comes with another, or ends in it, all that the group has."""
    own = {root: spans(drafts[root].buffers) for root in names if root in drafts}
    every = frozenset[Span]().union(*own.values())
    return {root: own[root] if root in drafts and drafts[root].whole else every for root in names}


def _specials_of(names: list[str], drafts: Mapping[str, Draft]) -> dict[int, Any]:
    """What only ``persistent_id`` can name in any of the drafts."""
    return {number: name for root in names if root in drafts for number, name in drafts[root].specials.items()}
