"""Messages of front ends to the comms in the kernel (a widget that was moved, a page that was loaded again): what is restored is loaded first."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any

from .in_loop import call_in


def load_first(kernel: Any) -> None:
    """Have the kernel load what is restored before it handles such messages."""
    for name in ("comm_open", "comm_msg", "comm_close"):
        kernel.shell_handlers[name] = _after_loading(kernel, kernel.shell_handlers[name])
    kernel.shell_handlers["comm_info_request"] = _after_comms(kernel, kernel.shell_handlers["comm_info_request"])


def _after_loading(kernel: Any, handler: Any) -> Any:
    """These run callbacks, which may reach anything: all is loaded first, and no save meets one half-way."""

    async def handle(*args: Any) -> Any:
        await _in_main_thread(kernel, lambda: kernel.keeper.ensure(None))
        kernel.keeper.adopt_context()
        beside = threading.current_thread() is not threading.main_thread()  # in a subshell
        if beside:
            kernel.keeper.watch.starts()
        try:
            return await _answered(handler, args)
        finally:
            if beside:
                kernel.keeper.watch.ended()
                if kernel.stopping.begun.is_set():
                    kernel.io_loop.add_callback(kernel.stopping.end)
            kernel.schedule.changed_outside()

    return handle


def _after_comms(kernel: Any, handler: Any) -> Any:
    async def handle(*args: Any) -> Any:
        await _in_main_thread(kernel, kernel.keeper.ensure_comms)
        return await _answered(handler, args)

    return handle


async def _answered(handler: Any, args: tuple[Any, ...]) -> Any:
    result = handler(*args)
    return await result if asyncio.iscoroutine(result) else result


async def _in_main_thread(kernel: Any, load: Callable[[], None]) -> None:
    """What is loaded belongs to the thread that cells run in: signal handlers, connections to SQLite."""
    if kernel.keeper.loaded or threading.current_thread() is threading.main_thread():
        load()
    else:
        await asyncio.wrap_future(call_in(kernel.io_loop, load))
