"""Thawing: pieces to values, each once, definitions first. A piece that can't be loaded is told and costs no other."""

from __future__ import annotations

import gc
import io
import pickle
import re
import threading
import types
import weakref
from collections.abc import Callable, Iterable, Mapping, MutableMapping
from dataclasses import replace
from typing import Any

from ..recipe import Recipe
from ..snapshot import rebuild
from ..snapshot.frozen import DEFINITIONS, STORING, Frozen, Piece
from ..snapshot.lost import Lost, loading, told_of
from ..snapshot.objects import suspended
from ..snapshot.objects.warned import heard_of_versions
from ..snapshot.process.collector import no_collector
from ..snapshot.process.interruption import Interruption, let_in
from ..snapshot.process.watchdog import StoodStill
from ..snapshot.streams import reading
from ..store import StoreError
from ..told import Cause, Told
from .blame import Blame
from .careful import STOOD_STILL, CarefulUnpickler, costs_itself
from .fetching import BlobSource, Fetching, in_batches
from .finding import Finding
from .naming import absences, name_losses, name_versions
from .newer import complete, has_parameters
from .replay import InputsChanged, ReplayFailed

_Read = tuple[dict[str, Any], list[Lost], list[tuple[str, Any]]]
"""The content of a stream, the placeholders in it, and what libraries say of objects that another version of them made."""


class _Unpickler(Finding, pickle.Unpickler):
    """The fast one."""


_NOT_THERE = re.compile(r"Can't get attribute '(\w+)' on <module '__main__'")
"What pickle says within pickle: bytes that a library's own state holds name a class of the session."


def _missing(error: BaseException) -> str | None:
    """The session's name that was missing as objects were loaded; None where it was something else."""
    if isinstance(error, NameError):
        return error.name
    said = _NOT_THERE.match(str(error)) if isinstance(error, AttributeError) else None
    return said[1] if said else None


