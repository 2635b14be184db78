"""Kubernetes Events: what `kubectl describe` shows of a move on the pod, its Session and its Migration."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping
from typing import Any

from .cluster import Cluster, ClusterError
from .kinds import EVENT, Json, Kind, name_of, namespace_of, now, stamp, uid_of
from .progress import Phase, Progress

log = logging.getLogger(__name__)
COMPONENT = "sojourn"

# phase entered -> (event reason, whether it is a warning)
_REASONS: Mapping[Phase, tuple[str, bool]] = {
    Phase.CHECKPOINTING: ("MoveStarted", False),
    Phase.STOPPING: ("Leaving", False),
    Phase.STARTING: ("Starting", False),
    Phase.SUCCEEDED: ("Moved", False),
    Phase.FAILED: ("MoveFailed", True),
    Phase.CANCELLED: ("MoveCancelled", False),
}


def of_transition(before: Progress, after: Progress) -> tuple[str, bool, str] | None:
    """(reason, warning, message) of the step from one progress to the next, if it is worth an event."""
    if after.failing and not before.failing:
        return "CheckpointFailed" if before.phase is Phase.CHECKPOINTING else "StopFailed", True, after.failing
    if before.phase is after.phase or after.phase not in _REASONS:
        return None
    reason, warning = _REASONS[after.phase]
    return reason, warning, after.message


def post(cluster: Cluster, kind: Kind, about: Mapping[str, Any], reason: str, message: str, warning: bool) -> None:
    """Post one event; that it could not be posted is logged and no more."""
    when = stamp(now())
    namespace = namespace_of(about) or "default"
    body: Json = {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"name": f"{name_of(about)[:200]}.{secrets.token_hex(8)}", "namespace": namespace},
        "involvedObject": {
            "apiVersion": kind.api_version,
            "kind": kind.name,
            "name": name_of(about),
            "namespace": namespace,
            "uid": uid_of(about),
        },
        "reason": reason,
        "message": message[:1000],
        "type": "Warning" if warning else "Normal",
        "source": {"component": COMPONENT},
        "firstTimestamp": when[:19] + "Z",
        "lastTimestamp": when[:19] + "Z",
        "count": 1,
    }
    try:
        cluster.create(EVENT, namespace, body)
    except ClusterError as error:
        log.warning("event %s on %s %s not posted: %s", reason, kind.name, name_of(about), error)
