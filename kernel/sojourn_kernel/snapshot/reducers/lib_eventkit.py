"""eventkit: an event keeps what listens to it, which its own pickling leaves out."""

from __future__ import annotations

from typing import Any

from .. import contents
from . import reducer


@reducer("eventkit.event:Event")
def event(value: Any) -> Any:
    return contents.by_state(value)