class Thaw:
    """One checkpoint being loaded, a piece at a time, in any order and from any thread.

    main: the session's namespace. compile_again: makes a code object from its hint when the Python version differs.
    recipes: of what is not stored; make_again: runs one, with values for names that are not in the namespace yet. other_python: whether
    another version of Python made the checkpoint. blame: what kernels before this one died of.
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
        blame: Blame | None = None,
    ) -> None:
        self.other_python, self.blame = other_python, blame or Blame()
        self.recipes: dict[tuple[str, ...], list[Recipe]] = {}
        "Of each co-variable that is not stored, or not whole: several are tried in turn."
        for recipe in recipes:
            self.recipes.setdefault(recipe.covers, []).append(recipe)
        self.make_again = make_again
        self.recomputed: list[str] = []
        self.after_piece: Callable[[], None] = lambda: None
        self.at: Callable[[str], None] = lambda root: None
        "Called with a root of each piece that is being made, and with STORING when none is."
        self._fresh: dict[str, Any] = {}
        "Values loaded in this call, which are not in the namespace yet."
        self._unclaimed: dict[str, Any] = {}
        "Values that are loaded and were not handed back: the call was cut short. The next one hands them back as well."
        self._depth = 0
        self.frozen, self.main, self.cell_of = frozen, main, cell_of
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
        self._stood_still: set[int] = set()
        self._fetching = Fetching(source)
        self._lock = threading.RLock()

    @property
    def pending(self) -> set[str]:
        """Roots not loaded yet, or not handed back."""
        return self._left.union(self._unclaimed)

    def is_left(self, piece: Piece) -> bool:
        """Whether any of a piece's roots is pending."""
        return not (self._left.isdisjoint(piece.roots) and self._unclaimed.keys().isdisjoint(piece.roots))

    def fetch(self, pieces: Iterable[Piece]) -> None:
        """Read and check the bytes of co-variables for a later ``load``; in any thread. Raises StoreError."""
        self._fetching.ahead(self._stored(pieces))

    def _stored(self, pieces: Iterable[Piece]) -> list[Piece]:
        return [one for one in pieces if id(one) not in self._done and self._recipe(one) is None]

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
                    self._fetching.together(self._stored(some))
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
            stream, *buffers = self._fetching.take(piece)
            blamed = not self.blame.roots.isdisjoint(piece.roots)
            if blamed:
                self.at(STORING)  # this process waits for another
                if why := self.blame.verdict(lambda: self._unpickle(piece, stream, buffers)):
                    return self._failed(piece, Cause.UNLOADABLE, why)
            with self.blame.of(piece.roots[0]):
                (content, lost, said), before_it = self._unpickle(piece, stream, buffers)
            if missing := set(piece.roots) - content["roots"].keys() - {DEFINITIONS}:
                raise LookupError(f"its stream holds no {', '.join(sorted(missing))}")
        except StoreError as error:
            if type(error).__name__ == "StoreUnavailable":
                raise
            return self._failed(piece, Cause.UNLOADABLE, f"its bytes in the store are damaged ({error})")
        except StoodStill:
            return self._failed(piece, Cause.UNLOADABLE, STOOD_STILL)
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
            self.told += name_losses(lost, piece, content, self.cell_of)
        self.told += absences(content, self.cell_of)
        nothing_came = all(told_of(value) is not None for value in content["roots"].values())
        try_again = nothing_came and DEFINITIONS not in piece.roots and id(piece) not in self._stood_still
        if try_again and len(self.told) > before:
            self._failures.append((piece, self.told[before:]))
        self.told += name_versions(said, content, self.cell_of)
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

    def _unpickle(self, piece: Piece, stream: memoryview, buffers: list[memoryview]) -> tuple[_Read, dict[str, Any]]:
        """What a stream gave, and what had to be loaded before; read again carefully if reading it raises."""
        before: dict[str, Any] = {}
        self._under_way.append(piece)
        try:
            while True:
                self.at(piece.roots[0])
                try:
                    return self._unpickle_with(_Unpickler, stream, buffers), before
                except BaseException as error:
                    if not costs_itself(error):
                        raise
                    if isinstance(error, StoodStill):
                        self._stood_still.add(id(piece))
                        self.at(piece.roots[0])
                    name = _missing(error)
                    loaded = name in self._fresh  # and not in the namespace yet
                    if name is None or name in before or not (loaded or self._may_come_first(name)):
                        return self._unpickle_with(CarefulUnpickler, stream, buffers), before
                values = {name: self._fresh[name]} if loaded else self.load([name])
                self.main.update({root: value for root, value in values.items() if root == name})
                before |= {name: None} | values
        finally:
            self._under_way.pop()
            self.at(self._under_way[-1].roots[0] if self._under_way else STORING)

    def _may_come_first(self, name: str) -> bool:
        """Whether a variable that code of the user's asks for, which runs while objects are loaded, can be loaded before these."""
        piece = self.frozen.owner.get(name)
        if piece is None or id(piece) in self._done or piece in self._under_way:
            return False
        return not piece.definitions or self.frozen.definitions not in self._under_way

    def _unpickle_with(self, unpickler: Any, stream: memoryview, buffers: list[memoryview]) -> _Read:
        with (
            heard_of_versions() as said,
            let_in(),
            no_collector(),
            rebuild.loading(self.main, self._definition, self.compile_again),
            loading() as lost,
            suspended.loading(),
        ):
            content = _content(unpickler(file := reading(stream), buffers=buffers), file)
            if self.other_python:
                complete(gc.get_objects(0))  # what was just made: nothing was collected since
            complete((one for _, one in said), has_parameters)
            return content, lost, said

    def _let_go(self) -> None:
        """All is loaded: functions, classes and modules are there as long as the session holds them."""
        kinds = (types.FunctionType, type, types.ModuleType)
        found = {key: one for key, one in self._definitions.items() if issubclass(type(one), kinds)}
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
