"""Whether code of the user's may be running between cells: threads and tasks that the kernel did not start."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

_KERNEL_THREADS = ("MainThread", "IOPub", "Control", "Heartbeat", "IPythonHistorySavingThread", "sojourn-", "Shell channel", "shell_channel",
                   "subshell-", "pydevd", "tqdm")  # fmt: skip
_KERNEL_CODE = ("/ipykernel/", "/tornado/", "/zmq/", "/jupyter_client/", "/sojourn_kernel/", "/asyncio/", "/IPython/")


def something_runs() -> bool:
    """Whether the user's threads or tasks may change things between cells."""
    if any(_is_users(thread) for thread in threading.enumerate()):
        return True
    try:
        tasks = asyncio.all_tasks()
    except RuntimeError:  # no loop here: a subshell's thread, or a test
        return False
    return any(not _is_kernels(task) for task in tasks) or bool(timers(asyncio.get_running_loop()))


def timers(loop: Any) -> list[asyncio.TimerHandle]:
    """Calls of the user's functions that a loop will make later."""
    waiting = [handle for handle in list(getattr(loop, "_scheduled", ())) if not handle.cancelled()]
    return [handle for handle in waiting if not _is_librarys(getattr(handle, "_callback", None))]


def _is_librarys(callback: Any) -> bool:
    callback = getattr(callback, "func", callback)
    code = getattr(getattr(callback, "__func__", callback), "__code__", None)
    if code is None:
        return type(getattr(callback, "__self__", None)).__module__.split(".")[0] in (
            "_asyncio",
            "asyncio",
            "tornado",
            "zmq",
        )
    return any(part in code.co_filename for part in (*_KERNEL_CODE, "/site-packages/", "/lib/python"))


def _is_users(thread: threading.Thread) -> bool:
    named = thread.name.startswith(_KERNEL_THREADS) or "_watch_pipe_fd" in thread.name
    return not named and not type(thread).__module__.startswith("ipykernel.")  # one watches the kernel's parent


def _is_kernels(task: asyncio.Task[Any]) -> bool:
    code = getattr(task.get_coro(), "cr_code", None)
    return code is not None and any(part in code.co_filename for part in _KERNEL_CODE)
