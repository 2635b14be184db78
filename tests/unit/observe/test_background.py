"""What may run between cells: seen whoever started it, and the kernel's own left out."""

from __future__ import annotations

import _thread
import asyncio
import functools
import gc
import sys
import threading
import time
import weakref
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sojourn_kernel.observe.background import _is_users, something_runs, unlisted_threads
from sojourn_kernel.observe.loop_calls import readers, tasks, timers

SECONDS = 60.0


def as_a_cells(code: str) -> Callable[..., Any]:
    """A function that no library's file holds."""
    namespace: dict[str, Any] = {}
    exec(compile(code, "/tmp/ipykernel_1/1.py", "exec"), namespace)
    return namespace["f"]


def in_a_loop(check: Callable[[asyncio.AbstractEventLoop], Awaitable[None]]) -> None:
    async def run() -> None:
        await check(asyncio.get_running_loop())

    asyncio.run(run())


def test_a_thread_that_python_does_not_list_is_seen_while_it_runs() -> None:
    begun, end = threading.Event(), threading.Event()
    _thread.start_new_thread(as_a_cells("def f(begun, end):\n    begun.set()\n    end.wait()"), (begun, end))
    begun.wait(SECONDS)
    assert [code.co_name for code in unlisted_threads(sys._current_frames())] == ["f"]
    assert something_runs()
    end.set()


def test_looking_keeps_nothing_of_its_callers() -> None:
    class Large: ...

    def look() -> weakref.ref[Large]:
        held = Large()
        something_runs()
        return weakref.ref(held)

    gc.disable()
    try:
        assert look()() is None
    finally:
        gc.enable()


def test_a_pools_thread_runs_while_it_has_work() -> None:
    end = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        work = pool.submit(end.wait, SECONDS)
        (thread,) = pool._threads
        assert _is_users(thread, sys._current_frames())
        end.set()
        work.result()
        until = time.monotonic() + SECONDS
        while _is_users(thread, sys._current_frames()) and time.monotonic() < until:
            time.sleep(0.01)
        assert not _is_users(thread, sys._current_frames())


@pytest.mark.parametrize(
    ("callback", "arguments"),
    [
        ([].append, (1,)),
        (as_a_cells("def f(): pass"), ()),
        (functools.partial(as_a_cells("def f(x): pass"), 1), ()),
        (asyncio.sleep, (as_a_cells("def f(): pass"),)),  # a library's function that is given the user's
    ],
)
def test_a_timer_of_the_users_is_seen_through_what_calls_it(callback: Any, arguments: tuple[Any, ...]) -> None:
    async def check(loop: asyncio.AbstractEventLoop) -> None:
        assert timers(loop) == []
        handle = loop.call_later(SECONDS, callback, *arguments)
        assert len(timers(loop)) == 1
        handle.cancel()
        assert timers(loop) == []

    in_a_loop(check)


def test_what_a_future_calls_when_a_timer_sets_it_is_seen() -> None:
    async def check(loop: asyncio.AbstractEventLoop) -> None:
        future = loop.create_future()
        loop.call_later(SECONDS, future.set_result, 1)
        assert timers(loop) == []
        future.add_done_callback(as_a_cells("def f(future): pass"))
        assert len(timers(loop)) == 1

    in_a_loop(check)


def test_a_task_of_asyncios_own_code_is_the_users() -> None:
    async def check(loop: asyncio.AbstractEventLoop) -> None:
        before = len(tasks(loop))
        task = loop.create_task(asyncio.sleep(SECONDS))
        assert len(tasks(loop)) == before + 1
        task.cancel()

    in_a_loop(check)


def test_a_reader_is_seen_and_the_loops_own_is_not() -> None:
    async def check(loop: asyncio.AbstractEventLoop) -> None:
        import os

        reading, writing = os.pipe()
        assert readers(loop) == []
        loop.add_reader(reading, as_a_cells("def f(): pass"))
        assert [one.__name__ for one in readers(loop)] == ["f"]
        loop.remove_reader(reading)
        os.close(reading)
        os.close(writing)

    in_a_loop(check)
