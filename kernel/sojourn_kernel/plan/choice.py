"""Which co-variables to store and which to make again: a minimum cut, then what gives way to a deadline.

The graph is ElasticNotebook's (PVLDB 17(2), section 5.2), with statements for cells. Source side: stored; sink side: made again.
An edge from a co-variable to the sink costs what storing and loading it costs; one from the source to a statement costs running it;
and no cut separates a co-variable that is made again from a statement of its recipe. The cut of least cost is the plan of least time.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ..recipe import Recipe

CAUTION = 4.0  # times that running again counts: it may take longer elsewhere, and a mistake costs the value
Step = tuple[int, int]  # a cell and the position of a statement in it
LEAST = 1 << 20  # bytes below which nothing is gained by not storing
PATIENCE = 2.0  # seconds that a rehearsal may take, whatever comes of it, where nobody waits for the save
IN_ALL = 10.0  # seconds that the rehearsals of one save may take: until they are over nothing is stored
GAIN = 2.0  # times that storing must take longer than trying, where the save is waited for
WORTH_PLANNING = 0.5  # seconds of storing, in a save that is waited for, below which nothing is gained by a plan


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


def worth_rehearsing(one: Candidate, rates: Rates, left: float, waited_for: bool = False) -> bool:
    """Whether to try a recipe before its value is left unstored; ``left``: seconds that this save's rehearsals may take still.

    Trying runs its statements, and serialises both values to compare them: for many small objects that takes longer
    than storing them would. Where the save is waited for, only what is sure to be quicker than storing is tried.
    """
    if one.recipe is None:
        return False
    seconds = one.recipe.seconds + 2 * one.seconds
    if seconds > left:
        return False
    if waited_for:
        return seconds <= one.save_seconds(rates) / GAIN and CAUTION * one.recipe.seconds <= one.total_seconds(rates)
    return seconds <= max(PATIENCE, one.save_seconds(rates))


def worth_planning(candidates: Iterable[Candidate], rates: Rates) -> bool:
    """Whether storing all takes so long that whoever waits for it gains by finding out what need not be stored."""
    return sum(one.save_seconds(rates) for one in candidates) >= WORTH_PLANNING


def _cheaper_again(
    candidates: list[Candidate], step_seconds: Mapping[Step, float], rates: Rates
) -> set[tuple[str, ...]]:
    """The sink side of a minimum cut.

    Most of it can be seen without a graph. What costs less again, with every statement that it needs, is made again: a plan that
    stores it would gain by making it. What costs more even if others pay for all that they need too is stored. Only what
    depends on the choice for others is left to the cut.
    """
    costs = {one.roots: one.total_seconds(rates) for one in candidates}
    needs = {one.roots: set(one.recipe.steps) for one in candidates if one.recipe is not None}
    seconds = {step: CAUTION * step_seconds.get(step, math.inf) for steps in needs.values() for step in steps}
    again: set[tuple[str, ...]] = set()
    open_before = -1
    while len(needs) != open_before:
        open_before = len(needs)
        users = Counter(step for steps in needs.values() for step in steps)
        for roots, steps in list(needs.items()):
            if sum(seconds[step] for step in steps) <= costs[roots]:
                again.add(roots)
                del needs[roots]
                seconds |= dict.fromkeys(steps, 0.0)  # from here on paid for
            elif sum(seconds[step] for step in steps if users[step] == 1) > costs[roots]:
                del needs[roots]
    return again | _cut(needs, seconds, costs) if needs else again


def _cut(
    needs: Mapping[tuple[str, ...], set[Step]],
    seconds: Mapping[Step, float],
    costs: Mapping[tuple[str, ...], float],
) -> set[tuple[str, ...]]:
    import networkx as nx  # a third of a second that few saves need

    graph = nx.DiGraph()
    graph.add_nodes_from(("stored", "again"))
    for roots, steps in needs.items():
        graph.add_edge(roots, "again", capacity=_microseconds(costs[roots]))
        for step in steps:
            graph.add_edge("stored", step, capacity=_microseconds(seconds[step]))
            graph.add_edge(step, roots)  # without a capacity: never cut
    _, (_, sink) = nx.minimum_cut(graph, "stored", "again")
    return {roots for roots in needs if roots in sink}


def _microseconds(seconds: float) -> int:
    """Whole numbers: with fractions, rounding leaves edges that are neither cut nor not."""
    return int(min(seconds, 1e9) * 1e6) + 1
