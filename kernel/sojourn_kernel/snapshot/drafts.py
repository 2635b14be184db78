"""Drafts: roots pickled together, not stored yet. What can't be kept leaves a placeholder; its neighbours are kept."""

from __future__ import annotations

import builtins
import pickle
import time
import types
import weakref
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..told import Cause, Told
from . import rebuild
from .aliasing import identities
from .aliasing.sharing import bearing_identity, sharing_their_dict
from .context import Context
from .frozen import DEFINITIONS
from .libraries import constants
from .likeness import held_by
from .looking.attributes import attributes_of, is_imported
from .looking.classes import forget_slots
from .lost import told_of
from .names import is_name, is_of_shell, is_unnamed
from .objects import loose_modules, old_hashes
from .objects.definitions import Definitions, inside_others
from .objects.reductions import shown
from .objects.warned import heard
from .paths import path_to
from .pickler import OUT_OF_BAND, DeepPickler, PiecePickler
from .process.interruption import Interruption
from .process.stack import shallow_then_deep
from .streams import Stream, Unframed
from .trial import can_be_kept_whole

PLACING = 2.0  # seconds of a save that are spent on where exactly the lost objects are
BEHIND = 2.0  # seconds of a save that are spent on what lost objects hold
NAMED_NANS = 2_000_000  # objects with an identity in a piece, up to which each NaN keeps its own
NAMED_VALUES = 1_000_000  # objects in a piece, up to which immutable values that have a name are looked for among them
LONG = 50_000  # objects in a draft from which it is better continued than made again


class Hopeless(Exception):
    """Not even placeholders made a value serialisable."""


@dataclass
class Draft:
    """A pickled root or group, not stored yet."""

    stream: bytes
    buffers: list[pickle.PickleBuffer]
    met: list[Any]
    "The objects in it that bear an identity."
    definitions: set[str]
    told: list[Told]
    seconds: float
    texts: dict[int, Any] = field(default_factory=dict)
    "By id, names of the constants in it that libraries know by identity, of containers that hold objects under old hashes, and of dictionaries of modules."
    specials: dict[int, Any] = field(default_factory=dict)
    "By id, names of all that only ``persistent_id`` could name in it."
    numbers: list[int] = field(default_factory=list)
    "Numbers in it that may be ids of objects."
    called: dict[int, Any] = field(default_factory=dict)
    "By id, the functions, classes and singletons of which they are ids."
    lost: list[Any] = field(default_factory=list)
    "The objects that placeholders stand for, in the order in which they were met."
    whole: bool = True
    "Whether it goes into all that it met."
    more: Callable[[dict[str, Any], Mapping[int, Any]], Draft | None] | None = None
    "Goes on with other roots, and the specials in them, in the same stream, so that they share objects; None if that doesn't do."


