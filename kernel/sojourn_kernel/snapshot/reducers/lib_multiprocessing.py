"""multiprocessing's locks and events: the other processes are gone, the state is this one's."""

from __future__ import annotations

from typing import Any

from . import reducer


def make(kind: str, state: int) -> Any:
    """state: of a semaphore its value, of a lock whether it is held, of an event whether it is set."""
    import multiprocessing

    if kind in ("Semaphore", "BoundedSemaphore"):
        return getattr(multiprocessing, kind)(state)
    made = getattr(multiprocessing, kind)()
    if kind == "Event":
        made.set() if state else made.clear()
    else:
        for _ in range(state):
            made.acquire()
    return made


@reducer("multiprocessing.synchronize:Semaphore", "multiprocessing.synchronize:BoundedSemaphore")
def semaphore(value: Any) -> Any:
    return make, (type(value).__name__, value._semlock._get_value())


@reducer("multiprocessing.synchronize:Lock", "multiprocessing.synchronize:RLock")
def lock(value: Any) -> Any:
    return make, (type(value).__name__, value._semlock._count())


@reducer("multiprocessing.synchronize:Event")
def event(value: Any) -> Any:
    return make, ("Event", int(value.is_set()))
