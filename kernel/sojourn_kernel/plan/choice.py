"""Which co-variables to store and which to make again: a minimum cut, then what gives way to a deadline.

The graph is ElasticNotebook's (PVLDB 17(2), section 5.2), with statements for cells. Source side: stored; sink side: made again.
An edge from a co-variable to the sink costs what storing and loading it costs; one from the source to a statement costs running it;
and no cut separates a co-variable that is made again from a statement of its recipe. The cut of least cost is the plan of least time.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ..recipe import Recipe

CAUTION = 4.0  # times that running again counts: it may take longer elsewhere, and a mistake costs the value
Step = tuple[int, int]  # a cell and the position of a statement in it
LEAST = 1 << 20  # bytes below which nothing is gained by not storing
PATIENCE = 2.0  # seconds that a rehearsal may take, whatever comes of it
IN_ALL = 10.0  # seconds that the rehearsals of one save may take: until they are over nothing is stored


@dataclass(frozen=True)
class Rates:
    """What was measured on this link and machine, in bytes a second."""

    upload: float = 100e6
    download: float = 200e6


@dataclass(frozen=True)
class Candidate:
    """A co-variable. bytes, seconds: of its serialisation. stored: whether its bytes are in the store already. recipe: None if
    it can't be made again. expendable: the user said that it may be left out."""

    roots: tuple[str, ...]
    bytes: int
    seconds: float
    stored: bool
    recipe: Recipe | None = None
    expendable: bool = False

    def save_seconds(self, rates: Rates) -> float:
        """Seconds until it is stored, from now."""
        return 0.0 if self.stored else self.seconds + self.bytes / rates.upload

    def total_seconds(self, rates: Rates) -> float:
        """Seconds to store it now and to load it later; unpickling is taken to cost what pickling does."""
        return self.save_seconds(rates) + self.bytes / rates.download + self.seconds


@dataclass(frozen=True)
class Choice:
    """Roots by what happens to them; all that is in neither set is stored."""

    again: frozenset[tuple[str, ...]] = frozenset()
    left_out: frozenset[tuple[str, ...]] = frozenset()


def choose(
    candidates: Iterable[Candidate], step_seconds: Mapping[Step, float], rates: Rates, budget: float | None = None
) -> Choice:
    """The plan of least time; with a budget (seconds until all must be stored), the one that fits, if one does.

    Without pressure only recipes that give the same bits on any machine count. Under pressure what has a recipe gives way first,
    the most expensive to store first; then what is expendable.
    """
    candidates = list(candidates)
    steady = [c for c in candidates if c.recipe and c.recipe.steady and c.bytes >= LEAST]
    again = _cheaper_again(steady, step_seconds, rates)
    left_out: set[tuple[str, ...]] = set()
    if budget is None:
        return Choice(frozenset(again))
    need = sum(c.save_seconds(rates) for c in candidates if c.roots not in again)
    for gives_way, chosen in ((lambda c: c.recipe is not None, again), (lambda c: c.expendable, left_out)):
        for one in sorted(candidates, key=lambda c: -c.save_seconds(rates)):
            if need > budget and gives_way(one) and one.roots not in again and one.save_seconds(rates) > 0:
                chosen.add(one.roots)
                need -= one.save_seconds(rates)
    return Choice(frozenset(again), frozenset(left_out))


def worth_rehearsing(one: Candidate, rates: Rates, spent: float) -> bool:
    """Whether to try a recipe before its value is left unstored; ``spent``: seconds of this save's rehearsals so far.

    Trying runs its statements, and serialises both values to compare them: for many small objects that takes longer
    than storing them would.
    """
    if one.recipe is None:
        return False
    seconds = one.recipe.seconds + 2 * one.seconds
    return seconds <= max(PATIENCE, one.save_seconds(rates)) and spent + seconds <= IN_ALL


def _cheaper_again(
    candidates: list[Candidate], step_seconds: Mapping[Step, float], rates: Rates
) -> set[tuple[str, ...]]:
    """The sink side of a minimum cut."""
    if not candidates:
        return set()
    import networkx as nx  # a tenth of a second that no kernel's start need wait for

    graph = nx.DiGraph()
    graph.add_nodes_from(("stored", "again"))
    for one in candidates:
        assert one.recipe is not None
        graph.add_edge(one.roots, "again", capacity=_microseconds(one.total_seconds(rates)))
        for step in one.recipe.steps:
            graph.add_edge("stored", step, capacity=_microseconds(CAUTION * step_seconds.get(step, math.inf)))
            graph.add_edge(step, one.roots)  # without a capacity: never cut
    _, (_, sink) = nx.minimum_cut(graph, "stored", "again")
    return {one.roots for one in candidates if one.roots in sink}


def _microseconds(seconds: float) -> int:
    """Whole numbers: with fractions, rounding leaves edges that are neither cut nor not."""
    return int(min(seconds, 1e9) * 1e6) + 1
