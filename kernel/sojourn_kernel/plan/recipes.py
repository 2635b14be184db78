"""Recipes: which statements to run again, on which inputs, so that names have the values they have now.

Every change of a name makes a version of it (ElasticNotebook, PVLDB 17(2), section 4). A statement that is safe to run again
changes what its code says; any other may have changed all it can reach, so no recipe leads through it. Inputs are the names that
have not changed since the statement read them: those are taken as they are restored.
"""

from __future__ import annotations

import ast
import types
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..observe.accesses import Accesses
from ..observe.lineage import CellExecution
from ..observe.marks import NEVER, REPLAY
from ..recipe import Recipe
from ..snapshot.objects.definitions import is_definition
from .effects import Effects, of_statement
from .kinds import DATA, HELD, UNKNOWN, Kind, Known, Scope
from .made import Made

# No code changes a value of these in place.
_SMALL = (int, float, str, bool, types.ModuleType, type(None))
_STAYS = (
    types.ModuleType,
    int,
    float,
    complex,
    str,
    bytes,
    bool,
    type(None),
    range,
    type,
    types.FunctionType,
    types.BuiltinFunctionType,
)


@dataclass(frozen=True)
class NoRecipe:
    """Why something can't be made again."""

    why: str


@dataclass(frozen=True)
class _Step:
    cell: int
    number: int
    effects: Effects
    whole: bool


