"""How far a move is: the status of a Migration, as a value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum
from typing import Any

from .kinds import Json, moment, stamp, with_condition


class Phase(str, Enum):
    """Phases of a Migration; the last three are ends."""

    PENDING = "Pending"
    CHECKPOINTING = "Checkpointing"
    STOPPING = "Stopping"
    STARTING = "Starting"
    RESTORING = "Restoring"
    SUCCEEDED = "Succeeded"
    FAILED = "Failed"
    CANCELLED = "Cancelled"

    @property
    def ended(self) -> bool:
        return self in (Phase.SUCCEEDED, Phase.FAILED, Phase.CANCELLED)


# Steps with a time of their own. Each names the moment that something was seen done or was asked for.
ACCEPTED, BEGUN, MARKED, CHECKPOINT_ASKED, CHECKPOINTED = (
    "accepted", "begun", "marked", "checkpointAsked", "checkpointed",
)  # fmt: skip
STOPPING, STOP_ASKED, GONE, START_ASKED, SCHEDULED, READY, RESTORED, ENDED = (
    "stopping", "stopAsked", "gone", "startAsked", "scheduled", "ready", "restored", "ended",
)  # fmt: skip

# Durations that the status and the metrics show: name -> (from, to).
TIMINGS: Mapping[str, tuple[str, str]] = {
    "wait": (ACCEPTED, BEGUN),
    "checkpoint": (CHECKPOINT_ASKED, CHECKPOINTED),
    "stop": (STOPPING, GONE),
    "schedule": (GONE, SCHEDULED),
    "start": (SCHEDULED, READY),
    "restore": (READY, RESTORED),
    "total": (BEGUN, ENDED),
}


@dataclass(frozen=True)
class PodRef:
    """One incarnation of a pod."""

    name: str
    uid: str
    node: str = ""

    def to_json(self) -> Json:
        return {"name": self.name, "uid": self.uid, "node": self.node}

    @classmethod
    def from_json(cls, body: Mapping[str, Any] | None) -> PodRef | None:
        return cls(body["name"], body["uid"], body.get("node", "")) if body else None


@dataclass(frozen=True)
class Progress:
    """Status of one Migration.

    session, policy: names of the Session and of the MigrationPolicy that holds for it.
    source, target: the pod that is left and the pod that takes over.
    workload: kind and name of what brings the pod back, with ``manifest`` for a bare pod (saved before it is deleted).
    steps: RFC 3339 times by step name. attempts: tries of the current phase's action; retry_at: not before this.
    checkpoint: the agent's answer, shortened. failing: why the move is being given up while its traces are cleared.
    """

    phase: Phase = Phase.PENDING
    reason: str = ""
    message: str = ""
    session: str = ""
    policy: str = ""
    source: PodRef | None = None
    target: PodRef | None = None
    workload: Json = field(default_factory=dict)
    steps: Mapping[str, str] = field(default_factory=dict)
    attempts: int = 0
    retry_at: str = ""
    checkpoint: Json = field(default_factory=dict)
    failing: str = ""
    tainted: bool = False
    conditions: tuple[Json, ...] = ()

    def done(self, step: str) -> bool:
        return step in self.steps

    def at(self, step: str) -> datetime | None:
        return moment(self.steps[step]) if step in self.steps else None

    def step(self, name: str, when: datetime) -> Progress:
        """With a step's time; the first time stands."""
        return self if name in self.steps else replace(self, steps={**self.steps, name: stamp(when)})

    def without(self, *names: str) -> Progress:
        return replace(self, steps={key: value for key, value in self.steps.items() if key not in names})

    def enter(self, phase: Phase, message: str, reason: str = "") -> Progress:
        """In another phase, its tries counted from none."""
        return replace(self, phase=phase, message=message, reason=reason or phase.value, attempts=0, retry_at="")

    def say(self, message: str) -> Progress:
        return replace(self, message=message)

    def with_condition(self, kind: str, status: str, reason: str, message: str, when: datetime) -> Progress:
        """With one condition set; its transition time changes only with its status."""
        return replace(self, conditions=with_condition(self.conditions, kind, status, reason, message, when))

    def timings(self) -> dict[str, float]:
        """Seconds of each part of the move that has both its ends."""
        found = {}
        for name, (start, end) in TIMINGS.items():
            first, last = self.at(start), self.at(end)
            if first and last:
                found[name] = max(0.0, round((last - first).total_seconds(), 3))
        return found

    def to_json(self) -> Json:
        """The CRD's status. Every field is there (null when empty), so that a merge patch also clears."""
        return {
            "phase": self.phase.value,
            "reason": self.reason or None,
            "message": self.message or None,
            "session": self.session or None,
            "policy": self.policy or None,
            "fromNode": (self.source.node if self.source else "") or None,
            "toNode": (self.target.node if self.target else "") or None,
            "source": self.source.to_json() if self.source else None,
            "target": self.target.to_json() if self.target else None,
            "workload": self.workload or None,
            # Null clears a step in a merge patch, which would else keep what is not named.
            "steps": {step: self.steps.get(step) for step in _STEPS},
            "attempts": self.attempts,
            "retryAt": self.retry_at or None,
            "checkpoint": self.checkpoint or None,
            "failing": self.failing or None,
            "tainted": self.tainted or None,
            "timings": self.timings() or None,
            "conditions": list(self.conditions),
        }

    @classmethod
    def from_json(cls, status: Mapping[str, Any] | None) -> Progress:
        """From a CRD's status; an empty one is a move that nobody has looked at."""
        status = status or {}
        return cls(
            phase=Phase(status.get("phase") or "Pending"),
            reason=status.get("reason") or "",
            message=status.get("message") or "",
            session=status.get("session") or "",
            policy=status.get("policy") or "",
            source=PodRef.from_json(status.get("source")),
            target=PodRef.from_json(status.get("target")),
            workload=status.get("workload") or {},
            steps={key: value for key, value in (status.get("steps") or {}).items() if value},
            attempts=status.get("attempts") or 0,
            retry_at=status.get("retryAt") or "",
            checkpoint=status.get("checkpoint") or {},
            failing=status.get("failing") or "",
            tainted=bool(status.get("tainted")),
            conditions=tuple(status.get("conditions") or ()),
        )


_STEPS = (
    ACCEPTED, BEGUN, MARKED, CHECKPOINT_ASKED, CHECKPOINTED, STOPPING, STOP_ASKED, GONE,
    START_ASKED, SCHEDULED, READY, RESTORED, ENDED,
)  # fmt: skip
