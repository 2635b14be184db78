"""One session of the corpus: what a user typed, and what must still hold after it was saved, killed and restored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

RAISES = "# raises"  # first line of a cell that is meant to fail
INTERRUPT = "# interrupt"  # first line of a cell that is interrupted as soon as it prints something
IDLE = "# idle"  # not a cell: the user looks away for IDLE_SECONDS, so that background checkpoints happen
IDLE_SECONDS = 2.0


@dataclass(frozen=True)
class Then:
    """A cell that is run after the restore.

    output: what it must print or show; None takes it from a control run of the same session that nothing interrupted.
    """

    code: str
    output: str | None = None


@dataclass(frozen=True)
class Case:
    """A session.

    name: unique, reads as the behaviour that is kept.
    cells: the cells, as a user types them; the first line may be RAISES or INTERRUPT; IDLE is a pause.
    checks: expressions; their ``repr`` is taken before the save and must be the same after the restore.
    then: cells run after the restore (a bare string, or ``(code, expected output)``).
    either: True where telling the user is as good as keeping it; otherwise every check must be exact.
    files: files in the working directory before the session starts; ``between``: changed (or, None, removed) after
    the save.
    told: names that the user must be told of, by the report of any of the session's moves.
    modules: import names that the case needs besides the standard library; where one is missing the case is skipped.
    seconds: how long one cell may take.
    """

    name: str
    cells: Sequence[str]
    checks: Sequence[str] = ()
    then: Sequence[str | tuple[str, str | None]] = ()
    either: bool = False
    files: Mapping[str, str] = field(default_factory=dict)
    between: Mapping[str, str | None] = field(default_factory=dict)
    told: Sequence[str] = ()
    modules: Sequence[str] = ()
    seconds: float = 60.0
    topic: str = ""

    def __post_init__(self) -> None:
        """Raises TypeError: two cases that have become one are no session."""
        if not isinstance(self.files, Mapping) or not isinstance(self.between, Mapping):
            raise TypeError(f"{self.name}: files and between are mappings of paths to contents")

    def followups(self) -> list[Then]:
        return [Then(item) if isinstance(item, str) else Then(*item) for item in self.then]
