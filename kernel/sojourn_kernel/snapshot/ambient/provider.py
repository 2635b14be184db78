"""The shape of a provider of process state, and the list of all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ...told import Told

FIRST, SETTINGS, EARLY, LATE = "first", "settings", "early", "late"
"""Phases: what imports need, and so all that is loaded; settings by which libraries may load what they load; what else is put back before
variables are loaded; and what after."""
COUNTERS, CALLS = 0, 1  # orders: what other providers may correct


@dataclass(frozen=True)
class Provider:
    """One piece of process state.

    baseline(shell): its value at kernel start. capture(shell, baseline): what the user changed, None if nothing; built of
    objects that the codec can keep. restore(shell, state): put it back; returns what could not be. Nothing here imports a
    library that the user has not imported. order: of a phase, the lower goes back first. hold(shell): called before the user's
    modules are imported for a restore; what it gives back undoes what their code did to the state, which is the checkpoint's.
    """

    name: str
    title: str
    phase: str
    baseline: Callable[[Any], Any]
    capture: Callable[[Any, Any], Any]
    restore: Callable[[Any, Any], list[Told] | None]
    order: int = 2
    hold: Callable[[Any], Callable[[], object]] | None = None


_all: list[Provider] = []


def provide(provider: Provider) -> Provider:
    """Add a provider; of one order, providers run as they were added."""
    _all.append(provider)
    _all.sort(key=lambda one: one.order)
    return provider


def providers() -> list[Provider]:
    return list(_all)
