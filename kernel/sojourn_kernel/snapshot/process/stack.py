"""Room for nesting of any depth: pickling recurses as deep as the user's data does."""

from __future__ import annotations

import contextvars
import sys
import threading
from collections.abc import Callable
from typing import Any

STACK = 512 << 20  # bytes of stack (virtual) for nesting of any depth
DEPTH = 400_000
SHALLOW = 2_000  # levels that an ordinary thread of 8 MiB stands


def shallow_then_deep(act: Callable[[], Any]) -> Any:
    """Run here, where what belongs to a thread is at home; nested too deep for this stack, in a thread with a larger one."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(sys_depth() + 200, min(limit, SHALLOW)))
    try:
        return act()
    except RecursionError:
        pass
    finally:
        sys.setrecursionlimit(limit)
    return deep(act)


def sys_depth() -> int:
    frame, depth = sys._getframe(), 0
    while frame is not None:
        frame, depth = frame.f_back, depth + 1  # type: ignore[assignment]
    return depth


def deep(act: Callable[[], Any]) -> Any:
    """Run with a stack that no nesting overflows. Exceptions come through."""
    outcome: list[Any] = []

    def run() -> None:
        try:
            outcome.append((True, act()))
        except BaseException as error:
            outcome.append((False, error))

    limit, size = sys.getrecursionlimit(), threading.stack_size(STACK)
    try:
        sys.setrecursionlimit(max(limit, DEPTH))
        thread = threading.Thread(target=contextvars.copy_context().run, args=(run,), name="sojourn-freeze")
        thread.start()
        threading.stack_size(size)
        thread.join()
    finally:
        threading.stack_size(size)
        sys.setrecursionlimit(limit)
    good, result = outcome.pop()
    try:
        if not good:
            raise result
        return result
    finally:
        del result  # an error's traceback has this call, which would keep the error
