"""A user's interrupt in the middle of a save or a load: told from whatever objects raise by themselves, and never where it leaves things half done."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Interruption(BaseException):
    """Comes from outside: no object is to blame. Whoever catches what objects raise lets it through."""


class Interrupted(Exception):
    """What was to be loaded is not: the user has interrupted it, and what cancels the cell has yet to run."""


class _Held:
    """Interrupts from here on. open: whether one may end what runs; waiting: whether one of the user's came; ignored: whether those are
    none; instead: what one is for that is not the user's."""

    def __init__(self, ignored: bool) -> None:
        self.open = self.waiting = False
        self.ignored = ignored
        self.instead: Callable[[], None] | None = None

    def heard(self, number: int, frame: object) -> None:
        instead, self.instead = self.instead, None
        if instead is not None:
            if self.open:
                instead()
            return
        self.waiting = not self.ignored
        if self.open and self.waiting:
            raise Interruption


_held: _Held | None = None


def standing_by(act: Callable[[], None]) -> bool:
    """The next interrupt is not the user's: it calls this, which may raise, where interrupts are let in. From any thread.

    False where none is held back: then one would be taken for the user's.
    """
    held = _held
    if held is None:
        return False
    held.instead = act
    return True


@contextmanager
def held_back(always: bool = False) -> Iterator[None]:
    """While inside, an interrupt waits for the end, or for what lets it in; then it is what it would have been.

    always: also where interrupts are ignored, for those that are not the user's.
    """
    global _held
    before = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not (always or callable(before)):
        yield
        return
    if _held is not None:
        outer, _held.open = _held.open, False
        try:
            yield
        finally:
            _held.open = outer
        return
    held = _held = _Held(ignored=not callable(before))
    signal.signal(signal.SIGINT, held.heard)
    cut_short = False
    try:
        yield
    except Interruption:
        cut_short = True
    finally:
        _held = None
        signal.signal(signal.SIGINT, signal.SIG_DFL if before is None else before)
    if held.waiting and callable(before):
        before(signal.SIGINT, None)
    if cut_short:
        raise Interrupted("it was interrupted")


@contextmanager
def let_in() -> Iterator[None]:
    """While inside, an interrupt that is held back ends what runs: it raises Interruption."""
    held = _held
    if held is None or threading.current_thread() is not threading.main_thread():
        yield
        return
    if held.waiting:
        raise Interruption
    outer, held.open = held.open, True
    try:
        yield
    finally:
        held.open = outer
