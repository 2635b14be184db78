"""What could not be kept, and why: the one vocabulary for every room that finds a loss.

A loss is never silent. Whoever cannot keep something exactly makes a :class:`Told`; it travels in the checkpoint,
shows in the restore report and names itself when the user touches what is missing.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import Enum


class Cause(str, Enum):
    """Why something was not kept. The value is what the report and the API print."""

    LIVE_RESOURCE = "live-resource"  # a socket, thread, subprocess, generator: has no meaning elsewhere
    UNPICKLABLE = "unpicklable"  # its own serialisation raised or is refused
    UNLOADABLE = "unloadable"  # it was stored, and loading it here raised
    MISSING_MODULE = "missing-module"  # a package or user module that this environment lacks
    ENVIRONMENT = "environment"  # package versions, devices, Python version differ
    FILE = "file"  # a file outside the persistent home, or changed since
    REPLAY_MISMATCH = "replay-mismatch"  # recomputed, and the fingerprint differs
    DEADLINE = "deadline"  # the save had to end before this was written
    INTERRUPTED = "interrupted"  # the cell was running when the session stopped
    EXPENDABLE = "expendable"  # the user marked it so
    STALE = "stale"  # kept, but as of an earlier checkpoint


@dataclass(frozen=True)
class Told:
    """One loss.

    name: the user's name for it (a variable, or ``@ambient/...`` for process state).
    path: where inside the value, as Python source after the name (``[3].lock``); empty for the whole value.
    cause, reason: the class of loss, and one sentence for the user.
    cell: execution count of the cell that made it, if known; ``source``: that cell's text.
    """

    name: str
    cause: Cause
    reason: str
    path: str = ""
    cell: int | None = None
    source: str = ""

    def sentence(self) -> str:
        """The sentence shown to the user, naming the cell to run again where it is known."""
        again = f" Run cell [{self.cell}] again to make it." if self.cell is not None else ""
        return f"{self.name}{self.path}: {self.reason}{again}"

    def to_json(self) -> dict[str, object]:
        return {**asdict(self), "cause": self.cause.value}

    @classmethod
    def from_json(cls, data: dict[str, object]) -> Told:
        return cls(**{**data, "cause": Cause(data["cause"])})  # type: ignore[arg-type]
