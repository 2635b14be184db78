"""pydantic: it remembers which class it made for ``Model[int]``; one that was made again has to be that class."""

from __future__ import annotations

import sys
from typing import Any

METADATA = "__pydantic_generic_metadata__"


def remember(cls: Any) -> None:
    """Make pydantic find a parametrised model that was made again."""
    generic = vars(cls).get(METADATA)
    known = sys.modules.get("pydantic._internal._generics")
    if generic and generic["origin"] is not None and hasattr(known, "set_cached_generic_type"):
        known.set_cached_generic_type(generic["origin"], generic["args"], cls, generic["origin"], generic["args"])  # type: ignore[union-attr]
