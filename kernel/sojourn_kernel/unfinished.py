"""A cell that was running when its session had to go, and that its user marked to be run again: kept, and run where it goes on."""

from __future__ import annotations

import contextlib
import io
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from jupyter_client.session import Session

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
        return {"source": self.source, "number": self.number, "tags": tags if isinstance(tags, list) else []}


@dataclass(frozen=True)
class Unfinished:
    """What is to be run again."""

    source: str
    number: int
    tags: tuple[str, ...]

    @classmethod
    def from_facts(cls, facts: dict[str, Any]) -> Unfinished | None:
        """From what a checkpoint says of its kernel."""
        row = facts.get("unfinished")
        if not isinstance(row, dict) or not isinstance(row.get("source"), str):
            return None
        return cls(row["source"], int(row.get("number", 0)), tuple(map(str, row.get("tags", ()))))


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
    return (
        f"Cell [{cell.number}] was running when the session had to move, and as you marked it so it was run again here: "
        f"{ended} after {time.monotonic() - begin:.1f} s"
    )
