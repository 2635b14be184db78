"""What a save stores, what is made again, and what it leaves out: brings the measurements, the recipes and the choice together."""

from __future__ import annotations

import time
import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from ..observe.accesses import Accesses
from ..observe.lineage import Lineage
from ..observe.marks import REPLAY
from ..plan.choice import IN_ALL, LEAST, Candidate, Choice, Rates, Step, choose, worth_planning, worth_rehearsing
from ..plan.forecast import SPEED
from ..plan.parts import takes_it_apart
from ..plan.recipes import NoRecipe, Recipes
from ..plan.sizes import size_now
from ..recipe import Recipe
from ..restore.replay import InputsChanged, ReplayFailed, refuse, replay
from ..snapshot.fingerprint import fingerprint, holds_lost
from ..snapshot.frozen import DEFINITIONS, Frozen, Piece
from ..snapshot.names import is_name
from ..snapshot.objects.definitions import is_definition
from ..snapshot.process.lessons import NOT_TOUCHED
from ..snapshot.process.memory import free_memory
from ..told import Cause, Told

FOR_READING = 0.3  # of the time that a save has, for fingerprints of what need not be stored
ROOM = 3  # times its size that a rehearsal may take in memory
Roots = tuple[str, ...]  # of one co-variable, sorted
_STAYS = (int, float, complex, str, bytes, type(None), types.ModuleType)


