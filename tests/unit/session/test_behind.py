"""Which background checkpoint a save in the foreground waits for, and which it calls off."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from sojourn_kernel.session.behind import Behind
from sojourn_kernel.snapshot.frozen import STORING
from sojourn_kernel.snapshot.process.fork import CALLED_OFF, Child, Outcome

NEVER = 60.0


class Saving:
    """A child that says what it is at and then works for some seconds, and what was told of its end."""

    def __init__(self, at: str, seconds: float, auditing: bool = False) -> None:
        def work(report: Callable[[str], None]) -> str:
            if at:
                report(at)
            time.sleep(seconds)
            return "saved"

        self.outcomes: list[Outcome] = []
        self.behind = Behind()
        child = Child(work)
        self.behind.begin(child, auditing, lambda settle: None, self.outcomes.append)
        end = time.monotonic() + 10
        while child.at != at and time.monotonic() < end:
            time.sleep(0.01)

    def after(self, dirty: set[str] | None, seconds: float | None = NEVER) -> str:
        """How the child ended for a save of ``dirty``."""
        self.behind.make_way(dirty, seconds)
        (outcome,) = self.outcomes
        return str(outcome.result or outcome.problem)


@pytest.mark.parametrize("dirty", [{"records", "other"}, None])
def test_a_child_at_what_has_changed_since_is_called_off(dirty: set[str] | None) -> None:
    assert Saving("records", NEVER).after(dirty) == CALLED_OFF


def test_a_child_that_has_said_nothing_yet_is_called_off_if_anything_has_changed_since() -> None:
    assert Saving("", NEVER).after({"x"}) == CALLED_OFF


def test_a_child_is_waited_for_if_nothing_has_changed_since() -> None:
    assert Saving("", 0.3).after(set()) == "saved"


def test_a_child_at_something_else_is_waited_for() -> None:
    assert Saving("records", 0.3).after({"other"}) == "saved"


def test_a_child_that_stores_already_is_waited_for_whatever_has_changed() -> None:
    assert Saving(STORING, 0.3).after(None) == "saved"


def test_a_child_that_takes_too_long_is_called_off() -> None:
    assert Saving(STORING, NEVER).after(set(), 0.3) == CALLED_OFF


def test_an_audit_gives_way_to_any_save() -> None:
    assert Saving(STORING, NEVER, auditing=True).after(set()) == CALLED_OFF


def test_the_end_of_a_child_is_taken_in_once() -> None:
    saving = Saving("", 0.1)
    assert saving.after(set()) == "saved"
    saving.behind.settle()
    assert len(saving.outcomes) == 1


def test_there_is_no_child_once_its_end_is_taken_in() -> None:
    saving = Saving("", 0.1)
    saving.after(set())
    assert saving.behind.child is None


def test_a_child_that_no_thread_can_wait_for_is_ended_and_what_it_saved_is_not_taken_for_saved(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(thread: object) -> None:
        raise RuntimeError("can't start new thread")

    outcomes: list[Outcome] = []
    behind, child = Behind(), Child(lambda report: time.sleep(NEVER))
    monkeypatch.setattr("threading.Thread.start", full)
    behind.begin(child, False, lambda settle: None, outcomes.append)
    assert [(one.result, one.problem) for one in outcomes] == [
        (None, "the child can't be waited for: can't start new thread")
    ]
    assert behind.child is None and behind.ended_within(0)


def test_a_child_that_gets_no_processor_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    starving = iter(range(10))
    monkeypatch.setattr(Child, "waited", lambda child: float(next(starving)))
    assert Saving("records", NEVER).after({"other"}) == CALLED_OFF
