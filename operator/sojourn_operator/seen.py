"""What a move is asked to be, and what one look at the world found: the inputs of the state machine."""

from __future__ import annotations

from dataclasses import dataclass, field

from .progress import PodRef
from .target import Target


@dataclass(frozen=True)
class Wish:
    """What a Migration asks for, with the limits that hold for it. Times in seconds."""

    name: str
    target: Target = field(default_factory=Target)
    reason: str = ""
    deadline: float = 600.0
    checkpoint_deadline: float = 120.0
    checkpoint_attempts: int = 3
    start_attempts: int = 3
    force: bool = False


@dataclass(frozen=True)
class PodView:
    """What matters of a pod. ``marked``: it carries this Migration's name. ``wishes``: it still has wish annotations."""

    ref: PodRef
    terminating: bool = False
    ended: bool = False
    ready: bool = False
    marked: bool = False
    wishes: bool = False
    unschedulable: str = ""


@dataclass(frozen=True)
class Seen:
    """The world as one look at it found it.

    source: the very pod that is left, if it is still there; other: another pod in its place.
    asks_stop: the workload must be told of the stop even when the pod ends by itself (a hub's route).
    asks_start: nobody else brings the pod back (a hub's, a bare one). patient: a start may be tried until the deadline.
    stopping, spawning: the workload is busy with that. serving: it says that the new pod is ready for users.
    avoids: the workload itself can keep the new pod off a node. must_go: the source will end whatever happens.
    wanted: the cause of the move still stands, and the owner has not stopped the session.
    blocked: why the move may not begin yet. hold_start: why a start may not be tried yet. restored: the new agent's word.
    """

    source: PodView | None = None
    other: PodView | None = None
    asks_stop: bool = False
    asks_start: bool = False
    patient: bool = False
    stopping: bool = False
    spawning: bool = False
    serving: bool = False
    avoids: bool = False
    must_go: bool = False
    wanted: bool = True
    blocked: str = ""
    hold_start: str = ""
    restored: bool = False
