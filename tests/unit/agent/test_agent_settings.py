"""The agent's settings: from the environment, with a sentence for what makes no sense."""

from __future__ import annotations

import pytest
from sojourn_kernel.server.settings import read_settings

HUB = {"JUPYTERHUB_USER": "ada", "JUPYTERHUB_API_URL": "http://hub"}


def test_a_hub_pod_knows_its_session_and_lingers_for_its_route(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POD_NAMESPACE", "space")
    settings = read_settings(HUB)
    assert settings.session == "space/ada/default"
    assert settings.linger == 1.0


def test_a_server_on_a_laptop_ends_without_lingering() -> None:
    settings = read_settings({"HOSTNAME": "laptop"})
    assert settings.session.endswith("/server/laptop")
    assert settings.linger == 0.0
    assert settings.store.startswith("file://")


@pytest.mark.parametrize("text", ["soon", "-3", "nan", "inf"])
def test_a_grace_that_is_no_number_of_seconds_is_ignored_and_named(text: str) -> None:
    settings = read_settings({**HUB, "SOJOURN_GRACE": text})
    assert settings.grace == 30.0
    assert settings.problems == (f"SOJOURN_GRACE={text!r} is not a number of seconds; 30 is used.",)


@pytest.mark.parametrize(("grace", "budget"), [("30", 27.0), ("120", 108.0), ("10", 8.0), ("2", 1.0), ("0", 1.0)])
def test_the_stop_ends_before_the_grace_does(grace: str, budget: float) -> None:
    assert read_settings({**HUB, "SOJOURN_GRACE": grace}).stop_budget == budget
