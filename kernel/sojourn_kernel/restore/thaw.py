"""Thawing: pieces to values, each once, definitions first. A piece that can't be loaded is told and costs no other."""

from __future__ import annotations

import gc
import io
import itertools
import pickle
import threading
import types
import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
from dataclasses import replace
from typing import Any, Protocol

from ..recipe import Recipe
from ..snapshot import rebuild, suspended
from ..snapshot.collector import no_collector
from ..snapshot.frozen import DEFINITIONS, Frozen, Piece
from ..snapshot.interruption import Interruption, let_in
from ..snapshot.lost import Absent, Lost, loading, name_loss, told_of
from ..snapshot.names import is_unnamed
from ..snapshot.paths import paths_to
from ..snapshot.streams import reading
from ..store import BlobRef, StoreError, StoreUnavailable
from ..told import Cause, Told
from .careful import CarefulUnpickler
from .finding import Finding
from .newer import complete
from .replay import InputsChanged, ReplayFailed


class BlobSource(Protocol):
    def read_blobs(self, refs: list[BlobRef]) -> Iterator[tuple[BlobRef, memoryview]]: ...


class _Unpickler(Finding, pickle.Unpickler):
    """The fast one."""


AT_ONCE, LITTLE = 64, 64 << 10  # pieces, and bytes of them, that are read together


