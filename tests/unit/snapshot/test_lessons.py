"""What is not tried again after it has ended a child."""

from __future__ import annotations

import pytest
import sojourn_kernel.snapshot.process.lessons
from sojourn_kernel.snapshot.frozen import PLANNING, STORING
from sojourn_kernel.snapshot.process.fork import SHORT_OF_MEMORY, Outcome
from sojourn_kernel.snapshot.process.lessons import NAMELESS, Lessons
from sojourn_kernel.told import Cause, Told


def told(root: str, cause: Cause, reason: str) -> Told:
    return Told(root, cause, reason)


def lethal_after(*outcomes: Outcome) -> set[str]:
    lessons = Lessons()
    for outcome in outcomes:
        lessons.learn(outcome, {"x": [1]})
    return set(lessons.lethal(told, {}))


def test_what_was_being_pickled_in_a_child_that_was_killed_once_is_tried_again() -> None:
    assert lethal_after(Outcome(hung_on="x", died=True)) == set()


def test_what_was_being_pickled_in_two_children_that_were_killed_is_told() -> None:
    assert lethal_after(*[Outcome(hung_on="x", died=True)] * 2) == {"x"}


def test_what_crashed_a_child_is_told_at_once() -> None:
    assert lethal_after(Outcome(hung_on="x", died=True, crashed=True)) == {"x"}


def test_another_value_of_the_name_is_not_to_blame() -> None:
    lessons, value = Lessons(), [1]
    lessons.learn(Outcome(hung_on="x", died=True, crashed=True), {"x": value})
    assert set(lessons.lethal(told, {"x": value})) == {"x"}
    assert not lessons.lethal(told, {"x": [1]})


def test_what_stood_still_in_the_kernel_is_told_and_keeps_no_save_there() -> None:
    lessons = Lessons()
    lessons.learn(Outcome(hung_on="x", hung=True), {"x": [1]})
    lessons.stood_still(["x"], {})
    assert set(lessons.lethal(told, {})) == {"x"}
    assert not lessons.must_stay({"x": [1], "y": 2}, ["x", "y"], None)


def test_what_a_child_hung_on_is_saved_in_the_kernel() -> None:
    lessons = Lessons()
    lessons.learn(Outcome(hung_on="x"), {"x": [1]})
    assert lessons.must_stay({"y": [2]}, ["y"], None)
    assert not lessons.must_stay({"y": 2}, ["y"], None)


def after_hanging_on(*places: str) -> Lessons:
    lessons = Lessons()
    for place in places:
        lessons.learn(Outcome(hung_on=place, hung=True), {"x": [1]})
    return lessons


def test_where_children_hang_on_nothing_that_has_a_name_the_kernel_saves_by_itself() -> None:
    assert after_hanging_on(*[""] * NAMELESS).must_stay({"y": 2}, ["y"], None)
    assert after_hanging_on(*["@numpy.random"] * NAMELESS).must_stay({"y": 2}, ["y"], None)


def test_a_store_that_stands_still_is_no_reason_to_save_in_the_kernel() -> None:
    assert not after_hanging_on(*[STORING] * NAMELESS).must_stay({"y": 2}, ["y"], None)


def test_children_that_were_called_off_teach_nothing() -> None:
    lessons = Lessons()
    for _ in range(NAMELESS):
        lessons.learn(Outcome(problem="it was called off"), {})
    assert not lessons.must_stay({"y": 2}, ["y"], None)


def test_a_rehearsal_that_hung_a_child_is_the_last_one() -> None:
    lessons = after_hanging_on(PLANNING)
    assert not lessons.rehearse
    assert not lessons.must_stay({"y": 2}, ["y"], None)


def test_what_took_more_memory_than_there_was_twice_is_told_until_there_is_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lessons, values = Lessons(), {"x": [1], "y": 2}
    room = 1 << 30
    monkeypatch.setattr(sojourn_kernel.snapshot.process.lessons, "free_memory", lambda: room)
    greedy = Outcome(problem=SHORT_OF_MEMORY, hung_on="x", greedy=True)
    lessons.learn(greedy, values)
    assert not lessons.lethal(told, values)
    lessons.learn(greedy, values)
    assert set(lessons.lethal(told, values)) == {"x"}
    assert not lessons.must_stay(values, ["y"], None)
    room = 3 << 30
    assert not lessons.lethal(told, values)


def test_where_others_used_the_memory_up_nothing_is_to_blame() -> None:
    lessons = Lessons()
    for _ in range(3):
        lessons.learn(Outcome(problem=SHORT_OF_MEMORY), {"x": [1]})
    assert not lessons.lethal(told, {"x": [1]})
