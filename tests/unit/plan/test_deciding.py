"""What a save that has to be done in time spends on what it need not store."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sojourn_kernel.observe.accesses import Accesses
from sojourn_kernel.observe.lineage import Lineage
from sojourn_kernel.plan.choice import Candidate, Rates
from sojourn_kernel.plan.recipes import Recipes
from sojourn_kernel.recipe import Recipe
from sojourn_kernel.session import deciding
from sojourn_kernel.session.deciding import Deciding
from sojourn_kernel.snapshot.freeze import freeze

from tests.unit.snapshot.memory import Memory


@pytest.mark.parametrize(("budget", "read"), [(1.0, []), (10.0, ["x"]), (None, ["x"])])
def test_in_a_short_time_no_large_value_is_read_for_its_fingerprint(
    monkeypatch: pytest.MonkeyPatch, budget: float | None, read: list[str]
) -> None:
    """It would leave none for what is small and has to be stored."""
    seen: list[str] = []
    monkeypatch.setattr(deciding, "fingerprint", lambda values, main: seen.extend(values) or "digest")
    large = Candidate(("x",), 2 << 30, 2.0, False, Recipe(("x",), ((0, 0),), (), 0.1, True))
    names = {"x": bytes(2)}
    save = Deciding(names, None, None, {}, Lineage(), names, Accesses(), Rates(), budget=budget)
    assert save._proven(large) is bool(read) and seen == read


def test_what_only_takes_its_input_apart_is_stored_with_it(session: Callable[..., Recipes]) -> None:
    """To try its recipe would take time in which nothing is stored, and it costs nothing."""
    made = session("import os\narrays = [os.urandom(1 << 22) for _ in range(2)]", "a, b = arrays\nc = a[:-1]")
    lineage = Lineage(list(made.cells))
    names = dict(made.namespace)
    save = Deciding(names, None, None, {}, lineage, names, made.accesses, Rates(upload=1e5, download=1e5))
    again, _ = save.foreseen()
    assert again.keys() == {"c"}


def test_the_roots_of_one_co_variable_are_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    shared = [1]
    roots = {f"v{number}": [shared] for number in range(200)} | {"alone": [2]}
    frozen = freeze(roots, Memory(), main={})
    sorted_roots, calls = deciding.sorted_roots, []
    monkeypatch.setattr(deciding, "sorted_roots", lambda piece: calls.append(piece) or sorted_roots(piece))
    names = dict(roots, new=[3])
    del names["v7"]  # the others are candidates of their own then
    for now, expected in ((roots, 2), (names, 201)):
        calls.clear()
        save = Deciding(now, set(now), frozen, {}, Lineage(), now, Accesses(), Rates(), budget=10.0)
        assert len(save.candidates) == expected
        assert len(calls) <= 2 * len(frozen.pieces)
