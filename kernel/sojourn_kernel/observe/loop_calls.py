"""What an event loop will call of the user's: timers, readers of descriptors, tasks, and what waits for futures."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Iterator
from typing import Any

_OWN_CODE = ("/ipykernel/", "/tornado/", "/zmq/", "/jupyter_client/", "/sojourn_kernel/", "/IPython/")
_LIBRARIES = ("/asyncio/", "/site-packages/", "/lib/python")
_LOOPS = ("_asyncio", "asyncio", "tornado", "zmq")
_THEIR_CALLBACKS = ("callback", "_recv_callback")  # what tornado's PeriodicCallback and zmq's streams call


def is_own(code: Any) -> bool:
    """Whether code is of what the kernel is made of."""
    return any(part in code.co_filename for part in _OWN_CODE)


def is_librarys(code: Any) -> bool:
    """Whether code is a library's, the kernel's own among them."""
    return is_own(code) or any(part in code.co_filename for part in _LIBRARIES)


def timers(loop: Any) -> list[Any]:
    """The user's functions that a loop will call later."""
    waiting = [handle for handle in list(getattr(loop, "_scheduled", ())) if not handle.cancelled()]
    return [one for handle in waiting for one in _users(handle)]


def readers(loop: Any) -> list[Any]:
    """Functions that a loop calls when a descriptor is ready, but for the kernel's own."""
    selector = getattr(loop, "_selector", None)
    known = selector.get_map() if selector is not None else None
    handles = [handle for key in list((known or {}).values()) if isinstance(key.data, tuple) for handle in key.data]
    return [one for handle in handles if handle is not None for one in _of_descriptor(handle)]


def tasks(loop: Any) -> list[asyncio.Task[Any]]:
    """The user's tasks: all but those of the kernel's own."""
    return [task for task in asyncio.all_tasks(loop) if not _is_kernels(task)]


def _of_descriptor(handle: Any) -> list[Any]:
    owner = getattr(handle._callback, "__self__", None)
    if isinstance(handlers := getattr(owner, "handlers", None), dict):  # tornado's loop: by descriptor
        _, function = handlers.get(next(iter(handle._args), None), (None, None))
        return [one for one in _called([function]) if not _of_library(one)]
    if isinstance(owner, asyncio.AbstractEventLoop) and handle._callback.__name__ == "_read_from_self":
        return []
    # A server or a stream of asyncio's calls what the user gave it; the kernel has none of its own.
    return _users(handle) or [handle._callback]


def _users(handle: Any) -> list[Any]:
    """The user's functions that a handle of a loop leads to."""
    return [one for one in _called([handle._callback, *(handle._args or ())]) if not _of_library(one)]


def _called(queue: list[Any]) -> Iterator[Any]:
    """Functions among these, and those that they are known to call in turn."""
    while queue:
        one = queue.pop()
        if isinstance(one, functools.partial):
            queue += [one.func, *one.args]
            continue
        owner = getattr(one, "__self__", None) if callable(one) else one
        if isinstance(owner, asyncio.Future):
            queue += [callback for callback, _ in getattr(owner, "_callbacks", None) or ()]
        if callable(one):
            yield one
            if type(owner).__module__.startswith(_LOOPS):
                queue += [vars(owner).get(name) for name in _THEIR_CALLBACKS if name in getattr(owner, "__dict__", ())]


def code_of(function: Any) -> Any:
    """The code of a function or method; None of what has none in Python."""
    return getattr(getattr(function, "__func__", function), "__code__", None)


def _of_library(callback: Any) -> bool:
    code = code_of(callback)
    if code is None:
        return type(getattr(callback, "__self__", None)).__module__.split(".")[0] in _LOOPS
    return is_librarys(code)


def _is_kernels(task: asyncio.Task[Any]) -> bool:
    code = getattr(task.get_coro(), "cr_code", None)
    return code is not None and is_own(code)
