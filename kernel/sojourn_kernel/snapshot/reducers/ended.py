"""What has ended: closed sockets, processes and pools that are through, tasks and futures that are done. Only their results are left."""

from __future__ import annotations

import asyncio
import contextvars
import socket
from typing import Any

from ...told import Cause
from .. import rebuild
from . import CannotKeep, reducer


def closed_socket(cls: type, family: int, kind: int, protocol: int) -> Any:
    made = cls(family, kind, protocol)
    made.close()  # type: ignore[attr-defined]
    return made


@reducer("socket:socket")
def socket_(value: Any) -> Any:
    if type(value) is socket.socket and value.fileno() < 0:
        return closed_socket, (type(value), value.family, value.type, value.proto)
    raise CannotKeep(Cause.LIVE_RESOURCE, "a socket's connection ends with its process")


@reducer("subprocess:Popen")
def process(value: Any) -> Any:
    if value.returncode is None:
        raise CannotKeep(Cause.LIVE_RESOURCE, "a subprocess ends with its node")
    return rebuild.bare, (type(value),), dict(vars(value))


@reducer("multiprocessing.pool:Pool")
def pool(value: Any) -> Any:
    if value._state == "RUN":
        raise CannotKeep(Cause.LIVE_RESOURCE, "a pool of processes ends with its node")
    return rebuild.bare, (type(value),), {"_state": value._state, "_pool": [], "_processes": value._processes}


# asyncio: what is done, and promises that nobody waits for


def make_future(outcome: tuple[str, Any]) -> Any:
    made: Any = asyncio.Future(loop=asyncio.get_event_loop())
    _end(asyncio.Future, made, outcome)
    return made


def make_task(name: str, qualname: str, outcome: tuple[str, Any]) -> Any:
    """A task that is done, of the class that is written in Python: the other one ends only by running."""
    coroutine = _through()
    coroutine.close()
    coroutine.__qualname__ = qualname
    made = _Task.__new__(_Task)
    _Future.__init__(made, loop=asyncio.get_event_loop())
    made._must_cancel, made._fut_waiter, made._coro, made._context = False, None, coroutine, contextvars.Context()
    made._name, made._num_cancels_requested = name, 0
    _end(_Future, made, outcome)
    return made


async def _through() -> None:
    return None


def _end(cls: Any, made: Any, outcome: tuple[str, Any]) -> None:
    how, what = outcome
    if how == "result":
        cls.set_result(made, what)
    elif how == "exception":
        cls.set_exception(made, what)
        made.exception()  # it was seen, or would have been told of by now
    elif how == "cancelled":
        cls.cancel(made)


_Task: Any = asyncio.tasks._PyTask  # type: ignore[attr-defined]
_Future: Any = asyncio.futures._PyFuture  # type: ignore[attr-defined]


@reducer("_asyncio:Future", "_asyncio:Task", "asyncio.tasks:Task")
def future(value: Any) -> Any:
    if type(value) in (asyncio.Task, _Task) and value.done():
        return make_task, (value.get_name(), value.get_coro().__qualname__, _outcome(value))
    if type(value) is asyncio.Future and (value.done() or not value._callbacks):
        return make_future, (_outcome(value),)
    raise CannotKeep(Cause.LIVE_RESOURCE, "a task's place in its code can't be kept")


def _outcome(value: Any) -> tuple[str, Any]:
    if not value.done():
        return "pending", None
    if value.cancelled():
        return "cancelled", None
    error = value.exception()
    return ("result", value.result()) if error is None else ("exception", error)
