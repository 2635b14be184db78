"""What a save would do, from what the last one measured."""

from __future__ import annotations

from sojourn_kernel.plan.forecast import AGAIN, CARRIED, LEFT_OUT, MOST_LINES, STORED, Costs, forecast
from sojourn_kernel.snapshot.frozen import Frozen, Piece
from sojourn_kernel.store import BlobRef
from sojourn_kernel.told import Cause, Told


def piece(*roots: str, size: int = 10, told: tuple[Told, ...] = ()) -> Piece:
    return Piece(roots, BlobRef(size, "digest"), (), size, 0.5, "digest", (), ("list",) * len(roots), told)


LAST = Frozen((piece("a", "b", size=100), piece("c", size=7)))


def actions(plan) -> dict:
    return {line.names: line.action for line in plan.lines}


def test_what_shares_objects_is_stored_together_when_one_of_it_changed():
    plan = forecast(["a", "b", "c"], {"a"}, LAST, frozenset())
    assert actions(plan) == {("a", "b"): STORED, ("c",): CARRIED}
    assert (plan.bytes, plan.seconds) == (100, 0.5)


def test_variables_that_are_gone_are_not_in_a_plan_nor_is_their_size():
    plan = forecast(["b", "c"], {"a"}, LAST, frozenset({"a"}), costs=Costs(1e9, {"b": 30}))
    assert actions(plan) == {("b",): STORED, ("c",): CARRIED}
    assert plan.bytes == 30 and "expendable" not in str(plan)


def test_nothing_known_of_changes_means_all_is_stored():
    assert actions(forecast(["a", "b", "c"], None, LAST, frozenset())) == {("a", "b"): STORED, ("c",): STORED}


def test_a_new_name_has_no_measured_size_and_says_so():
    plan = forecast(["new"], {"new"}, None, frozenset())
    assert plan.lines[0].bytes is None and plan.bytes == 0
    assert "not known yet" in str(plan)


def test_what_could_not_be_kept_is_named_with_its_reason():
    lost = Told("s", Cause.LIVE_RESOURCE, "a socket has no meaning elsewhere.")
    plan = forecast(["s"], set(), Frozen((piece("s", told=(lost,)),)), frozenset())
    assert plan.lines[0].action == LEFT_OUT and plan.lines[0].reason == lost.reason


def test_expendable_names_say_that_they_come_last():
    assert "expendable" in forecast(["c"], {"c"}, LAST, frozenset({"c"})).lines[0].reason


def test_what_its_cells_make_again_says_so_with_the_reason() -> None:
    plan = forecast(["x"], {"x"}, LAST, frozenset(), {"x": "running [2] again takes about 0.01 s"})
    assert actions(plan) == {("x",): AGAIN}
    assert "running [2]" in str(plan)


def test_what_was_left_to_its_cells_before_is_made_again() -> None:
    left = Piece(("big",), None, (), 10**9, 1.0, "digest", (), ("ndarray",))
    assert actions(forecast(["big"], set(), Frozen((left,)), frozenset())) == {("big",): AGAIN}


def test_a_likely_size_and_the_link_make_a_likely_time() -> None:
    plan = forecast(["new"], {"new"}, None, frozenset(), costs=Costs(10e6, {"new": 50_000_000}))
    assert plan.bytes == 50_000_000 and 5.0 <= plan.seconds < 6.0
    assert "about 50.0 MB" in str(plan)


def test_in_a_short_time_small_things_go_first_and_the_rest_is_said_to_be_left_out() -> None:
    sizes = {"large": 900_000_000, "small": 1_000_000, "spare": 10_000_000, "middle": 30_000_000}
    costs = Costs(10e6, sizes, 5.0, frozenset({"spare"}))
    plan = forecast(list(sizes), set(sizes), None, frozenset({"spare"}), costs=costs)
    assert actions(plan) == {("large",): LEFT_OUT, ("small",): STORED, ("spare",): LEFT_OUT, ("middle",): STORED}
    assert "expendable" in str(plan) and "5 s are not enough" in str(plan) and plan.seconds <= 5.0


def test_of_hundreds_of_names_the_largest_are_listed_and_the_rest_counted() -> None:
    names = [f"v{n}" for n in range(MOST_LINES + 10)]
    text = str(forecast(names, None, None, frozenset()))
    assert len(text.splitlines()) == MOST_LINES + 2 and text.endswith("and 10 more, size not known yet (10 store)")
