"""A store that is away when the kernel starts: looked for until it is there, and then the session comes back."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from .opening import Opened, open_session

if TYPE_CHECKING:
    from ..kernel import SojournKernel

FIRST_PAUSE = 2.0  # seconds until a store that was away is looked for again; each time twice as long
LONGEST_PAUSE = 60.0  # seconds


class WaitingForStore:
    """What has run meanwhile is never overwritten: then the user decides between it and the session in the store."""

    def __init__(self, kernel: SojournKernel) -> None:
        self.kernel, self._pause = kernel, FIRST_PAUSE

    def begin(self) -> None:
        """In the main thread, which goes on; returns at once."""
        if self.kernel.keeper.away and not self.kernel.stopping.begun.is_set():
            self.kernel.io_loop.call_later(self._pause, self._look)
            self._pause = min(2 * self._pause, LONGEST_PAUSE)

    def _look(self) -> None:
        settings, loop = self.kernel.settings, self.kernel.io_loop

        def look() -> None:
            loop.add_callback(self._looked, open_session(settings.store, settings.session))

        threading.Thread(
            target=look, name="sojourn-store", daemon=True
        ).start()  # the kernel's end does not wait for it

    def _looked(self, opened: Opened) -> None:
        if self.kernel.keeper.away and not opened.away:  # the user may have begun a fresh session meanwhile
            self._there(opened)
        else:
            self.begin()

    def _there(self, opened: Opened) -> None:
        keeper = self.kernel.keeper
        if opened.last is None or not self.kernel.cells_begun():
            keeper.take(opened)
            self.kernel.restored()
            if self.kernel.cells_begun():
                keeper.news = opened.note or "the store can be reached again: this session is saved from here on"
                self.kernel.schedule.changed_outside()
        else:
            keeper.away = False
            keeper.note = keeper.news = (
                "the store can be reached again, and cells have run meanwhile. Restart the kernel to get the session back that is "
                "in the store, or say %sojourn fresh to begin anew; until then nothing is saved"
            )
