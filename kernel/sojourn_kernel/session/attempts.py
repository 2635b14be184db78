"""Background checkpoints that fail: when the next is tried, and what the user is told."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from ..snapshot.process.fork import CALLED_OFF
from ..system import now
from .saved import Saved

FIRST_PAUSE = 2.0  # seconds from a failure to the next attempt; each further failure doubles it
LONGEST_PAUSE = 60.0  # seconds
TOLD_AFTER = 3  # failures in a row: a store that hiccups is nobody's business


@dataclass
class Attempts:
    """How the last background checkpoints ended."""

    failed: int = 0
    "Failures since the last success."
    error: str = ""
    "The last failure's, empty when there was none since the last success."
    _since: float = field(default_factory=now)

    @property
    def pause(self) -> float:
        """Seconds to wait before the next attempt."""
        return float(min(FIRST_PAUSE * 2 ** max(0, self.failed - 1), LONGEST_PAUSE))

    def ended(self, saved: Saved) -> str:
        """Take in how an attempt ended. Returns what the user is to be told, mostly nothing."""
        if saved.ok:
            told, self.failed, self.error, self._since = self.failed >= TOLD_AFTER, 0, "", now()
            return "checkpoints are made again: what could not be saved is saved now" if told else ""
        if saved.error == CALLED_OFF:
            return ""
        self.failed, self.error = self.failed + 1, saved.error
        if self.failed != TOLD_AFTER:
            return ""
        since = time.strftime("%H:%M", time.localtime(self._since))
        return f"what changed since {since} could not be saved yet ({self.error}); it is tried again and again"
