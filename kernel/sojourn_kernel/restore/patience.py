"""The time that running cells again may take: what does not come to an end is refused, for a session waits for it and hears nothing."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from ..snapshot.process.interruption import held_back, standing_by

LEAST = 20.0  # seconds that it has in any case
TIMES = 10.0  # as long as the cells took when they ran first
_AGAIN = 0.5  # seconds until what did not end is told so once more


class TookTooLong(BaseException):
    """Raised in the code that runs again; no handler of errors is meant for it."""


@contextmanager
def patience(seconds: float) -> Iterator[None]:
    """What runs in the main thread inside, where interrupts are let in, is ended after that many seconds."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    over = threading.Event()

    def end() -> None:
        raise TookTooLong(f"it takes longer than {seconds:.0f} s")

    def wait() -> None:
        left = seconds
        while not over.wait(left):
            standing_by(end)
            signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)  # type: ignore[arg-type]
            left = _AGAIN

    thread = threading.Thread(target=wait, name="sojourn-patience", daemon=True)
    with held_back(always=True):
        with suppress(RuntimeError):  # no room for one more thread: it has all the time then
            thread.start()
        try:
            yield
        finally:
            over.set()
            if thread.ident is not None:
                thread.join(1.0)  # a signal that it has just sent is heard in here
