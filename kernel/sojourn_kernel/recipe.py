"""How to make again what a checkpoint does not hold: the plan writes recipes, the restore runs them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Recipe:
    """steps: (cell, statement) positions in the lineage, in order. inputs: names that must be there as they are now. seconds:
    what the cells took, at most. steady: the same bits on any machine. digest: of the values, "" if they can't be compared;
    then the user allowed it. aliases: other roots that are the same object as a name. beside: inputs that share objects with what
    is made, and so are compared with it."""

    roots: tuple[str, ...]
    steps: tuple[tuple[int, int], ...]
    inputs: tuple[str, ...]
    seconds: float
    steady: bool
    digest: str = ""
    aliases: tuple[tuple[str, str], ...] = ()
    beside: tuple[str, ...] = ()

    @property
    def covers(self) -> tuple[str, ...]:
        """All roots of the co-variable that it makes, or makes whole, sorted."""
        return tuple(sorted([*self.roots, *self.beside, *(alias for alias, _ in self.aliases)]))

    def to_json(self) -> list[Any]:
        return [list(self.roots), [list(step) for step in self.steps], list(self.inputs), round(self.seconds, 4), self.steady,
                self.digest, [list(pair) for pair in self.aliases], list(self.beside)]  # fmt: skip

    @classmethod
    def from_json(cls, row: list[Any]) -> Recipe:
        roots, steps, inputs, seconds, steady, digest, aliases, *more = row
        return cls(
            tuple(map(str, roots)), tuple((int(cell), int(step)) for cell, step in steps), tuple(map(str, inputs)), float(seconds),
            bool(steady), str(digest), tuple((str(alias), str(name)) for alias, name in aliases),
            tuple(map(str, more[0] if more else ())),
        )  # fmt: skip


def first_ways(recipes: Sequence[Recipe]) -> dict[tuple[str, ...], Recipe]:
    """By what it covers, the recipe of each co-variable that is tried first."""
    return {recipe.covers: recipe for recipe in reversed(recipes)}
