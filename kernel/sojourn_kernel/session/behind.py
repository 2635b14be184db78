"""The one forked child that saves behind the user's back: begun, waited for in a thread, taken in by the main thread."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

from ..snapshot.frozen import PLANNING, STORING
from ..snapshot.process.fork import Child, Outcome
from ..snapshot.process.own_pages import take_back
from ..system import elapsed

LOOK = 1.0  # seconds between looks at a child that is waited for
STARVED = 0.8  # part of that time in which it had no processor


class Behind:
    """Never more than one child. All but the wait for its end happens in the main thread."""

    def __init__(self) -> None:
        self.child: Child | None = None
        self.auditing = False
        "Whether the child saves nothing that is known to have changed."
        self._ended = threading.Event()
        self._ended.set()
        self._outcome: tuple[Outcome, Callable[[Outcome], None]] | None = None

    def begin(
        self,
        child: Child,
        auditing: bool,
        call: Callable[[Callable[[], None]], object],
        finished: Callable[[Outcome], None],
        busy: Callable[[], bool] = lambda: True,
    ) -> None:
        """Wait for a child. call: runs a function in the main thread; finished: called there with how the child ended.

        busy: whether the main thread has better to do than to let the pages be made its own again.
        """
        self._ended.clear()
        self.child, self.auditing = child, auditing

        def wait() -> None:
            self._outcome = (child.wait(), finished)
            self._ended.set()
            call(self.settle)
            take_back(lambda: busy() or not self._ended.is_set())

        try:
            threading.Thread(target=wait, name="sojourn-wait", daemon=True).start()
        except RuntimeError as error:  # the system has no room for one more thread
            child.call_off()
            self._outcome = (replace(child.wait(), problem=f"the child can't be waited for: {error}"), finished)
            self._ended.set()
            self.settle()

    def settle(self) -> None:
        """Take in what a child that has ended has reported, once."""
        pending, self._outcome = self._outcome, None
        if pending:
            outcome, finished = pending
            self.child = None
            finished(outcome)

    def ended_within(self, seconds: float | None) -> bool:
        """Whether there is no child at work, or none any more; None waits as long as it takes."""
        return self._ended.wait(seconds)

    def call_off_audit(self) -> None:
        """What looks at everything behind the user's back gives way to what has something to save."""
        if self.child is not None and self.auditing:
            self.child.call_off()

    def give_up(self) -> None:
        """What a child saves is not wanted any more."""
        if self.child is not None:
            self.child.call_off()
            self.ended_within(10)
        self.settle()

    def make_way(self, dirty: set[str] | None, seconds: float | None) -> None:
        """For a save in the foreground: the child is called off if it takes longer, or if it saves what must be saved again.

        dirty: what has changed since it began; None is all. seconds: how long it may go on.
        """
        child = self.child
        if child is not None and (self.auditing or _in_vain(child, dirty)):
            child.call_off()
        if child is None or self._ends(child, seconds):
            self.settle()
        else:
            self.give_up()

    def _ends(self, child: Child, seconds: float | None) -> bool:
        """Whether it ends in time. One that gets no processor is not waited for: it has stepped back, and this process has not."""
        until = None if seconds is None else elapsed() + seconds
        while True:
            left = LOOK if until is None else max(0.0, until - elapsed())
            waited = child.waited()
            if self.ended_within(min(LOOK, left)):
                return True
            if left <= LOOK and until is not None:
                return False
            if child.waited() - waited > STARVED * LOOK:
                return False


def _in_vain(child: Child, dirty: set[str] | None) -> bool:
    """Whether a child that has stored nothing yet is at what has changed since it began."""
    if child.at == STORING:
        return False
    return dirty is None or (bool(dirty) if child.at in ("", PLANNING) else child.at in dirty)
