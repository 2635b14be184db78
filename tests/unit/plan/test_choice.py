"""The choice between storing and making again: a minimum cut, and what gives way to a deadline."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import chain, combinations

from hypothesis import given
from hypothesis import strategies as st
from sojourn_kernel.plan.choice import (
    CAUTION,
    IN_ALL,
    LEAST,
    Candidate,
    Rates,
    choose,
    worth_planning,
    worth_rehearsing,
)
from sojourn_kernel.recipe import Recipe

GB = 10**9
RATES = Rates(upload=1e8, download=2e8)


def candidate(
    name: str, size: int, *cells: int, stored: bool = False, steady: bool = True, expendable: bool = False
) -> Candidate:
    recipe = Recipe((name,), tuple((cell, 0) for cell in cells), (), 0.0, steady) if cells else None
    return Candidate((name,), size, size / 1e9, stored, recipe, expendable)


def again(*candidates: Candidate, seconds: dict[int, float], budget: float | None = None) -> set[str]:
    steps = {(cell, 0): cost for cell, cost in seconds.items()}
    return {roots[0] for roots in choose(candidates, steps, RATES, budget).again}


def test_what_is_cheaper_to_make_is_made_again_and_the_rest_stored() -> None:
    assert again(candidate("cheap", GB, 0), candidate("dear", GB, 1), seconds={0: 0.1, 1: 100.0}) == {"cheap"}


def test_a_cell_that_two_need_is_paid_once() -> None:
    alone = candidate("one", GB, 0)
    together = [candidate("one", GB, 0), candidate("two", GB, 0)]
    assert again(alone, seconds={0: 5.0}) == set()
    assert again(*together, seconds={0: 5.0}) == {"one", "two"}


def test_a_chain_is_weighed_as_a_whole() -> None:
    """The cheap last cell is no bargain if it needs the expensive one before it."""
    assert again(candidate("last", GB, 0, 1), seconds={0: 60.0, 1: 0.01}) == set()


def test_small_values_are_stored() -> None:
    assert again(candidate("small", LEAST - 1, 0), seconds={0: 0.0}) == set()


def test_a_cell_of_unknown_cost_is_never_run_to_save_time() -> None:
    assert again(candidate("x", GB, 7), seconds={}) == set()


def test_what_may_differ_on_another_machine_is_stored_while_there_is_time() -> None:
    model = candidate("model", GB, 0, steady=False)
    assert again(model, seconds={0: 0.01}, budget=1000.0) == set()
    assert again(model, seconds={0: 0.01}, budget=1.0) == {"model"}


def test_under_pressure_the_largest_gives_way_first_and_only_as_much_as_needed() -> None:
    large, small = candidate("large", GB, 0), candidate("small", GB // 10, 1)
    assert again(large, small, seconds={0: 100.0, 1: 100.0}, budget=2.0) == {"large"}


def test_what_is_expendable_is_left_out_only_after_all_that_can_be_made_again() -> None:
    made, spare, dear = candidate("made", GB, 0), candidate("spare", GB, expendable=True), candidate("dear", GB)
    fits = choose([made, spare, dear], {(0, 0): 100.0}, RATES, budget=23.0)
    assert (fits.again, fits.left_out) == ({("made",)}, set())
    tight = choose([made, spare, dear], {(0, 0): 100.0}, RATES, budget=12.0)
    assert (tight.again, tight.left_out) == ({("made",)}, {("spare",)})


def test_what_is_stored_already_takes_no_time_before_a_deadline() -> None:
    assert again(candidate("x", 100 * GB, 0, stored=True), seconds={0: 1e6}, budget=0.1) == set()


@given(
    st.lists(st.tuples(st.integers(1, 20), st.sets(st.integers(0, 4), min_size=1)), min_size=1, max_size=5),
    st.lists(st.integers(0, 20), min_size=5, max_size=5),
)
def test_no_other_plan_takes_less_time(made: list[tuple[int, set[int]]], costs: list[int]) -> None:
    candidates = [candidate(f"v{n}", size * GB, *steps) for n, (size, steps) in enumerate(made)]
    seconds = {(cell, 0): float(cost) for cell, cost in enumerate(costs)}

    def time_of(chosen: Iterable[Candidate]) -> float:
        names = {one.roots for one in chosen}
        steps = {step for one in candidates if one.roots in names for step in one.recipe.steps}
        stored = sum(one.total_seconds(RATES) for one in candidates if one.roots not in names)
        return stored + CAUTION * sum(seconds[step] for step in steps)

    plans = chain.from_iterable(combinations(candidates, n) for n in range(len(candidates) + 1))
    found = choose(candidates, seconds, RATES).again
    assert time_of(one for one in candidates if one.roots in found) <= min(map(time_of, plans)) + 1e-3


def test_a_recipe_is_tried_where_that_is_quick() -> None:
    assert worth_rehearsing(candidate("array", GB // 10, 0), RATES, IN_ALL)
    assert not worth_rehearsing(candidate("no recipe", GB // 10), RATES, IN_ALL)


def test_millions_of_small_objects_are_stored_rather_than_serialised_twice_to_be_compared() -> None:
    slow = replace(candidate("objects", GB // 10, 0), seconds=4.0)
    assert not worth_rehearsing(slow, RATES, IN_ALL)


def test_the_rehearsals_of_one_save_end() -> None:
    assert not worth_rehearsing(candidate("one more", GB // 10, 0), RATES, 0.01)


def test_whoever_waits_for_a_save_waits_for_no_trial_of_what_is_sooner_stored() -> None:
    array = candidate("array", GB // 10, 0)
    quick, slow = (replace(array, recipe=replace(array.recipe, seconds=seconds)) for seconds in (0.1, 1.0))
    assert worth_rehearsing(quick, RATES, IN_ALL, waited_for=True)
    assert not worth_rehearsing(slow, RATES, IN_ALL, waited_for=True)
    assert worth_rehearsing(slow, RATES, IN_ALL)


def test_a_save_that_takes_no_time_needs_no_plan() -> None:
    assert worth_planning([candidate("large", GB)], RATES)
    assert not worth_planning([candidate("small", LEAST), candidate("stored", GB, stored=True)], RATES)
