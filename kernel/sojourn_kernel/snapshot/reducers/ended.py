"""What has ended: closed sockets, processes and pools that are through, tasks and futures that are done. Only their results are left."""

from __future__ import annotations

import asyncio
import contextvars
import functools
import socket
import types
from typing import Any

from ...told import Cause
from .. import rebuild
from ..looking import pointers
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


@reducer("multiprocessing.pool:ThreadPool")
def pool_of_threads(value: Any) -> Any:
    if value._state != "RUN":
        return pool(value)
    if value._cache:
        raise CannotKeep(Cause.LIVE_RESOURCE, "its threads are at work, and threads can't be kept")
    if value._initializer is not None:
        raise CannotKeep(Cause.LIVE_RESOURCE, "its threads began with a function of yours, which is not called again")
    return make_pool_of_threads, (type(value), value._processes)


@reducer("multiprocessing.pool:_PoolCache")
def results_under_way(value: Any) -> Any:
    """What a pool has yet to give, which each of its results holds."""
    if value:
        raise CannotKeep(Cause.LIVE_RESOURCE, "results that a pool has not given yet end with it")
    return no_results, ()


def no_results() -> Any:
    from multiprocessing import pool

    return pool._PoolCache()  # type: ignore[attr-defined]


def make_pool_of_threads(cls: Any, threads: int) -> Any:
    from multiprocessing.pool import ThreadPool

    made = cls.__new__(cls)
    ThreadPool.__init__(made, threads)
    return made


# asyncio: what is done, and promises that nobody waits for


def make_future(outcome: tuple[str, Any]) -> Any:
    made: Any = asyncio.Future(loop=asyncio.get_event_loop())
    _end(asyncio.Future, made, outcome)
    return made


def give_callbacks(made: Any, callbacks: list[tuple[Any, Any]]) -> None:
    """What is called once the future has a result, in the contexts in which it was given."""
    for call, context in callbacks:
        made.add_done_callback(call, context=context)


def make_task(name: str, qualname: str, outcome: tuple[str, Any], place: tuple[str, int] | None = None) -> Any:
    """A task that is done; place: of its coroutine's code, which its text shows."""
    try:
        return _run_task(name, qualname, outcome, place)
    except Exception:  # another Python's tasks may ask more of their loop
        return _make_task(name, qualname, outcome)


class _Loop:
    """Takes a task's first step, and nothing else, in the place of a loop."""

    steps: list[Any]

    def call_soon(self, step: Any, *arguments: Any, context: Any = None) -> None:
        self.steps = [step, *arguments]

    def get_debug(self) -> bool:
        return False


_LOOP = pointers.FIRST  # where a task holds its loop


def _run_task(name: str, qualname: str, outcome: tuple[str, Any], place: tuple[str, int] | None) -> Any:
    """A task of the class that is written in C, which ends only by running: it ends at once with what the other ended with."""
    file, line = place or ("", 0)
    code = _ends.__code__.replace(co_filename=file, co_firstlineno=line, co_name=qualname.rpartition(".")[2])
    coroutine = types.FunctionType(code, globals())(*outcome)
    coroutine.__qualname__ = qualname
    loop, error = _Loop(), outcome[1] if outcome[0] == "exception" else None
    traceback = error.__traceback__ if error is not None else None
    made = asyncio.Task(coroutine, loop=loop, name=name, context=contextvars.Context())  # type: ignore[arg-type]
    if pointers.held_at(made, _LOOP) != id(loop):
        coroutine.close()
        raise TypeError("this Python's tasks hold their loop elsewhere")
    step, *arguments = loop.steps
    step(*arguments)
    pointers.exchange(made, _LOOP, asyncio.get_event_loop())
    if error is not None:
        made.exception()  # it was seen, or would have been told of by now
        error.__traceback__ = traceback
    return made


async def _ends(how: str, what: Any) -> Any:
    if how == "result":
        return what
    raise what if how == "exception" else asyncio.CancelledError


def _make_task(name: str, qualname: str, outcome: tuple[str, Any]) -> Any:
    """The same of the class that is written in Python."""
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
        coroutine = value.get_coro()
        code = getattr(coroutine, "cr_code", None) or getattr(coroutine, "gi_code", None)
        place = (code.co_filename, code.co_firstlineno) if code is not None else None
        return make_task, (value.get_name(), coroutine.__qualname__, _outcome(value), place)
    if type(value) is asyncio.Future and (value.done() or not value._callbacks):
        return make_future, (_outcome(value),)
    if type(value) is asyncio.Future and all(_is_plain(call) for call, _ in value._callbacks):
        return make_future, (("pending", None),), value._callbacks, None, None, give_callbacks
    raise CannotKeep(Cause.LIVE_RESOURCE, "a task's place in its code can't be kept")


def _is_plain(call: Any) -> bool:
    """Not what wakes a task, or belongs to another future."""
    called = call.func if type(call) is functools.partial else call
    if not isinstance(called, (types.FunctionType, types.MethodType, types.BuiltinFunctionType)):
        return False
    home = called.__module__ or type(getattr(called, "__self__", None)).__module__
    return home.strip("_").partition(".")[0] != "asyncio"


def _outcome(value: Any) -> tuple[str, Any]:
    if not value.done():
        return "pending", None
    if value.cancelled():
        return "cancelled", None
    error = value.exception()
    return ("result", value.result()) if error is None else ("exception", error)
