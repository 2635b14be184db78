"""multiprocessing's locks, events and lists, and processes that have not begun or are through: the others are gone, the state is this one's."""

from __future__ import annotations

from typing import Any

from ...told import Cause
from .. import rebuild
from ..objects import contents
from ..process import settling
from . import CannotKeep, reducer


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


@reducer("multiprocessing.connection:_ConnectionBase", "multiprocess.connection:_ConnectionBase")
def connection(value: Any) -> Any:
    """Its number would be that of another file, which it would write to, and close."""
    if value.closed:
        return NotImplemented
    raise CannotKeep(Cause.LIVE_RESOURCE, "the end of a pipe is gone with its process")


@reducer("multiprocessing.shared_memory:ShareableList")
def shareable_list(value: Any) -> Any:
    """With its block, which comes back with its content."""
    return contents.by_state(value)


class Ended:
    """What a process that is through has of the one that ran."""

    sentinel = None

    def __init__(self, pid: int, returncode: int) -> None:
        self.pid, self.returncode = pid, returncode

    def poll(self, *_: Any) -> int:
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        return self.returncode

    def terminate(self) -> None: ...

    def kill(self) -> None: ...

    def close(self) -> None: ...


_OF_THE_RUN = {"_identity", "_config", "_parent_pid", "_parent_name", "_popen", "_sentinel"}


def make_process(cls: type, name: str, daemon: bool, ended: tuple[int, int] | None) -> Any:
    from multiprocessing.process import BaseProcess

    made: Any = cls.__new__(cls)
    BaseProcess.__init__(made, name=name, daemon=daemon)
    if ended is not None:
        made._popen = made._sentinel = Ended(*ended)
        del made._target, made._args, made._kwargs  # as its start did
    return made


def this_process() -> Any:
    import multiprocessing

    return multiprocessing.current_process()


@reducer("multiprocessing.process:BaseProcess")
def process(value: Any) -> Any:
    if value is this_process():
        return this_process, ()
    ended = None
    if (run := value._popen) is not None:
        code = run.poll() if settling.is_kernel() else run.returncode  # a child can't ask for its kernel's children
        if code is None:
            raise CannotKeep(Cause.LIVE_RESOURCE, "a subprocess ends with its node")
        ended = (run.pid, code)
    own = {name: held for name, held in vars(value).items() if name not in _OF_THE_RUN}
    make = (type(value), value._name, bool(value._config.get("daemon")), ended)
    return make_process, make, own, None, None, rebuild.fill_attributes
