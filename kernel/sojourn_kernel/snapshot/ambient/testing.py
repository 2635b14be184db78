"""Patches of unittest.mock that are in force: stopping one works only while the library knows it as started."""

from __future__ import annotations

import sys
from typing import Any

from ..libraries import patches, places
from .provider import LATE, Provider, provide


def _active(*_: Any) -> list[Any] | None:
    mock = sys.modules.get("unittest.mock")
    active = list(mock._patch._active_patches) if mock else []
    for one in active:
        place = places.of_attribute(one.target, one.attribute) if hasattr(one, "temp_original") else None
        if place is not None:
            patches.SET.add(place)
    return active or None


def _put_active(_: Any, state: list[Any]) -> None:
    from unittest import mock

    mock._patch._active_patches.extend(state)  # type: ignore[attr-defined]


provide(Provider("unittest.mock", "patches of unittest.mock", LATE, lambda _: None, _active, _put_active))