class Drafting:
    """Makes drafts. numbered: identities are written as numbers that are the same in any process."""

    def __init__(self, context: Context, numbered: bool = False) -> None:
        self.context, self.numbered = context, numbered
        self._looking: set[int] = set()
        self._placing = 0.0
        self._behind_until = 0.0
        self._behind_left = BEHIND
        self._sharers: frozenset[int] = frozenset()
        "Objects of the draft under way whose dictionaries others hold."
        self._ends: Collection[int] = ()
        "Objects that the draft under way does not go into."

    def draft(
        self,
        roots: dict[str, Any],
        definitions: dict[str, Any] | None = None,
        known: Mapping[int, Any] | None = None,
        ends: Collection[int] = (),
    ) -> Draft:
        """known: specials that are in it, if some are known before. ends: ids of objects that other drafts have gone into."""
        self._ends = ends
        with heard() as said:
            draft = self._draft(roots, definitions, dict(known or {}))
        draft.told += [self._told_of(roots, text) for text in said]
        return draft

    def _told_of(self, roots: dict[str, Any], said: str) -> Told:
        """What a library says of its own pickling, which may be about anything in there."""
        root = min(roots, key=is_unnamed, default=DEFINITIONS)
        return self.context.told(root, "", Cause.STALE, f"the library's own pickling says: {said}")

    def _draft(self, roots: dict[str, Any], definitions: dict[str, Any] | None, known: dict[int, Any]) -> Draft:
        begin = time.perf_counter()
        content = {"roots": roots, "definitions": definitions or {}}
        self._sharers = frozenset()
        try:
            draft = self._dump(content, definitions is not None, None, known)
        except Interruption:
            raise
        except BaseException:  # whatever an object raises costs itself
            draft = self._dump_careful(content, definitions is not None)
            known = {}
        ids = identities.ids_among(known)
        ids |= identities.named(draft.numbers, identities.objects_of(draft.numbers, draft.met) | draft.called)
        specials, self._sharers = self._specials(draft.met) | draft.texts | ids, sharing_their_dict(draft.met)
        if self._sharers or not specials.keys() <= known.keys():
            try:
                draft = self._dump(content, definitions is not None, None, specials)
            except Interruption:
                raise
            except BaseException:
                draft = self._dump_careful(content, definitions is not None, draft.texts, ids)
            self._sharers = frozenset()
        draft.specials = specials
        draft.seconds = time.perf_counter() - begin
        return draft

    def _shareable(self, met: list[Any]) -> list[Any]:
        """Those of the objects met whose sharing can be observed."""
        named = self.context.named
        kept = named.keys() & map(id, met) if named and len(met) < NAMED_VALUES else ()
        return [*bearing_identity(met), *(named[number] for number in kept)]

    def _called(self, numbers: list[int], met: list[Any]) -> dict[int, Any]:
        """What comes by its name of which a number is the id: signals know their receivers and senders by these."""
        if not numbers:
            return {}
        known = self.context.definitions
        return identities.of_no_ones(
            numbers, [*met, *known.named.values(), *known.items.values(), *vars(builtins).values()]
        )

    def _texts(self, met: list[Any]) -> dict[int, Any]:
        if len(met) >= NAMED_VALUES:
            return {}
        known = self.context.constants
        found = known.keys() & map(id, met)
        texts = {number: name for number in found if (name := constants.named(number, known[number]))}
        return texts | old_hashes.among(met)

    def _specials(self, met: list[Any]) -> dict[int, Any]:
        """Names, by id, of what only ``persistent_id`` can name: containers that every session has, and NaNs."""
        known = self.context.containers
        specials = {number: known[number] for number in known.keys() & map(id, met)}
        return specials | self._nans(met, specials) if len(met) < NAMED_NANS else specials

    def _nans(self, met: list[Any], known: Mapping[int, str]) -> dict[int, str]:
        """A name for each NaN, so that it stays one object; those that every session has are known."""
        found = {id(v): v for v in met if type(v) is float and v != v and id(v) not in known}
        return {id: f"nan {number if self.numbered else id}" for number, id in enumerate(found)}

    def _dump_careful(
        self,
        content: dict[str, Any],
        inside: bool,
        texts: Mapping[int, Any] | None = None,
        ids: Mapping[int, Any] | None = None,
    ) -> Draft:
        """ids: names of numbers, which stay what they are where that can't be done."""
        told: dict[int, tuple[Any, Told]] = {}

        def lose(value: Any, cause: Cause, reason: str) -> Told:
            already = told_of(value)
            found = told.get(id(value))
            if found is None:
                root, path = self._place(content, value)
                kept = already if already else self.context.told(root, path, cause, reason)
                found = told[id(value)] = (value, kept)
            return found[1]

        names = {**self.context.containers, **(texts or {})}
        try:
            draft = self._dump(content, inside, lose, {**names, **(ids or {})})
        except Interruption:
            raise
        except BaseException as error:
            if ids:
                return self._dump_careful(content, inside, texts)
            raise Hopeless(f"it can't be serialised: {shown(error)}") from None
        draft.told = [entry for _, entry in told.values()]
        draft.lost = [value for value, _ in told.values()]
        draft.met += self._behind(draft.lost)
        return draft

    def _behind(self, lost: list[Any]) -> list[Any]:
        """What lost objects hold: it is stored with them, so that both are made again together or not at all."""
        begin = time.monotonic()
        if outermost := not self._looking:
            self._behind_until = begin + self._behind_left
        met: list[Any] = []
        for value in lost:
            if id(value) in self._looking or time.monotonic() > self._behind_until:
                continue
            self._looking.add(id(value))
            try:
                met += self.draft({"": held_by(value)}).met
            except Interruption:
                raise
            except BaseException:  # an object that answers no question
                continue
            finally:
                self._looking.discard(id(value))
        if outermost:
            self._behind_left -= time.monotonic() - begin
        return met

    def _place(self, content: dict[str, Any], value: Any) -> tuple[str, str]:
        begin = time.monotonic()
        try:
            candidates = [*content["roots"].items(), *content["definitions"].items()]
            candidates.sort(key=lambda one: (one[1] is not value, is_unnamed(one[0])))  # by the user's own names
            for root, whole in candidates:
                if self._placing + time.monotonic() - begin > PLACING:
                    break
                path = path_to(whole, value)
                if path is not None:
                    return (self._by_a_variable(value) if root.startswith("#") else None) or (root, path)
            return min(content["roots"] or content["definitions"], key=is_unnamed, default=DEFINITIONS), "…"
        finally:
            self._placing += time.monotonic() - begin

    def _by_a_variable(self, value: Any) -> tuple[str, str] | None:
        """The variable that leads to what a definition without a name holds, and the path from there."""
        main = self.context.main
        names = [
            name for name, held in main.items() if is_name(name) and not is_of_shell(name) and not is_imported(held)
        ]
        path = path_to([main[name] for name in names], value)
        if path is None:
            return None
        number, _, rest = path[1:].partition("]")
        return names[int(number)], rest

    def _dump(self, content: dict[str, Any], inside: bool, lose: Any, specials: dict[int, Any]) -> Draft:
        try:
            return self._dump_with(PiecePickler, content, inside, lose, specials)
        except RecursionError:
            return self._dump_with(DeepPickler, content, inside, lose, specials)

    def _dump_with(
        self, kind: type[Any], content: dict[str, Any], inside: bool, lose: Any, specials: dict[int, Any]
    ) -> Draft:
        met: list[Any] = []
        buffers: list[pickle.PickleBuffer] = []
        names, precaution = dict(specials), self.context.precaution

        def aside(buffer: pickle.PickleBuffer) -> bool:
            if buffer.raw().nbytes < OUT_OF_BAND:
                return True
            buffers.append(buffer)
            return False

        def named(value: Any) -> Any:
            met.append(value)
            name = names.get(id(value))
            return name.take() if type(name) is identities.IdOf else name

        class Recording(kind):  # type: ignore[misc]
            persistent_id = staticmethod(named if names else met.append)

            def meets(pickler, cls: type) -> None:
                if precaution is not None:
                    precaution.meets(cls)

            def can_be_kept_whole(pickler, value: Any) -> bool:
                return can_be_kept_whole(value, self.context.main, self.context.live)

        used: set[str] = set()
        definitions = None if inside else _Noting(self.context.definitions, used)
        file = Unframed() if kind is PiecePickler else Stream()
        pickler = Recording(
            file,
            self.context.main,
            self.context.live,
            definitions,  # type: ignore[arg-type]
            aside,
            lose,
            self.context.live_types,
            sharers := self._sharers,
            self._ends,
            self.context.known if lose is None and definitions is not None else None,
        )

        def dump() -> None:
            for begun in (met, buffers, pickler.loose_modules):
                begun.clear()
            pickler.came_to_an_end = False
            identities.begin(names.values())
            file.restart()
            pickler.clear_memo()
            pickler.dump(content)

        def written() -> bytes:
            stream = file.getvalue()
            if definitions is not None:
                definitions.note_lasting(stream)
            return stream

        def more(roots: dict[str, Any], specials: Mapping[int, Any]) -> Draft | None:
            begin = time.perf_counter()
            identities.begin(specials.values())
            pickler.ends = ()
            names.update(specials)  # nothing of what is in the stream by now is called by one of these
            name_by(pickler, named)
            with inside_others(definitions):
                pickler.dump({"roots": roots, "definitions": {}})
            forget_slots(pickler.without_slotnames)
            new, texts, numbers = self._shareable(met), self._texts(met), [*maybe_ids, *identities.numbers_in(met)]
            of_all = called | self._called(numbers, met)
            met.clear()
            ids = identities.named(numbers, identities.objects_of(numbers, [*bearing, *new]) | of_all)
            unnamed = (self._specials(new) | texts | ids).keys() - names.keys()
            if unnamed or sharing_their_dict([*bearing, *new]) - sharers:
                return None
            return Draft(written(), buffers, new, used, [], time.perf_counter() - begin)

        def let_go() -> None:
            pickler.let_go()
            met.clear()

        try:
            with inside_others(definitions):
                shallow_then_deep(dump)
        except BaseException:
            forget_slots(pickler.without_slotnames)
            let_go()
            raise
        forget_slots(pickler.without_slotnames)
        stream = written()
        whole = not pickler.came_to_an_end
        long = len(met) > LONG and lose is None and kind is PiecePickler and whole
        bearing, texts, maybe_ids = self._shareable(met), self._texts(met), identities.numbers_in(met)
        texts |= loose_modules.dicts_of(pickler.loose_modules)
        bearing += map(attributes_of, pickler.loose_modules)
        called = self._called(maybe_ids, met)
        met.clear()
        weakref.finalize(more, let_go) if long else let_go()
        return Draft(
            stream,
            buffers,
            bearing,
            used,
            [],
            0.0,
            texts,
            numbers=maybe_ids,
            called=called,
            whole=whole,
            more=more if long else None,
        )


def name_by(pickler: pickle.Pickler, name: Callable[[Any], Any]) -> None:
    """From here on what the pickler meets is called by another function."""
    own = pickle.Pickler.__dict__.get("persistent_id")
    if isinstance(own, types.GetSetDescriptorType):  # before Python 3.13, which asks the pickler itself at each dump
        own.__set__(pickler, name)
    else:
        pickler.persistent_id = name  # type: ignore[method-assign]


class _Noting:
    """Definitions, noting which keys one piece uses."""

    def __init__(self, definitions: Definitions, used: set[str]) -> None:
        self._definitions, self._used = definitions, used

    def key(self, value: Any) -> str:
        key = self._definitions.key(value)
        self._used.add(key)
        return key

    def lasting_key(self, value: Any) -> str:
        key = self._definitions.lasting_key(value)
        self._used.add(key)
        return key

    def note_lasting(self, stream: bytes) -> None:
        """What a library kept as it was, and so pickled without a question, refers to its definitions all the same."""
        for key in rebuild.LASTING:
            if key.encode() in stream:
                self._definitions.again(key)
                self._used.add(key)
