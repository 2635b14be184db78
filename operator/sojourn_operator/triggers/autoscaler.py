"""The cluster-autoscaler's taints: the node may go soon (soft), or goes now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..kinds import name_of, taints_of
from .sign import Sign, Trigger

CANDIDATE = "DeletionCandidateOfClusterAutoscaler"  # PreferNoSchedule, about ten minutes ahead
TO_BE_DELETED = "ToBeDeletedByClusterAutoscaler"  # NoSchedule, the drain follows at once


def look(pod: Mapping[str, Any], node: Mapping[str, Any] | None) -> Sign | None:
    if node is None:
        return None
    keys = {taint.get("key") for taint in taints_of(node)}
    if TO_BE_DELETED in keys:
        return Sign(Trigger.CLUSTER_AUTOSCALER, f"the autoscaler is removing node {name_of(node)}", must_go=True)
    if CANDIDATE in keys:
        return Sign(Trigger.CLUSTER_AUTOSCALER, f"the autoscaler no longer needs node {name_of(node)}")
    return None