class Recipes:
    """The statements of a session's cells and what each changes; made for one namespace at one moment."""

    def __init__(self, cells: Sequence[CellExecution], namespace: Mapping[str, Any], accesses: Accesses) -> None:
        self.cells, self.namespace, self.accesses = cells, namespace, accesses
        self._last_bound = {name: number for number, cell in enumerate(cells) for name in cell.bound}
        bodies = [_statements(cell) for cell in cells]
        self.made = Made(cells, namespace)
        self._kinds: Scope = {}
        "What names are after the statements so far, where those are safe."
        self.steps: list[_Step] = []
        self.versions: dict[str, list[int]] = {}
        for number, (cell, statements) in enumerate(zip(cells, bodies, strict=True)):
            if statements is not None:
                self._add(number, cell, statements)

    def of(self, roots: Sequence[str], beside: Sequence[str] | None = None) -> Recipe | NoRecipe:
        """The recipe for names that are stored together. beside: names that are stored with them and need not be made; where these
        are given, all that is as it was is taken so."""
        steps: set[int] = set()
        inputs: set[str] = set()
        todo = [(name, len(self.steps)) for name in roots]
        seen = set(todo)
        while todo:
            name, before = todo.pop()
            made = self._version(name, before)
            current = made is not None and made == self._version(name, len(self.steps))
            if (
                beside is not None
                and name not in roots
                and name in self.namespace
                and self._as_it_was(name, made, current)
            ):
                inputs.add(name)
                continue
            if beside is not None and name in beside:
                return NoRecipe(f"{name}: it has changed since")
            step = self.steps[made] if made is not None else None
            if step is None or step.effects.why or step.effects.defines:
                why = step.effects.why if step is not None else "no cell made it"
                if name in roots or not self._as_it_was(name, made, current):
                    return NoRecipe(f"{name}: {why or 'it is a definition'}")
                inputs.add(name)
                continue
            if name not in roots and current and self.is_small(name):
                inputs.add(name)  # stored anyway: nothing is gained by making it again
                continue
            if made in steps:
                continue
            assert made is not None
            for other in self._with_it(made):
                steps.add(other)
                effects = self.steps[other].effects
                if effects.why:
                    return NoRecipe(f"{name}: {effects.why}")
                reads = {(read, other) for read in effects.reads}
                reads |= {(read, other) for read in effects.perhaps if self._version(read, other) is not None}
                todo += reads - seen
                seen |= reads
        order = sorted(steps)
        cells = {self.steps[step].cell for step in order}
        return Recipe(
            tuple(roots), tuple((self.steps[step].cell, self.steps[step].number) for step in order),
            tuple(sorted(name for name in inputs.union(beside or ()) if name in self.namespace)), sum(self.cells[cell].seconds for cell in cells),
            all(self.steps[step].effects.steady for step in order), beside=tuple(beside or ()),
        )  # fmt: skip

    def are_safe(self, steps: Sequence[tuple[int, int]]) -> bool:
        """Whether these statements may run again, with what functions and classes are now."""
        safe = {(step.cell, step.number) for step in self.steps if not step.effects.why}
        return safe.issuperset(steps)

    def _as_it_was(self, name: str, made: int | None, current: bool) -> bool:
        """Whether a name that can't be made again may be taken as it is now."""
        return current or (made is None and name not in self.versions)

    def is_small(self, name: str) -> bool:
        """Whether a name stands for a number, text, a module, a function or a class."""
        value = self.namespace.get(name)
        try:
            return issubclass(type(value), _SMALL) or is_definition(value)
        except Exception:  # a class of the user's that answers no question
            return False

    def _with_it(self, step: int) -> list[int]:
        """A marked cell runs as a whole."""
        cell = self.steps[step].cell
        if not self.steps[step].whole:
            return [step]
        return [n for n, other in enumerate(self.steps) if other.cell == cell and other.whole]  # what its code shows

    def _version(self, name: str, before: int) -> int | None:
        """The last step before one that may have changed a name."""
        return next((step for step in reversed(self.versions.get(name, [])) if step < before), None)

    # Statements

    def _add(self, number: int, cell: CellExecution, statements: list[ast.stmt]) -> None:
        marked = cell.mark == REPLAY
        changed: set[str] = set()
        for position, statement in enumerate(statements):
            if cell.ok and cell.mark != NEVER:
                effects = of_statement(statement, _LookUp(self, number), self._kinds)
            else:
                why = "its cell must never run again" if cell.mark == NEVER else "its cell failed"
                effects = Effects(frozenset(), frozenset(), why=why)
            if effects.why:
                effects = self._reach(statement, cell, effects.why, allowed=marked and cell.ok)
                self._forget(effects.changes)
            changed |= effects.changes
            self._append(_Step(number, position, effects, marked))
        unseen = frozenset(cell.bound) - changed
        if unseen:  # bound by other means than its code shows: nothing is known of them
            effects = Effects(frozenset(), unseen, why="its cell does not show it")
            self._append(_Step(number, len(statements), effects, False))
            self._forget(unseen)

    def _forget(self, names: frozenset[str]) -> None:
        for name in names:
            self._kinds.pop(name, None)

    def _append(self, step: _Step) -> None:
        for name in step.effects.changes:
            self.versions.setdefault(name, []).append(len(self.steps))
        self.steps.append(step)

    def _reach(self, statement: ast.stmt, cell: CellExecution, why: str, allowed: bool) -> Effects:
        """All that an unsafe statement may have changed; run again only if the user allows it."""
        source = ast.unparse(statement)
        found = self.accesses.of_cell(source, self.namespace)
        names = set(self.namespace) if found is None else found
        reached = names if cell.names is None else names & {*cell.names, *cell.bound}
        words = self.accesses.words(source)
        stored = words.stored if words is not None else set()
        bound = {name for name in reached if name in stored or not issubclass(type(self.namespace.get(name)), _STAYS)}
        if allowed:
            return Effects(frozenset(), frozenset(bound), frozenset(reached))
        return Effects(frozenset(), frozenset(bound), why=why)

    def kind_now(self, name: str, cell: int) -> Kind | None:
        """What a name is for a cell, by what it is now; unknown if a later cell has bound it. None: there is no such name."""
        if self._last_bound.get(name, -1) > cell:
            return UNKNOWN
        if name not in self.namespace:
            return UNKNOWN if name in self._last_bound else None
        value = self.namespace[name]
        if hasattr(value, "__wrapped__") and not is_definition(value):
            return Known(value) if getattr(value, "__module__", None) != "__main__" else UNKNOWN
        kind = self.made.kind_of(value)
        return DATA if kind == HELD else kind

    def settled(self, name: str, cell: int) -> bool:
        """Whether a name is no iterator, as far as no later cell has bound it."""
        if self._last_bound.get(name, -1) > cell:
            return False
        value = self.namespace.get(name)
        return value is not None and not hasattr(type(value), "__next__")


class _LookUp:
    """What a cell's names are."""

    def __init__(self, recipes: Recipes, cell: int) -> None:
        self._recipes, self._cell = recipes, cell

    @property
    def made(self) -> Made:
        return self._recipes.made

    def settled(self, name: str) -> bool:
        return self._recipes.settled(name, self._cell)

    def __call__(self, name: str) -> Kind | None:
        return self._recipes.kind_now(name, self._cell)


def _statements(cell: CellExecution) -> list[ast.stmt] | None:
    """None for what is not Python: it did not run either."""
    try:
        return ast.parse(cell.source).body
    except (SyntaxError, ValueError, RecursionError):
        return None
