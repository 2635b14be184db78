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
    return any(not _is_kernels(task) for task in tasks)


def _is_users(thread: threading.Thread) -> bool:
    return not thread.name.startswith(_KERNEL_THREADS) and "_watch_pipe_fd" not in thread.name


def _is_kernels(task: asyncio.Task[Any]) -> bool:
    code = getattr(task.get_coro(), "cr_code", None)
    return code is not None and any(part in code.co_filename for part in _KERNEL_CODE)
