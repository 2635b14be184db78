"""The user's modules themselves, before anything that refers to them is loaded. Runs after paths and directory are back."""

from __future__ import annotations

from typing import Any

from ...told import Told
from .. import modules, recorded
from .provider import EARLY, Provider, provide


def _capture(_: Any, watch: modules.Watch) -> list[dict[str, Any]] | None:
    return modules.sources(watch) or None


def _restore(_: Any, state: list[dict[str, Any]]) -> list[Told]:
    return recorded.bring_back(state)


provide(Provider("user_modules", "the user's modules", EARLY, lambda _: modules.start(), _capture, _restore))
