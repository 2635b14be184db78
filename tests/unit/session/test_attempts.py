"""When a background checkpoint that failed is tried again, and what the user is told."""

from __future__ import annotations

from sojourn_kernel.session.attempts import LONGEST_PAUSE, TOLD_AFTER, Attempts
from sojourn_kernel.session.saved import Saved
from sojourn_kernel.snapshot.process.fork import CALLED_OFF

FAILED = Saved(False, error="the store is away")
GOOD = Saved(True, checkpoint="1-a")


def failing(times: int) -> tuple[Attempts, list[str]]:
    attempts = Attempts()
    return attempts, [attempts.ended(FAILED) for _ in range(times)]


def test_a_hiccup_of_the_store_is_not_told() -> None:
    assert failing(TOLD_AFTER - 1)[1] == [""] * (TOLD_AFTER - 1)


def test_what_goes_on_failing_is_told_once_with_the_reason() -> None:
    told = [news for news in failing(TOLD_AFTER + 5)[1] if news]
    assert len(told) == 1
    assert "the store is away" in told[0]


def test_pauses_grow_up_to_a_limit() -> None:
    pauses = [failing(times)[0].pause for times in range(1, 12)]
    assert pauses[:3] == [2.0, 4.0, 8.0]
    assert pauses[-1] == LONGEST_PAUSE


def test_that_it_works_again_is_told_to_who_was_told_that_it_failed() -> None:
    assert failing(TOLD_AFTER)[0].ended(GOOD)
    assert not failing(TOLD_AFTER - 1)[0].ended(GOOD)


def test_a_success_forgets_the_failures() -> None:
    attempts, _ = failing(5)
    attempts.ended(GOOD)
    assert (attempts.error, attempts.pause) == ("", 2.0)


def test_a_checkpoint_that_made_way_for_another_is_no_failure() -> None:
    attempts = Attempts()
    attempts.ended(Saved(False, error=CALLED_OFF))
    assert attempts.failed == 0