class Thaw:
    """One checkpoint being loaded, a piece at a time, in any order and from any thread.

    main: the session's namespace. compile_again: makes a code object from its hint when the Python version differs.
    recipes: of what is not stored; make_again: runs one, with values for names that are not in the namespace yet. other_python: whether
    another version of Python made the checkpoint.
    """

    def __init__(
        self,
        frozen: Frozen,
        source: BlobSource,
        main: dict[str, Any],
        compile_again: Callable[[str], types.CodeType] | None = None,
        cell_of: Callable[[str], tuple[int | None, str]] = lambda name: (None, ""),
        recipes: Iterable[Recipe] = (),
        make_again: Callable[[Recipe, Mapping[str, Any]], dict[str, Any]] | None = None,
        other_python: bool = False,
    ) -> None:
        self.other_python = other_python
        self.recipes: dict[tuple[str, ...], list[Recipe]] = {}
        "Of each co-variable that is not stored, or not whole: several are tried in turn."
        for recipe in recipes:
            self.recipes.setdefault(recipe.covers, []).append(recipe)
        self.make_again = make_again
        self.recomputed: list[str] = []
        self.after_piece: Callable[[], None] = lambda: None
        self._fresh: dict[str, Any] = {}
        "Values loaded in this call, which are not in the namespace yet."
        self._unclaimed: dict[str, Any] = {}
        "Values that are loaded and were not handed back: the call was cut short. The next one hands them back as well."
        self._depth = 0
        self.frozen, self.source, self.main, self.cell_of = frozen, source, main, cell_of
        self.compile_again = compile_again or _no_source
        # What has a recipe is lost only if that fails.
        self.told: list[Told] = [told for piece in frozen.pieces if self._recipe(piece) is None for told in piece.told]
        self._definitions: MutableMapping[str, Any] = {}
        self._done: set[int] = set()
        self._left = set(frozen.owner) - {DEFINITIONS}
        "Roots not loaded yet."
        self.bytes_left = sum(piece.size for piece in frozen.pieces if piece.stream)
        "Stored bytes of what is not loaded yet."
        self._failures: list[tuple[Piece, list[Told]]] = []
        self._under_way: list[Piece] = []
        self._fetched: dict[int, list[memoryview]] = {}
        self._lock = threading.RLock()

    @property
    def pending(self) -> set[str]:
        """Roots not loaded yet, or not handed back."""
        return self._left.union(self._unclaimed)

    def fetch(self, pieces: Iterable[Piece]) -> None:
        """Read and check the bytes of co-variables for a later ``load``; in any thread. Raises StoreError."""
        wanted = [one for one in pieces if id(one) not in self._done and id(one) not in self._fetched]
        wanted = [one for one in wanted if self._recipe(one) is None]
        refs = [(one, one.stream, one.buffers) for one in wanted if one.stream is not None]
        blobs = iter(self._read([ref for _, stream, buffers in refs for ref in (stream, *buffers)]))
        for piece, _, buffers in refs:
            self._fetched[id(piece)] = list(itertools.islice(blobs, 1 + len(buffers)))

    def _fetch_together(self, pieces: list[Piece]) -> None:
        """One look into the store for several pieces: each costs threads, and on a link a round trip."""
        if len(pieces) > 1:
            try:
                self.fetch(pieces)
            except StoreUnavailable:
                raise
            except StoreError:  # each is read by itself then, and says what is damaged
                pass

    def _read(self, refs: list[BlobRef]) -> list[memoryview]:
        with let_in():
            return [data for _, data in self.source.read_blobs(refs)]

    def load(self, roots: Iterable[str]) -> dict[str, Any]:
        """The values of these roots and of all that share objects with them, by root. Raises StoreUnavailable only."""
        with self._lock:
            owner = self.frozen.owner
            pieces = {
                id(owner[root]): owner[root] for root in roots if root in owner and id(owner[root]) not in self._done
            }
            if any(piece.definitions for piece in pieces.values()) and (definitions := self.frozen.definitions):
                pieces.setdefault(id(definitions), definitions)
            wanted = sorted(
                pieces.values(), key=lambda piece: (DEFINITIONS not in piece.roots, self._recipe(piece) is not None)
            )
            outer, self._fresh = self._fresh, {**self._fresh, **self._unclaimed}
            loaded: dict[str, Any] = {}
            self._depth += 1
            try:
                for some in in_batches(wanted):
                    self._fetch_together(some)
                    for piece in some:
                        if id(piece) not in self._done:
                            found = self._load_piece(piece)
                            loaded.update(found)
                            self._have(found)
                            self.after_piece()
            finally:
                self._depth -= 1
                self._fresh = outer
            if self._depth == 0:
                loaded, self._unclaimed = {**self._unclaimed, **loaded}, {}
            return loaded

    def _have(self, values: dict[str, Any]) -> None:
        self._fresh.update(values)
        self._unclaimed.update(values)

    def load_all(self) -> dict[str, Any]:
        return self.load(list(self.frozen.owner))

    def _recipe(self, piece: Piece) -> Recipe | None:
        return next(iter(self.recipes.get(tuple(sorted(piece.roots)), ())), None) if self.recipes else None

    def _load_piece(self, piece: Piece) -> dict[str, Any]:
        recipe = self._recipe(piece)
        if recipe is None or self.make_again is None:
            return self._load_stored(piece)
        inputs = self._load_stored(piece) if recipe.beside else {}
        self._have(inputs)  # what is made beside another may need this
        inputs |= self.load(recipe.inputs)
        self._fresh.update(inputs)
        given = {name: value for name, value in self._fresh.items() if name in recipe.inputs}
        try:
            values = self.make_again(recipe, given)
        except Exception as failed:
            reason = str(failed) if isinstance(failed, ReplayFailed) else f"running its cells again raised {failed!r}"
            others = self.recipes[recipe.covers]
            others.remove(recipe)
            if isinstance(failed, InputsChanged):
                inputs |= self._anew(set(failed.names).difference(piece.roots))
                self._to_do_again(piece)
            return inputs | (self._load_piece(piece) if others else self._not_again(piece, reason))
        self._is_done(piece)
        self.recomputed += recipe.roots
        return {**inputs, **values}

    def _anew(self, names: Iterable[str]) -> dict[str, Any]:
        """These as they are stored, once more."""
        pieces = {id(piece): piece for name in names if (piece := self.frozen.owner.get(name)) is not None}
        for piece in pieces.values():
            self._to_do_again(piece)
        return self.load(names)

    def _to_do_again(self, piece: Piece) -> None:
        if id(piece) in self._done:
            self._done.discard(id(piece))
            self._left.update(piece.roots)
            self._left.discard(DEFINITIONS)
            self.bytes_left += piece.size if piece.stream else 0

    def _not_again(self, piece: Piece, reason: str) -> dict[str, Any]:
        """What could not be made again: the placeholder that is stored, or a new one."""
        if piece.stream is not None:
            self.told += [replace(told, reason=f"{told.reason.rstrip('.')}; and {reason}.") for told in piece.told]
            return {} if id(piece) in self._done else self._load_stored(piece)
        return self._failed(piece, Cause.REPLAY_MISMATCH, f"it was not stored, and {reason}")

    def is_made_again(self, root: str) -> bool:
        """Whether a root is not stored, or not as a whole."""
        return self._recipe(self.frozen.owner[root]) is not None

    def with_inputs(self, names: set[str]) -> set[str]:
        """Roots not loaded yet that are made again from any of these, which are therefore to stay as they are until then."""
        pending = self.pending
        waiting = [one for recipes in self.recipes.values() for one in recipes if not pending.isdisjoint(one.covers)]
        return {root for recipe in waiting if not names.isdisjoint(recipe.inputs) for root in recipe.covers} & pending

    def _load_stored(self, piece: Piece) -> dict[str, Any]:
        if piece.stream is None:
            return self._failed(
                piece, Cause.UNLOADABLE, "the checkpoint holds neither its bytes nor how to make it again"
            )
        try:
            blobs = self._fetched.pop(id(piece), None) or self._read([piece.stream, *piece.buffers])
            content, lost, before_it = self._unpickle(piece, blobs[0], blobs[1:])
            if missing := set(piece.roots) - content["roots"].keys() - {DEFINITIONS}:
                raise LookupError(f"its stream holds no {', '.join(sorted(missing))}")
        except StoreError as error:
            if type(error).__name__ == "StoreUnavailable":
                raise
            return self._failed(piece, Cause.UNLOADABLE, f"its bytes in the store are damaged ({error})")
        except Interruption:
            raise
        except BaseException as error:  # whatever an object raises costs itself
            reason = f"loading it raised {type(error).__name__}: {str(error)[:200]}"
            values = self._failed(piece, Cause.UNLOADABLE, reason)
            if DEFINITIONS not in piece.roots:
                self._failures.append((piece, self.told[-len(piece.roots) :]))
            return values
        before = len(self.told)
        if lost:
            self._name(lost, piece, content)
        self._name_absent(content)
        nothing_came = all(told_of(value) is not None for value in content["roots"].values())
        if nothing_came and len(self.told) > before and DEFINITIONS not in piece.roots:
            self._failures.append((piece, self.told[before:]))
        self._definitions.update(content["definitions"])
        rebuild.LASTING.update(
            {key: value for key, value in content["definitions"].items() if key.startswith("#") and "-" in key}
        )
        self._is_done(piece)
        return before_it | {root: value for root, value in content["roots"].items() if root != DEFINITIONS}

    def again(self) -> dict[str, Any]:
        """Values of pieces whose loading raised, or of which nothing came, now that all else is there; what still does stays told.

        Nothing is loaded after it.
        """
        failures, self._failures = self._failures, []
        values: dict[str, Any] = {}
        for piece, entries in failures:
            before, self.told = self.told, [told for told in self.told if told not in entries]
            self._to_do_again(piece)
            try:
                loaded = self._load_stored(piece)
            except (Interruption, StoreError):  # it stays told
                self.told = before
                self._is_done(piece)
                raise
            if self._failures:
                self._failures, self.told = [], before
            else:
                values |= loaded
        self._let_go()
        return values

    def _name(self, lost: list[Lost], piece: Piece, content: dict[str, Any]) -> None:
        """Tell of placeholders that loading made, under the names and paths where the user finds them."""
        places: dict[int, tuple[str, str]] = {}
        candidates = [*content["roots"].items(), *content["definitions"].items()]
        for key, value in sorted(candidates, key=lambda one: is_unnamed(one[0])):
            missing = [one for one in lost if id(one) not in places]
            if not missing:
                break
            places |= {found: (key, path) for found, path in paths_to(value, missing).items()}
        named = [root for root in piece.roots if root != DEFINITIONS] or list(content["definitions"])
        other = min(named, key=is_unnamed, default=DEFINITIONS)
        for one in lost:
            unnamed = told_of(one)
            assert unnamed is not None
            root, path = places.get(id(one), (other, "…"))
            cell, source = self.cell_of(root)
            told = Told(root, unnamed.cause, unnamed.reason, path, cell, source)
            name_loss(one, told)
            self.told.append(told)

    def _name_absent(self, content: dict[str, Any]) -> None:
        for root, value in [*content["roots"].items(), *content["definitions"].items()]:
            if type(value) is Absent:
                (cell, source), told = self.cell_of(root), value._sojourn_told
                name = told.name if is_unnamed(root) else root
                self.told.append(Told(name, told.cause, told.reason, "", cell, source))

    def _unpickle(
        self, piece: Piece, stream: memoryview, buffers: list[memoryview]
    ) -> tuple[dict[str, Any], list[Lost], dict[str, Any]]:
        """The content of a stream, the placeholders in it, and what had to be loaded before; read again carefully if reading it raises."""
        before: dict[str, Any] = {}
        self._under_way.append(piece)
        try:
            while True:
                try:
                    return *self._unpickle_with(_Unpickler, stream, buffers), before
                except Interruption:
                    raise
                except BaseException as error:
                    name = error.name if isinstance(error, NameError) else None
                    loaded = name in self._fresh  # and not in the namespace yet
                    if name is None or name in before or not (loaded or self._may_come_first(name)):
                        return *self._unpickle_with(CarefulUnpickler, stream, buffers), before
                values = {name: self._fresh[name]} if loaded else self.load([name])
                self.main.update({root: value for root, value in values.items() if root == name})
                before |= {name: None} | values
        finally:
            self._under_way.pop()

    def _may_come_first(self, name: str) -> bool:
        """Whether a variable that code of the user's asks for, which runs while objects are loaded, can be loaded before these."""
        piece = self.frozen.owner.get(name)
        if piece is None or id(piece) in self._done or piece in self._under_way:
            return False
        return not piece.definitions or self.frozen.definitions not in self._under_way

    def _unpickle_with(
        self, unpickler: Any, stream: memoryview, buffers: list[memoryview]
    ) -> tuple[dict[str, Any], list[Lost]]:
        with (
            let_in(),
            no_collector(),
            rebuild.loading(self.main, self._definition, self.compile_again),
            loading() as lost,
            suspended.loading(),
        ):
            content = _content(unpickler(file := reading(stream), buffers=buffers), file)
            if self.other_python:
                complete(gc.get_objects(0))  # what was just made: nothing was collected since
            return content, lost

    def _let_go(self) -> None:
        """All is loaded: functions and classes are there as long as the session holds them."""
        found = {key: one for key, one in self._definitions.items() if isinstance(one, (types.FunctionType, type))}
        self._definitions = weakref.WeakValueDictionary(found)

    def _definition(self, key: str) -> Any:
        try:
            return self._definitions[key]
        except KeyError:
            raise LookupError(f"the definition of {key} could not be loaded") from None

    def _is_done(self, piece: Piece) -> None:
        if id(piece) not in self._done:
            self._done.add(id(piece))
            self._left.difference_update(piece.roots)
            self.bytes_left -= piece.size if piece.stream else 0

    def _failed(self, piece: Piece, cause: Cause, reason: str) -> dict[str, Any]:
        self._is_done(piece)
        values: dict[str, Any] = {}
        for root in piece.roots:
            if root == DEFINITIONS:  # all that need one of them are told by their own names
                continue
            cell, source = self.cell_of(root)
            told = Told(root, cause, reason + ".", "", cell, source)
            self.told.append(told)
            values[root] = Lost(told)
        return values


def in_batches(pieces: Iterable[Piece]) -> Iterator[list[Piece]]:
    """As many small pieces together as are read and loaded in a moment; a large one alone."""
    some, size = list[Piece](), 0
    for piece in pieces:
        if some and (len(some) == AT_ONCE or size + piece.size > LITTLE):
            yield some
            some, size = [], 0
        some.append(piece)
        size += piece.size
    if some:
        yield some


def _content(unpickler: Any, file: io.BufferedReader) -> dict[str, Any]:
    """A stream's roots and definitions; it may hold several pickles, whose objects are shared."""
    content = unpickler.load()
    while file.peek(1):
        more = unpickler.load()
        content["roots"].update(more["roots"])
    return content


def _no_source(hint: str) -> types.CodeType:
    raise LookupError(f"it was made by another Python version, and the source of {hint} is not known")


__all__ = ["Lost", "Thaw", "told_of"]
