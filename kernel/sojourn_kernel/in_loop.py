"""Calling a function in the thread of another event loop, and having what it gives back or raises."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

T = TypeVar("T")


def call_in(loop: Any, act: Callable[[], T]) -> Future[T]:
    """Have a tornado loop call ``act`` in its thread; the future has the result, or what was raised."""
    done: Future[T] = Future()

    def call() -> None:
        try:
            done.set_result(act())
        except Exception as error:
            done.set_exception(error)

    loop.add_callback(call)
    return done
