"""What the kernel does between cells, and when: checkpoints behind the user's back, loading the rest of a session, getting ready for a save."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from .observe.marks import REPLAY, mark_of
from .session import readying
from .session.alarm import Alarm
from .session.attempts import Attempts
from .session.saved import Saved
from .snapshot.process.fork import CALLED_OFF
from .snapshot.unobserved import undisturbed
from .system import elapsed

if TYPE_CHECKING:
    from .kernel import SojournKernel
    from .session.keeper import SessionKeeper

RETRY = 2.0  # seconds after which loading behind the user's back is tried again
LOAD_PAUSE = 0.01  # seconds between two pieces loaded behind the user's back
REPLY = 0.005  # seconds in which a cell's reply gets out: another thread sends it, and needs Python's lock
GET_READY = 0.5  # seconds after the start until what saves need is imported, if no cell runs then
QUIET = 0.05  # seconds without a cell until the kernel gets ready for a save
STEP_PAUSE = 0.002  # seconds between two steps of that, in which a cell may come
PATIENCE = 2.0  # seconds after a cell until a background checkpoint does what is left of it at once, and holds up whatever comes meanwhile
AUDIT = 5.0  # seconds without a cell after a background checkpoint until all objects are looked at, once
BETWEEN = 5.0  # seconds of cells that follow each other at once until a checkpoint is begun between two of them
BETWEEN_UNREADY = 20.0  # the same where getting ready, which takes some tenths of a second, has found no quiet moment
SHARE = 0.2  # of the time that looking again and again may take, while threads or timers of the user's run on and no cell does


class Schedule:
    """Runs in the kernel's main thread, each step short enough for a cell that comes meanwhile to wait for it."""

    def __init__(self, kernel: SojournKernel) -> None:
        self.kernel, self.attempts = kernel, Attempts()
        self._main = threading.get_ident()
        self._steps_at_start: Iterator[str] = iter(())
        self._steps_after: Iterator[str] = iter(())
        self._getting_ready, self._last_cell = False, 0.0
        "Whether the next step is due at some time, and when a cell began or ended last."
        self._has_ended = False
        "Whether a cell has ended whose reply is on its way out."
        self._unsaved_since: float | None = None
        "When the first cell began that no checkpoint was begun after."

    @property
    def keeper(self) -> SessionKeeper:
        """The session's."""
        return self.kernel.keeper

    def begin(self) -> None:
        """Once the kernel's loop is there."""
        self._alarm = Alarm(self.kernel.io_loop, self._due)
        self._steps_at_start = readying.at_the_start()
        self._get_ready_in(GET_READY)

    def load(self) -> None:
        """Begin to load what is left of a restored session."""
        self.kernel.io_loop.call_later(LOAD_PAUSE, self._load_more)

    def cell_begins(self, code: str, metadata: Any) -> None:
        """Cells that follow each other at once leave no idle moment: once they have run for long, a checkpoint is begun between two;
        and before one that may run again from the state before it."""
        now = self._last_cell = elapsed()
        if not self.kernel.settings.background or threading.get_ident() != self._main:
            return
        if self.keeper.progress.changed and (self._is_late(now) or mark_of(code, metadata) == REPLAY):
            self._save_behind()
        if self._unsaved_since is None:
            self._unsaved_since = now

    def _is_late(self, now: float) -> bool:
        """Whether cells have run for so long without a checkpoint that one is begun between two of them."""
        waited = 0.0 if self._unsaved_since is None else now - self._unsaved_since
        if waited <= max(BETWEEN, self.attempts.pause):
            return False
        return waited > BETWEEN_UNREADY or readying.is_done()

    def cell_ended(self) -> None:
        """Note it once its reply is out."""
        self._last_cell, self._has_ended = elapsed(), True
        self._alarm.set(REPLY)

    def _get_ready_in(self, seconds: float) -> None:
        if not self._getting_ready:
            self._getting_ready = True
            self.kernel.io_loop.call_later(seconds, self._get_ready)

    def _get_ready(self) -> None:
        """One step. Cells that follow each other at once, and what else was asked for meanwhile, go before it."""
        self._getting_ready = False
        if self.keeper.executing or elapsed() - self._last_cell < QUIET:
            self._get_ready_in(QUIET)
            return
        try:
            with undisturbed():
                begun = next(self._steps_at_start, None) or next(self._steps_after, None)
            if begun is not None:
                self._get_ready_in(STEP_PAUSE)
        except Exception as error:  # the save meets the same, and says so
            self.kernel.log.warning("sojourn: getting ready for a save: %r", error)

    def _load_more(self) -> None:
        loading = self.keeper.loading
        try:
            if self.keeper.executing:
                self.kernel.io_loop.call_later(0.1, self._load_more)
            elif loading is not None and loading.load_some():
                self.kernel.io_loop.call_later(LOAD_PAUSE, self._load_more)
        except Exception as error:
            self.kernel.log.warning("sojourn: loading behind: %r", error)
            self.kernel.io_loop.call_later(RETRY, self._load_more)

    def changed_outside(self) -> None:
        """A widget's callback, or an expression that a front end asked for, may have changed anything: save that too."""
        self.keeper.changes.touched()
        if self.kernel.settings.background and not self._alarm.is_set:
            self._alarm.set(self.kernel.settings.idle)

    def signalled(self, numbers: set[int]) -> None:
        """Handlers of signals have run. One of SIGCHLD hears of the children that save as well: it asks for no checkpoint at once."""
        if numbers != {signal.SIGCHLD}:
            self.changed_outside()
            return
        self.keeper.changes.went_on()
        if self.kernel.settings.background and not self._alarm.is_set:
            self._alarm.set(AUDIT)

    def _due(self) -> None:
        """What waits for the replies to be out is done first; a background checkpoint once nothing has run for a while."""
        if self._has_ended or not self.keeper.changes.noted:
            self._has_ended = False
            self.keeper.changes.note_cells()
            self._steps_after = readying.after_a_cell(self.kernel.shell.user_ns)
            self._get_ready_in(QUIET)
            if self.kernel.settings.background:
                self._alarm.set(self.kernel.settings.idle)
        elif self._getting_ready and elapsed() - self._last_cell < PATIENCE:
            self._alarm.set(QUIET)
        elif self.kernel.settings.background:
            self._save_behind()

    def _save_behind(self) -> None:
        if self.keeper.executing or self.kernel.stopping.begun.is_set():
            return
        if self.keeper.behind.child is not None:
            self.keeper.behind.call_off_audit()
            self._alarm.set(self.kernel.settings.idle)
            return
        try:
            begun = self.keeper.save_behind("idle", self.kernel.io_loop.add_callback, self._saved_behind)
            if begun:
                self._unsaved_since = None
            elif not self.keeper.loaded:
                self._alarm.set(self.kernel.settings.idle)
        except Exception as error:
            # No room for a child, or a cell has put something else in place of what a fork needs: the kernel saves by itself.
            self.kernel.log.error("sojourn: background checkpoint: %r; saving in the kernel", error, exc_info=True)
            self._saved_behind(self.kernel.save_safely("idle", None))

    def _saved_behind(self, saved: Saved) -> None:
        self.keeper.news = self.attempts.ended(saved) or self.keeper.news
        if saved.ok:
            self.kernel.log.info("sojourn: saved %s (%d bytes, %.2f s)", saved.checkpoint, saved.bytes, saved.seconds)
            if not self.kernel.stopping.begun.is_set():
                self.keeper.pruning.begin(self.kernel.io_loop.add_callback)
        elif saved.error != CALLED_OFF:
            self.kernel.log.warning("sojourn: background checkpoint: %s", saved.error)
        if self._alarm.is_set or self.kernel.stopping.begun.is_set():
            return
        if not self.keeper.progress.changed and saved.ok:
            progress = self.keeper.progress
            seconds = progress.frozen.seconds_to_look if progress.changing and progress.frozen else 0.0
            self._alarm.set(max(AUDIT, seconds / SHARE))
        elif self.keeper.progress.changed and self.keeper.owner and not self.keeper.executing:
            pause = self.kernel.settings.idle if saved.ok else self.attempts.pause
            self._alarm.set(pause)
