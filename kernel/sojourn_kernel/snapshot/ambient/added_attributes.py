"""The names of attributes that cells assign: a later life adds to them."""

from __future__ import annotations

from typing import Any

from ..objects import added
from .provider import EARLY, Provider, provide


def _restore(_: Any, names: list[str]) -> None:
    added.GIVEN.update(names)


provide(
    Provider(
        "added attributes",
        "names of attributes",
        EARLY,
        lambda _: None,
        lambda *_: sorted(added.GIVEN) or None,
        _restore,
    )
)
