"""Patches of unittest.mock that are in force: stopping one works only while the library knows it as started."""

from __future__ import annotations

import sys
from typing import Any

from .provider import LATE, Provider, provide


def _active(*_: Any) -> list[Any] | None:
    mock = sys.modules.get("unittest.mock")
    return list(mock._patch._active_patches) or None if mock else None


def _put_active(_: Any, state: list[Any]) -> None:
    from unittest import mock

    mock._patch._active_patches.extend(state)  # type: ignore[attr-defined]


provide(Provider("unittest.mock", "patches of unittest.mock", LATE, lambda _: None, _active, _put_active))