@dataclass
class Deciding:
    """One save's decisions. dirty: roots that may have changed since ``previous``; None means all. budget: seconds until all
    must be stored. rehearse: whether recipes may be run now and compared, so that nothing is left unstored on trust. waited_for:
    whether the save is in the foreground."""

    roots: Mapping[str, Any]
    dirty: set[str] | None
    previous: Frozen | None
    known: Mapping[Roots, Recipe]
    lineage: Lineage
    main: dict[str, Any]
    accesses: Accesses
    rates: Rates
    expendable: frozenset[str] = frozenset()
    budget: float | None = None
    rehearse: bool = False
    waited_for: bool = False
    allowed: bool = True
    "Whether anything may be made again at all (a setting)."
    rehearsed: dict[Roots, Recipe] = field(default_factory=dict)
    timings: dict[Step, float] = field(default_factory=dict)
    _left: float = IN_ALL
    "Seconds that rehearsals may take still."
    _begun: float = field(default_factory=time.monotonic)

    @cached_property
    def recipes(self) -> Recipes:
        """The statements of all cells: parsed when first asked for, for most saves need none."""
        every = {**self.roots, **self.main}  # what is not loaded yet is a root only
        names = {name: value for name, value in every.items() if is_name(name) and not name.startswith("__")}
        return Recipes(self.lineage.cells, names, self.accesses)

    @cached_property
    def candidates(self) -> list[Candidate]:
        """Co-variables that are large, or not stored and not small enough for the time that is left."""
        groups: dict[Roots, Piece | None] = {}
        owner = self.previous.owner if self.previous else {}
        together: dict[int, bool] = {}
        "By id of a piece, whether all of its roots are still there."
        for root in self.roots:
            if root.startswith(("@", "_")):
                continue
            piece = owner.get(root)
            if piece is None:
                groups[(root,)] = None
                continue
            if id(piece) not in together:
                together[id(piece)] = self.roots.keys() >= set(piece.roots) and DEFINITIONS not in piece.roots
                if together[id(piece)]:
                    groups[sorted_roots(piece)] = piece
            if not together[id(piece)]:
                groups[(root,)] = piece
        found = [self._candidate(roots, piece) for roots, piece in groups.items()]
        return [one for one in found if one.bytes >= LEAST or (self.budget is not None and not one.stored)]

    def _candidate(self, roots: Roots, piece: Piece | None) -> Candidate:
        changed = piece is None or self.dirty is None or bool(self.dirty.intersection(roots))
        size = size_now(0 if piece is None else piece.size, (self.roots[root] for root in roots), changed)
        seconds = piece.seconds if piece is not None and piece.seconds else size / SPEED
        stored = not changed and piece is not None and piece.stream is not None
        return Candidate(roots, size, seconds, stored, None, bool(self.expendable.intersection(roots)))

    @cached_property
    def choice(self) -> Choice:
        found = self.candidates
        need = sum(one.save_seconds(self.rates) for one in found)
        pressed = self.budget is not None and need > self.budget
        if self.waited_for:  # where time is short already, none is spent on trying
            self.rehearse = self.rehearse and not pressed and worth_planning(found, self.rates)
            if self.budget is not None:  # if all are tried in vain, all is stored still
                self._left = min(IN_ALL, self.budget - need)
        if not pressed and not self.rehearse:
            again = {roots for roots in self.known if self._still_right(roots)}
            return Choice(frozenset(again))
        if self.allowed:
            # What is stored already has cost what it costs.
            found = [one if one.stored else replace(one, recipe=self._worthwhile(one)) for one in found]
        if self.rehearse:
            found = [self._rehearsed(one) for one in found]
        choice = choose(found, self._step_seconds(found), self.rates, self.budget if pressed else None)
        again = {one.roots for one in found if one.roots in choice.again and self._proven(one)}
        return Choice(frozenset(again), choice.left_out)

    def _rehearsed(self, one: Candidate) -> Candidate:
        """Without its recipe, if trying that would take long or gives another value."""
        recipe = one.recipe
        if recipe is None:
            return one
        marked = any(self.lineage.cells[cell].mark == REPLAY for cell, _ in recipe.steps)
        if self.waited_for and (marked or not all(map(self.recipes.is_small, recipe.inputs))):
            return replace(one, recipe=None)  # in the kernel itself nothing is tried that may change anything there
        known = one.roots in self.known and (not self.waited_for or self._still_right(one.roots))
        if not recipe.steady or not (known or worth_rehearsing(one, self.rates, self._left, self.waited_for)):
            return replace(one, recipe=None)
        begin = time.monotonic()
        proven = self._proven(one)
        self._left -= time.monotonic() - begin
        return one if proven else replace(one, recipe=None)

    def _step_seconds(self, found: list[Candidate]) -> dict[Step, float]:
        """Seconds of statements: as a rehearsal measured them, else those of the whole cell."""
        steps = {step for one in found if one.recipe is not None for step in one.recipe.steps}
        return {step: self.lineage.cells[step[0]].seconds for step in steps} | self.timings

    def _still_right(self, roots: Roots) -> bool:
        """Whether what an earlier save left to a recipe is as it was, and so is its recipe."""
        if self.dirty is None or self.dirty.intersection(roots) or not all(root in self.roots for root in roots):
            return False
        now, then = self._recipe(roots), self.known[roots]
        if now is None or (now.steps, now.inputs) != (then.steps, then.inputs):
            return False
        self.rehearsed[roots] = then
        return True

    def _recipe(self, roots: Roots, beside: Roots | None = None) -> Recipe | None:
        names = [root for root in roots if root.isidentifier() and not root.startswith("_")]
        names = names or [root for root in roots if root.isidentifier()]
        aliases, named = [], {id(self.roots[name]): name for name in reversed(names)}
        for root in sorted(set(roots).difference(names)):
            same = named.get(id(self.roots[root]))
            if same is None:
                return None
            aliases.append((root, same))
        found = self.recipes.of(names, beside)
        return None if isinstance(found, NoRecipe) else replace(found, aliases=tuple(aliases))

    def _worthwhile(self, one: Candidate) -> Recipe | None:
        """The recipe of what is large, and not stored anyway as part of what it is made from: ``a, b = arrays``."""
        found = self._recipe(one.roots) if one.bytes >= LEAST else None
        makes_it = found is not None and not takes_it_apart(found, self.roots, self.main)
        return found if makes_it else None

    def _proven(self, one: Candidate) -> bool:
        """Rehearsed with the same result, bit for bit; where there is no time to rehearse, able to be checked later must do."""
        roots = one.roots
        if roots in self.rehearsed or (roots in self.known and self._still_right(roots)):
            return True
        if one.recipe is None or not self._may_read(one):
            return False
        recipe = self._with_digest(one.recipe)
        if not recipe.digest:
            return False
        if self.rehearse:
            room = free_memory()
            if (room is not None and room < ROOM * one.bytes) or not self._comes_out_the_same(recipe):
                return False
        self.rehearsed[roots] = recipe
        return True

    def _may_read(self, one: Candidate) -> bool:
        """Whether reading a value, for its fingerprint, leaves time to store what has to be."""
        if self.budget is None:
            return True
        return time.monotonic() - self._begun + one.bytes / SPEED <= FOR_READING * self.budget

    def _with_digest(self, recipe: Recipe) -> Recipe:
        values = {name: self.roots[name] for name in (*recipe.roots, *recipe.beside) if name in self.main}
        return replace(recipe, digest=fingerprint(values, self.main))

    @property
    def fingerprint_only(self) -> frozenset[str]:
        return frozenset(root for roots in self.choice.again for root in roots)

    def _comes_out_the_same(self, recipe: Recipe) -> bool:
        try:
            make_again(recipe, self.lineage, self.main, {}, self.timings, trial=True)
        except ReplayFailed:
            return False
        return True

    def foreseen(self) -> tuple[dict[str, str], frozenset[str]]:
        """Names that are left to their cells, or that the next save is likely to leave to them: why, in words; and names that
        a budget leaves out because the user marked them expendable."""
        found = [replace(one, recipe=self._worthwhile(one)) for one in self.candidates]
        if not self.allowed:
            found = [replace(one, recipe=None) for one in found]
        choice = choose(found, self._step_seconds(found), self.rates, self.budget)
        lines: dict[str, str] = {}
        for one in found:
            if one.roots in choice.again and one.recipe is not None:
                again = f"{self._running(one.recipe)} again takes about {one.recipe.seconds:.2f} s"
                line = f"{again}, storing and loading {one.total_seconds(self.rates):.2f} s"
                lines |= dict.fromkeys(one.roots, line)
        for roots, recipe in self.known.items():
            if self.dirty is not None and not self.dirty.intersection(roots):
                line = f"{self._running(recipe)} again makes it, checked by its fingerprint"
                lines |= dict.fromkeys(roots, line)
        return lines, frozenset(root for roots in choice.left_out for root in roots)

    def _running(self, recipe: Recipe) -> str:
        numbers = sorted({self.lineage.cells[cell].number for cell, _ in recipe.steps})
        return f"running {', '.join(f'[{number}]' for number in numbers)}"

    def skip(self, told: Callable[[str, Cause, str], Told]) -> dict[str, Told]:
        """What is left out, with what to tell."""
        reason = "there was no time left to save it before the pod had to go, and you had marked it expendable."
        return {root: told(root, Cause.EXPENDABLE, reason) for roots in self.choice.left_out for root in roots}

    def store_all(self) -> None:
        """Make nothing again, whatever was found out so far."""
        self.allowed = False
        self.rehearsed.clear()

    def without_a_recipe(self, frozen: Frozen) -> set[str]:
        """Roots that were not stored, and whose co-variable turned out to be another than the one that can be made again."""
        pieces = [
            piece for piece in frozen.pieces if piece.stream is None and sorted_roots(piece) not in self.rehearsed
        ]
        return {root for piece in pieces for root in piece.roots}

    def recipes_for(self, frozen: Frozen) -> list[Recipe]:
        """Recipes of all that this checkpoint does not hold: what was chosen, and what can't be kept but can be made again."""
        found = [self.rehearsed[sorted_roots(piece)] for piece in frozen.pieces if piece.stream is None]
        if self.allowed:
            lost = [piece for piece in frozen.pieces if piece.told and DEFINITIONS not in piece.roots]
            found += [recipe for piece in lost for recipe in self._for_lost(piece)]
        return found

    def _for_lost(self, piece: Piece) -> list[Recipe]:
        """Recipes of what could not be kept, in the order in which they are to be tried."""
        if any(root.startswith("@") or root not in self.roots for root in piece.roots):
            return []
        if any(told.reason in NOT_TOUCHED for told in piece.told):
            return []
        if all(told.cause not in (Cause.LIVE_RESOURCE, Cause.UNPICKLABLE) for told in piece.told):
            return []
        ways = [self._beside_what_is_kept(piece), self._recipe(sorted_roots(piece))]
        found = list(dict.fromkeys(self._with_digest(way) for way in ways if way is not None))
        if not found:
            before = self._as_before(piece)
            return [] if before is None else [before]
        return [
            one for one in found if one.digest or all(self.lineage.cells[cell].mark == REPLAY for cell, _ in one.steps)
        ]

    def _as_before(self, piece: Piece) -> Recipe | None:
        """The recipe of the last checkpoint, where a cell that is not understood has left the value as it was."""
        known = self.known.get(sorted_roots(piece))
        if known is None or not known.digest or not self.recipes.are_safe(known.steps):
            return None
        return known if self._with_digest(known).digest == known.digest else None

    def _beside_what_is_kept(self, piece: Piece) -> Recipe | None:
        """A recipe for what a piece has lost alone, where the rest of it is whole."""
        lost = {told.name for told in piece.told}
        gone = {id(self.roots[name]) for name in lost if name in self.roots}
        lost |= {root for root in piece.roots if id(self.roots[root]) in gone}
        kept = {root: self.roots[root] for root in sorted_roots(piece) if root not in lost}
        if kept and holds_lost(kept, self.main):
            return None
        return self._recipe(tuple(sorted(lost.intersection(piece.roots))), tuple(kept))


