"""What is not tried again after it has ended a child."""

from __future__ import annotations

from sojourn_kernel.snapshot.fork import Outcome
from sojourn_kernel.snapshot.lessons import Lessons
from sojourn_kernel.told import Cause, Told


def told(root: str, cause: Cause, reason: str) -> Told:
    return Told(root, cause, reason)


def lethal_after(*outcomes: Outcome) -> set[str]:
    lessons = Lessons()
    for outcome in outcomes:
        lessons.learn(outcome, {"x": [1]})
    return set(lessons.lethal(told))


def test_what_was_being_pickled_in_a_child_that_was_killed_once_is_tried_again() -> None:
    assert lethal_after(Outcome(hung_on="x", died=True)) == set()


def test_what_was_being_pickled_in_two_children_that_were_killed_is_told() -> None:
    assert lethal_after(*[Outcome(hung_on="x", died=True)] * 2) == {"x"}


def test_what_crashed_a_child_is_told_at_once() -> None:
    assert lethal_after(Outcome(hung_on="x", died=True, crashed=True)) == {"x"}


def test_what_a_child_hung_on_is_saved_in_the_kernel() -> None:
    lessons = Lessons()
    lessons.learn(Outcome(hung_on="x"), {"x": [1]})
    assert lessons.must_stay({"y": [2]}, ["y"], None)
    assert not lessons.must_stay({"y": 2}, ["y"], None)
