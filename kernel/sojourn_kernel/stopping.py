"""The end of a kernel: the stop signal, the wait for a running cell, the last checkpoint."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

from . import shared_signal
from .session.cut_short import leave_behind, leave_unsaved, seconds_for_a_save
from .session.keeper import MARGIN
from .snapshot.process.collector import no_collector
from .snapshot.unobserved import undisturbed
from .system import read, sleep

if TYPE_CHECKING:
    from .kernel import SojournKernel

LAST_WORDS = 1.5  # seconds before the end of the grace at which a cell that can't be interrupted is left behind
MOVED = "the session had to move"


class Stopping:
    """What happens between the stop signal and the end of the process."""

    def __init__(self, kernel: SojournKernel) -> None:
        self.kernel, self.begun = kernel, threading.Event()
        self.deadline = 0.0
        self._lock = threading.RLock()
        self._masks: dict[int, Any] = {}
        "Of threads that fork at the moment."

    def listen(self) -> None:
        """Take the stop signal. A thread hears of it as well: the main one handles no signal while it is in foreign code."""
        shared_signal.take(signal.SIGTERM, self._signalled)
        reading, writing = os.pipe()
        for end in (reading, writing):
            os.set_blocking(end, end == reading)
        other = signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
        if other != -1:  # somebody else's loop needs it
            signal.set_wakeup_fd(other, warn_on_full_buffer=False)
        threading.Thread(target=self._hear, args=(reading,), name="sojourn-signals", daemon=True).start()
        os.register_at_fork(
            before=self._hold_signal, after_in_parent=self._let_signal_in, after_in_child=self._not_in_a_child
        )

    def listen_on(self) -> None:
        """What a cell called may have taken the signal away."""
        shared_signal.take_again(signal.SIGTERM)

    def _hear(self, reading: int) -> None:
        while heard := read(reading, 64):
            if signal.SIGTERM in heard:
                self.begin()
            if others := set(heard) - {signal.SIGTERM, signal.SIGINT}:
                self.kernel.io_loop.asyncio_loop.call_soon_threadsafe(self.kernel.schedule.signalled, others)

    def _signalled(self, signum: int, frame: Any) -> None:
        self.begin()

    def _hold_signal(self) -> None:
        """A forked process that is ended at once must not be heard by this one: until it is its own, it shares the pipe."""
        self._masks[threading.get_ident()] = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])

    def _let_signal_in(self) -> None:
        signal.pthread_sigmask(signal.SIG_SETMASK, self._masks.pop(threading.get_ident()))

    def _not_in_a_child(self) -> None:
        """A process that a cell forked (a pool's worker) ends at the signal, as it would under any other kernel."""
        if shared_signal.give_back(signal.SIGTERM):
            signal.set_wakeup_fd(-1)
        self._let_signal_in()

    @undisturbed()
    def begin(self) -> None:
        """Save and end, within the grace."""
        with self._lock:
            if self.begun.is_set():
                return
            self.deadline = time.monotonic() + max(1.0, self.kernel.settings.grace - MARGIN)
            self.begun.set()
        loop = self.kernel.io_loop.asyncio_loop
        loop.call_soon_threadsafe(self.end)  # not by way of tornado, which warns where a user's hook would see it
        if self.kernel.keeper.executing:
            threading.Thread(target=self._interrupt_in_time, daemon=True).start()

    def _interrupt_in_time(self) -> None:
        """Wait for a running cell as long as the grace allows, then interrupt it, so that there is time to save."""
        keeper = self.kernel.keeper
        interrupt_at = self.deadline - LAST_WORDS - seconds_for_a_save(keeper, self.deadline - time.monotonic())
        while keeper.executing and time.monotonic() < interrupt_at:
            sleep(0.05)
        if keeper.executing:
            self.kernel.interrupt_cell(MOVED)
        leave_at = max(self.deadline - LAST_WORDS, time.monotonic() + 0.5)
        while keeper.executing and time.monotonic() < leave_at:
            sleep(0.05)
        if keeper.executing:
            saved = leave_behind(keeper, "SIGTERM")
            self.kernel.log.error(
                "sojourn: a running cell could not be interrupted; the last background checkpoint stands"
            )
            os._exit(0 if saved.ok else 1)

    @undisturbed()
    def end(self) -> None:
        """Final checkpoint, then the end. Not while a cell runs: then the cell's end calls it."""
        kernel = self.kernel
        if kernel.keeper.executing:
            return
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # one that was meant for a cell must not end the save
        with no_collector():  # what is garbage ends with the process
            saved = kernel.save_safely("SIGTERM", max(0.5, self.deadline - time.monotonic()))
        if saved.ok:
            kernel.log.warning("sojourn: saved %s in %.2f s", saved.checkpoint, saved.seconds)
        else:
            kernel.log.error("sojourn: not saved: %s", saved.error)
            leave_unsaved(kernel.keeper, "SIGTERM", saved.error)
        kernel.keeper.not_dying()
        code = 0 if saved.ok or not kernel.keeper.owner else 1
        self._call_the_users(code)
        self._flush()
        os._exit(code)

    def _call_the_users(self, code: int) -> None:
        """A handler that a cell gave to the stop signal is called when all is saved, as long as the grace lasts."""
        threading.Thread(target=self._end_in_time, args=(code,), daemon=True).start()
        try:
            shared_signal.call_beside(signal.SIGTERM, sys._getframe())
        except BaseException as error:  # mostly SystemExit, and what follows is the end
            self.kernel.log.warning("sojourn: a cell's handler of SIGTERM: %r", error)

    def _end_in_time(self, code: int) -> None:
        sleep(max(0.5, self.deadline - time.monotonic()))
        os._exit(code)

    def _flush(self) -> None:
        for flush in (self.kernel.shell.history_manager.writeout_cache, sys.stdout.flush, sys.stderr.flush):
            try:
                flush()
            except Exception as error:
                print(f"sojourn: {error!r}", file=sys.__stderr__)
        sleep(0.05)  # the iopub thread has its own queue
