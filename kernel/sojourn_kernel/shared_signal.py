"""The stop signal is Sojourn's. A handler that a cell gives it stands beside: ``signal.getsignal`` says it, and it is called once all is saved."""

from __future__ import annotations

import functools
import signal
import threading
from collections.abc import Callable
from typing import Any

_beside: dict[int, Any] = {}
"""By number, for signals that are Sojourn's: the handler as cells see it."""
_before: dict[int, Any] = {}
"""By number: the handler from before, which is no cell's."""
_takes: dict[int, Callable[[], object]] = {}
"""By number: what makes the signal Sojourn's."""


def take(number: signal.Signals, handler: Callable[[int, Any], Any]) -> None:
    """Handle a signal from here on, whatever handler cells give to it."""
    _beside[number] = _before[number] = signal.getsignal(number)
    signal.signal(number, handler)
    _share(number, handler)


def take_again(number: signal.Signals) -> None:
    """Compiled code (gmsh's) may have given the signal another handler, or none, which Python does not see."""
    if number in _beside and threading.current_thread() is threading.main_thread():
        _takes[number]()


def _share(number: int, ours: Callable[[int, Any], Any]) -> None:
    set_handler, get_handler = signal.signal, signal.getsignal
    _takes[number] = functools.partial(set_handler, number, ours)

    @functools.wraps(set_handler)
    def set_beside(signalnum: Any, handler: Any) -> Any:
        before = set_handler(signalnum, handler)  # raises what it raises
        if signalnum != number or number not in _beside:
            return before
        before, _beside[number] = _beside[number], get_handler(number)
        set_handler(number, ours)
        return before

    @functools.wraps(get_handler)
    def get_beside(signalnum: Any) -> Any:
        return _beside[number] if signalnum == number and number in _beside else get_handler(signalnum)

    signal.signal, signal.getsignal = set_beside, get_beside


def give_back(number: signal.Signals) -> bool:
    """The handler as cells see it is the signal's from here on, in a process that a cell forked; whether it was not before."""
    if number not in _beside:
        return False
    handler = _beside.pop(number)
    signal.signal(number, signal.SIG_DFL if handler is None else handler)
    return True


def call_beside(number: signal.Signals, frame: Any) -> None:
    """Call the handler that a cell gave to a signal, if any did. Raises what that raises."""
    handler = _beside.get(number)
    if callable(handler) and handler is not _before[number]:
        handler(number, frame)
