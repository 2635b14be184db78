"""What the garbage collector could not free, or was asked to keep (``gc.DEBUG_SAVEALL``)."""

from __future__ import annotations

import gc
from typing import Any

from ...told import Cause, Told
from .provider import LATE, Provider, provide


def _put(_: Any, state: int) -> list[Told]:
    reason = f"the {state} objects that the garbage collector had put there are not kept."
    return [Told("gc.garbage", Cause.LIVE_RESOURCE, reason)]


provide(
    Provider("gc.garbage", "the collector's garbage", LATE, lambda _: None, lambda *_: len(gc.garbage) or None, _put)
)
