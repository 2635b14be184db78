"""Whether code of the user's may be running between cells: threads, tasks and calls of the loop that the kernel did not start."""

from __future__ import annotations

import asyncio
import sys
import threading
import types
from collections.abc import Mapping

from . import loop_calls

_KERNEL_THREADS = ("MainThread", "IOPub", "Control", "Heartbeat", "IPythonHistorySavingThread", "sojourn-", "Shell channel", "shell_channel",
                   "subshell-", "pydevd", "tqdm")  # fmt: skip
_POOL_WAITS = ("/concurrent/futures/thread.py", "_worker")  # where a pool's thread waits for work


def something_runs() -> bool:
    """Whether the user's threads, tasks, timers or readers may change things between cells."""
    frames = sys._current_frames()
    try:
        if unlisted_threads(frames) or any(_is_users(thread, frames) for thread in threading.enumerate()):
            return True
    finally:
        frames.clear()  # this call's own frame is among them: it would keep itself, and all that its callers hold, until it is collected
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:  # no loop here: a subshell's thread, or a test
        return False
    return bool(loop_calls.tasks(loop) or loop_calls.timers(loop) or loop_calls.readers(loop))


def unlisted_threads(frames: Mapping[int, types.FrameType]) -> list[types.CodeType]:
    """What the user's threads run that ``threading`` did not start, and so doesn't list (``_thread.start_new_thread``)."""
    listed = {thread.ident for thread in threading.enumerate() if not isinstance(thread, threading._DummyThread)}
    outermost = [_outermost(frame).f_code for number, frame in frames.items() if number not in listed]
    return [code for code in outermost if not loop_calls.is_librarys(code)]


def _outermost(frame: types.FrameType) -> types.FrameType:
    while frame.f_back is not None:
        frame = frame.f_back
    return frame


def _is_users(thread: threading.Thread, frames: Mapping[int, types.FrameType]) -> bool:
    if isinstance(thread, threading._DummyThread) or thread is threading.main_thread():
        return False
    named = thread.name.startswith(_KERNEL_THREADS) or "_watch_pipe_fd" in thread.name
    if named or type(thread).__module__.startswith("ipykernel."):  # one of its classes watches the kernel's parent
        code = _code_of(thread)
        return code is not None and not loop_calls.is_librarys(code)
    return not _waits_for_work(frames.get(thread.ident or 0))


def _code_of(thread: threading.Thread) -> types.CodeType | None:
    """What a thread runs, as far as that is Python's."""
    own = type(thread).run is not threading.Thread.run
    runs = type(thread).run if own else getattr(thread, "_target", None)
    code = loop_calls.code_of(runs)
    return code if isinstance(code, types.CodeType) else None


def _waits_for_work(frame: types.FrameType | None) -> bool:
    """Whether a thread of a pool has nothing to do: what gives it more is code of its own."""
    if frame is None:
        return False
    file, function = _POOL_WAITS
    return frame.f_code.co_name == function and frame.f_code.co_filename.endswith(file)
