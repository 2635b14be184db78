"""What tasks of an event loop wait on: kept without the tasks that wait, which are told as running."""

from __future__ import annotations

import collections
from typing import Any

from .. import rebuild
from . import reducer

_WAITERS = ("_waiters", "_getters", "_putters")


@reducer(
    "asyncio.locks:Event",
    "asyncio.locks:Lock",
    "asyncio.locks:Semaphore",
    "asyncio.locks:Condition",
    "asyncio.queues:Queue",
)
def waited_on(value: Any) -> Any:
    state = {name: collections.deque() if name in _WAITERS and held else held for name, held in vars(value).items()}
    return rebuild.bare, (type(value),), state, None, None, rebuild.fill_attributes