def sorted_roots(piece: Piece) -> Roots:
    return tuple(sorted(piece.roots))


def make_again(
    recipe: Recipe,
    lineage: Lineage,
    main: dict[str, Any],
    given: Mapping[str, Any],
    timings: dict[Step, float] | None = None,
    trial: bool = False,
) -> dict[str, Any]:
    """The values of a recipe, checked against its digest. ``given``: inputs that are not in the namespace yet. Raises ReplayFailed."""
    inputs = {
        name: given[name] if name in given else main[name] for name in recipe.inputs if name in given or name in main
    }
    data = {name: value for name, value in inputs.items() if not isinstance(value, _STAYS) and not is_definition(value)}
    before = fingerprint(data, main, given) if data else ""
    values: dict[str, Any] = {}
    try:
        values = replay(recipe, lineage.cells, main, given, timings, trial)
    finally:
        if before and fingerprint(data, main, given) != before:
            refuse(values.values())
            raise InputsChanged("running its cells again would change what they are given", tuple(data))
    made = {name: values[name] for name in recipe.roots} | {
        name: inputs[name] for name in recipe.beside if name in inputs
    }
    if recipe.digest and fingerprint(made, main, given) != recipe.digest:
        refuse(values.values())
        raise ReplayFailed("running its cells again gave another value than the one that was there")
    return values
