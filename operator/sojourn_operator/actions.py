"""What the state machine can have done, what came of it, and its decisions."""

from __future__ import annotations

from dataclasses import dataclass, field

from .kinds import Json
from .progress import Progress


@dataclass(frozen=True)
class Mark:
    """Put the Migration's name (and the target) on the source pod; take the wish annotations off."""


@dataclass(frozen=True)
class Unmark:
    """Take the mark off a pod that stays, and write on it why it was not moved."""

    failure: str


@dataclass(frozen=True)
class Checkpoint:
    """Ask the source's agent to save all kernels and let no new cell begin."""

    deadline: float


@dataclass(frozen=True)
class Stop:
    """Stop exactly the source pod."""


@dataclass(frozen=True)
class Start:
    """Bring the workload's pod back."""


@dataclass(frozen=True)
class Taint:
    """Make the scheduler prefer any other node than the source's, until the new pod has one."""


@dataclass(frozen=True)
class Untaint:
    """Take that back."""


Action = Mark | Unmark | Checkpoint | Stop | Start | Taint | Untaint


@dataclass(frozen=True)
class Outcome:
    """What an action came to. ``retry_after``: seconds the other side asked to wait (a hub's 429)."""

    ok: bool
    message: str = ""
    retry_after: float = 0.0
    checkpoint: Json = field(default_factory=dict)


@dataclass(frozen=True)
class Decision:
    """The progress to write first, the action to do then, and the seconds until the next look (0: at once)."""

    progress: Progress
    action: Action | None = None
    wait: float = 0.0
