"""A pod that is being deleted anyway, by whomever, or that a kubelet or the scheduler has ended.

Whether it shall come back is the workload's to say (a user's own stop is not undone): see ``workloads``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..kinds import condition, ended, name_of, terminating
from .sign import Sign, Trigger

_DISRUPTIONS = {
    "PreemptionByScheduler": "preempted by the scheduler",
    "DeletionByTaintManager": "deleted because of a taint of its node",
    "EvictionByEvictionAPI": "evicted",
    "DeletionByPodGC": "deleted because its node is gone",
    "TerminationByKubelet": "ended by its node",
}
# Status reasons of pods that a kubelet ended: node pressure, graceful shutdown.
_KUBELET = ("Evicted", "Terminated", "NodeShutdown", "Shutdown", "NodeLost", "Preempting")


def disrupted(pod: Mapping[str, Any]) -> str:
    """How the cluster, not the pod's owner, ends this pod; empty if there is no sign of that."""
    found = condition(pod, "DisruptionTarget")
    if found and found.get("status") == "True":
        return _DISRUPTIONS.get(found.get("reason", ""), f"disrupted ({found.get('reason')})")
    status = pod.get("status") or {}
    if status.get("phase") == "Failed" and status.get("reason") in _KUBELET:
        return f"ended by its node ({status['reason']})"
    return ""


def look(pod: Mapping[str, Any], node: Mapping[str, Any] | None) -> Sign | None:
    how = disrupted(pod)
    if terminating(pod) or (ended(pod) and how):
        return Sign(Trigger.DELETION, f"pod {name_of(pod)} is {how or 'being deleted'}", must_go=True)
    return None
