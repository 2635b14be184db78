"""A cell that was running when its session had to go, and that its user marked to be run again: kept, and run where it goes on."""

from __future__ import annotations

import contextlib
import io
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from jupyter_client.session import Session

from ..observe.marks import REPLAY
from ..system import elapsed
from ..told import Cause, Told

MOST_OUTPUTS = 1000  # of a cell that ran while nobody looked; the last ones are kept


@dataclass(frozen=True)
class RunningCell:
    """A cell that has begun. saved_before: whether the last checkpoint, or one under way, holds all from before it."""

    source: str
    number: int
    mark: str
    saved_before: bool
    metadata: dict[str, Any]

    def to_json(self) -> dict[str, Any]:
        tags = self.metadata.get("tags")
        return {
            "source": self.source,
            "number": self.number,
            "tags": tags if isinstance(tags, list) else [],
            "saved before": self.saved_before,
        }


@dataclass(frozen=True)
class Unfinished:
    """What is to be run again. from_before: whether that begins with the state from before it, not with what it had left."""

    source: str
    number: int
    tags: tuple[str, ...]
    from_before: bool = True

    @classmethod
    def from_facts(cls, facts: dict[str, Any]) -> Unfinished | None:
        """From what a checkpoint says of its kernel."""
        row = facts.get("unfinished")
        if not isinstance(row, dict) or not isinstance(row.get("source"), str):
            return None
        tags = tuple(map(str, row.get("tags", ())))
        return cls(row["source"], int(row.get("number", 0)), tags, bool(row.get("saved before", True)))

    def to_json(self) -> dict[str, Any]:
        return {
            "source": self.source,
            "number": self.number,
            "tags": list(self.tags),
            "saved before": self.from_before,
        }


class CellUnderWay:
    """The cell that runs, or the last that did, and what became of it if the session could not wait for its end."""

    def __init__(self) -> None:
        self.cell: RunningCell | None = None
        self.told: tuple[Told, ...] = ()
        "That it was interrupted, or left behind."
        self.to_run: RunningCell | None = None
        "The cell itself, where it is to be run again in the next kernel."
        self.awaited: Unfinished | None = None
        "That of the life before, until it is run again here."

    def begins(self, cell: RunningCell) -> None:
        """The user went on, and saw what became of the cell before."""
        self.cell, self.told, self.to_run, self.awaited = cell, (), None, None

    def cut_short(self, why: str, move: bool) -> None:
        """It is about to be interrupted. move: the session goes on elsewhere at once, and what is marked so is run again there."""
        cell = self.cell
        if cell is not None and move and cell.mark == REPLAY:
            self.to_run = cell
        elif cell is not None:
            self._tell(cell, f"it was still running when {why}, and was interrupted.")

    def left_behind(self) -> None:
        """It can't be interrupted, and the process ends."""
        cell = self.cell
        if cell is not None and self.to_run is None:
            self.told = ()
            state = "that from before it" if cell.saved_before else "that of the last checkpoint"
            self._tell(
                cell, f"it was running when the session had to move and could not be interrupted: the state is {state}."
            )

    def not_saved(self, since: float, error: str) -> None:
        """What cells did after the last checkpoint is lost. since: when that was made, in seconds since the epoch."""
        when = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(since))
        reason = f"the state is that of {when}: what cells did after that could not be saved ({error})."
        self.told = (*self.told, Told("@session", Cause.STALE, reason))

    def not_saved_before(self) -> None:
        """The checkpoint that was to hold all from before it has failed."""
        self.cell, self.to_run = (cell and replace(cell, saved_before=False) for cell in (self.cell, self.to_run))

    def facts(self) -> dict[str, Any]:
        """What a checkpoint says of it, beside its kernel."""
        told: dict[str, Any] = {"interrupted": [told.to_json() for told in self.told]}
        to_run = self.to_run or self.awaited
        return told if to_run is None else {**told, "unfinished": to_run.to_json()}

    def _tell(self, cell: RunningCell, reason: str) -> None:
        self.told = (*self.told, Told(f"cell [{cell.number}]", Cause.INTERRUPTED, reason, "", cell.number))


class Kept:
    """What a cell showed while no front end was listening, to be shown later, in order."""

    def __init__(self) -> None:
        self.shown: deque[tuple[str, dict[str, Any]]] = deque(maxlen=MOST_OUTPUTS)

    def add(self, kind: str, content: dict[str, Any]) -> None:
        """One message of those that end up below a cell; a result and an error are shown, and are not those of another cell."""
        if kind == "error":
            kind, content = "stream", {"name": "stderr", "text": "\n".join(content.get("traceback", [])) + "\n"}
        elif kind == "execute_result":
            kind, content = "display_data", {"data": content["data"], "metadata": content.get("metadata") or {}}
        last = self.shown[-1] if self.shown else None
        if kind == "stream" and last and last[0] == "stream" and last[1]["name"] == content["name"]:
            last[1]["text"] += content["text"]
        elif kind in ("stream", "display_data", "update_display_data", "clear_output"):
            self.shown.append((kind, dict(content)))


class _Stream(io.TextIOBase):
    def __init__(self, kept: Kept, name: str) -> None:
        self._kept, self._name = kept, name

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self._kept.add("stream", {"name": self._name, "text": text})
        return len(text)


class _Recorder(Session):
    """Takes the messages of displays instead of sending them."""

    kept: Kept

    def send(self, stream: Any, msg_or_type: Any, content: Any = None, *args: Any, **kwargs: Any) -> Any:
        if isinstance(msg_or_type, dict):
            content, msg_or_type = msg_or_type["content"], msg_or_type["header"]["msg_type"]
        self.kept.add(msg_or_type, content)


@contextlib.contextmanager
def recorded(shell: Any, kept: Kept) -> Iterator[None]:
    """What cells show in the meantime is kept."""
    recorder = _Recorder()
    recorder.kept = kept
    places = (shell.displayhook, shell.display_pub)
    before = [place.session for place in places]
    for place in places:
        place.session = recorder
    try:
        with contextlib.redirect_stdout(_Stream(kept, "stdout")), contextlib.redirect_stderr(_Stream(kept, "stderr")):
            yield
    finally:
        for place, session in zip(places, before, strict=True):
            place.session = session


def how_it_ended(cell: Unfinished, begin: float, reply: dict[str, Any]) -> str:
    """For the report and the next cell."""
    ended = "it ended" if reply.get("status") == "ok" else f"it raised {reply.get('ename')}"
    state = "" if cell.from_before else ", from what it had left: no checkpoint held the state from before it"
    return (
        f"Cell [{cell.number}] was running when the session had to move, and as you marked it so it was run again here{state}: "
        f"{ended} after {elapsed() - begin:.1f} s"
    )
