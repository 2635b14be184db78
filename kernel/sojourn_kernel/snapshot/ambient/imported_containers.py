"""Dicts, lists and sets of libraries that cells imported by name and that are not as they were imported."""

from __future__ import annotations

from typing import Any

from ...told import Cause, Told
from ..libraries import imported
from .provider import EARLY, Provider, provide


def _put(_: Any, state: dict[str, Any]) -> list[Told]:
    told: list[Told] = []
    for place, contents in state.items():
        try:
            imported.put(place, contents)
        except Exception as error:
            reason = f"its contents can't be put back here ({type(error).__name__}: {error})."
            told.append(Told(place.replace(":", "."), Cause.UNLOADABLE, reason))
    return told


provide(
    Provider(
        "imported containers",
        "containers that libraries hold",
        EARLY,
        lambda _: None,
        lambda *_: imported.changed() or None,
        _put,
    )
)
