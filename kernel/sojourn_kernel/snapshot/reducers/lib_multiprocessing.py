"""multiprocessing's locks and events: the other processes are gone, the state is this one's."""

from __future__ import annotations

from typing import Any

from . import reducer


def make(kind: str, state: int, most: int | None = None) -> Any:
    """state: of a semaphore its value, of a lock whether it is held, of an event whether it is set; most: of a bounded semaphore."""
    import multiprocessing

    if kind in ("Semaphore", "BoundedSemaphore"):
        made = getattr(multiprocessing, kind)(state if most is None else most)
        for _ in range(0 if most is None else most - state):
            made.acquire()
        return made
    made = getattr(multiprocessing, kind)()
    if kind == "Event":
        made.set() if state else made.clear()
    else:
        for _ in range(state):
            made.acquire()
    return made


@reducer("multiprocessing.synchronize:Semaphore", "multiprocessing.synchronize:BoundedSemaphore")
def semaphore(value: Any) -> Any:
    name = type(value).__name__
    return make, (name, value._semlock._get_value(), value._semlock.maxvalue if name == "BoundedSemaphore" else None)


@reducer("multiprocessing.synchronize:Lock", "multiprocessing.synchronize:RLock")
def lock(value: Any) -> Any:
    return make, (type(value).__name__, value._semlock._count())


@reducer("multiprocessing.synchronize:Event")
def event(value: Any) -> Any:
    return make, ("Event", int(value.is_set()))
