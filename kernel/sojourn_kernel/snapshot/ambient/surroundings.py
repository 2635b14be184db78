"""Packages, Python and devices that the session used: compared where it goes on, every difference told."""

from __future__ import annotations

from typing import Any

from ...told import Told
from ..libraries import environment
from .provider import LATE, Provider, provide

_installed: list[str] = []


def note(shell: Any) -> None:
    """Remember what the last cell installed; its raw text, where ``%pip`` still reads so."""
    raw = shell.history_manager.input_hist_raw
    if raw and "install" in raw[-1]:
        _installed.extend(environment.installs_in(raw[-1]))


def _capture(_: Any, __: Any) -> dict[str, Any]:
    return environment.describe(_installed)


def _restore(_: Any, state: dict[str, Any]) -> list[Told]:
    _installed.extend(one for one in state["installed"] if one not in _installed)
    return environment.compare(state)


provide(Provider("environment", "the environment's packages", LATE, lambda _: None, _capture, _restore))
