"""What runs beside the cells and can't go along: threads, tasks and processes of the user's. Named, so that it is told."""

from __future__ import annotations

import asyncio
import sys
import threading
import types
from collections.abc import Callable
from typing import Any

from ...observe import loop_calls
from ...observe.background import unlisted_threads
from ...told import Cause, Told
from .. import rebuild
from ..libraries.whose import users
from .provider import LATE, Provider, provide


def _threads(namespace: dict[str, Any]) -> list[str]:
    mine = [thread for thread in threading.enumerate() if not thread.name.startswith("sojourn-")]
    named = _named(namespace)
    held = {id(value) for value in list(namespace.values()) if not issubclass(type(value), _PLAIN)}
    held -= {id(stream) for stream in rebuild.STREAMS.values()}  # old = sys.stdout: the thread in it is the kernel's
    found = [
        _title(thread)
        for thread in mine
        if thread is not threading.main_thread()
        and (thread in named or users(thread) or any(users(one) or id(one) in held for one in _given(thread)))
    ]
    return found + [getattr(code, "co_qualname", code.co_name) for code in unlisted_threads(sys._current_frames())]


_PLAIN = (type(None), bool, int, float, str, bytes, type, types.ModuleType)  # what any thread may be given


def _given(thread: threading.Thread) -> list[Any]:
    """What a thread calls, the object that this is a method of, and what it is called with."""
    timer = isinstance(thread, threading.Timer)
    names = ("function", "args", "kwargs") if timer else ("_target", "_args", "_kwargs")
    target, arguments, named = (getattr(thread, name, None) for name in names)  # gone where it is through
    return [target, getattr(target, "__self__", None), *(arguments or ()), *(named or {}).values()]


def _title(thread: threading.Thread) -> str:
    """Its name; of a timer with what it calls, as Python itself names other threads."""
    if not isinstance(thread, threading.Timer):
        return thread.name
    return f"{thread.name} ({getattr(thread.function, '__name__', type(thread.function).__name__)})"


def _named(namespace: dict[str, Any]) -> list[threading.Thread]:
    return [value for value in list(namespace.values()) if issubclass(type(value), threading.Thread)]


def _tasks(namespace: dict[str, Any]) -> list[str]:
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        return []
    found = []
    for task in asyncio.all_tasks(loop):
        frame = getattr(task.get_coro(), "cr_frame", None)
        if frame is not None and frame.f_globals is namespace and frame.f_code.co_name != "<module>":
            name = getattr(frame.f_code, "co_qualname", frame.f_code.co_name)
            found.append(f"{task.get_name()} ({name})")
    return found


def _called(kind: Callable[[Any], list[Any]]) -> list[str]:
    """Names of the functions that the loop will call."""
    try:
        waiting = kind(asyncio.get_running_loop())
    except RuntimeError:
        return []
    return [getattr(one, "__qualname__", type(one).__qualname__) for one in waiting]


def _processes() -> list[str]:
    """Running processes that subprocess and multiprocessing know of: by name only, arguments may hold secrets."""
    found = []
    subprocess = sys.modules.get("subprocess")
    for process in list(getattr(subprocess, "_active", [])):
        found.append(f"pid {process.pid}")
    multiprocessing = sys.modules.get("multiprocessing")
    if multiprocessing is not None and hasattr(multiprocessing, "active_children"):
        found += [child.name for child in multiprocessing.active_children() if not _is_of_a_librarys_pool(child)]
    return found


def _is_of_a_librarys_pool(child: Any) -> bool:
    """Whether a library has a class of its own for such processes: joblib's workers, which it starts again when it needs some."""
    return not type(child).__module__.startswith("multiprocessing.") and not users(child)


def _capture(shell: Any, _: Any) -> dict[str, list[str]] | None:
    running = {
        "thread": _threads(shell.user_ns),
        "task": _tasks(shell.user_ns),
        "timer": _called(loop_calls.timers),
        "reader": _called(loop_calls.readers),
        "process": _processes(),
    }
    return running if any(running.values()) else None


def _restore(_: Any, state: dict[str, list[str]]) -> list[Told]:
    reason = "it was running when the session was saved, and does not run here; start it again if it is needed."
    return [Told(f"{kind} {name}", Cause.LIVE_RESOURCE, reason) for kind, names in state.items() for name in names]


provide(Provider("running", "what runs beside the cells", LATE, lambda _: None, _capture, _restore))
