"""The headline of a restore report."""

from __future__ import annotations

from sojourn_kernel.session.restored import SHOWN, RestoreReport
from sojourn_kernel.told import Cause, Told


def headline(*entries: Told) -> str:
    return RestoreReport("s", "file:///s", "1", 0.0, ("x",), entries=entries).headline()


def test_what_is_lost_is_not_hidden_behind_packages_of_other_versions() -> None:
    packages = [Told(f"package{n}", Cause.ENVIRONMENT, "another version.") for n in range(9)]
    said = headline(*packages, Told("thread", Cause.LIVE_RESOURCE, "it ran."))
    assert "; not kept: thread; not the same here: package0" in said
    assert f"package{SHOWN - 1} … (%sojourn report)" in said


def test_a_variable_that_is_lost_for_two_reasons_is_named_once() -> None:
    said = headline(Told("x", Cause.ENVIRONMENT, "another version."), Told("x", Cause.UNLOADABLE, "it raised."))
    assert said.count(" x ") == 1


def test_where_all_came_back_nothing_is_said_of_losses() -> None:
    assert "not" not in headline()
