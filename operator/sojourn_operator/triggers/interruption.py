"""Notices of clouds and kubelets that a machine will stop: spot and preemption, scheduled maintenance, shutdown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..kinds import name_of, taints_of
from .sign import Sign, Trigger

# taint key -> (what it announces, whether the machine certainly goes)
TAINTS: Mapping[str, tuple[str, bool]] = {
    "aws-node-termination-handler/spot-itn": ("AWS takes the spot machine back", True),
    "aws-node-termination-handler/asg-lifecycle-termination": ("its scaling group ends the machine", True),
    "aws-node-termination-handler/scheduled-maintenance": ("AWS has maintenance scheduled", False),
    "aws-node-termination-handler/rebalance-recommendation": ("AWS recommends to leave the spot machine", False),
    "cloud.google.com/impending-node-termination": ("Google ends the machine", True),
    "remediator.kubernetes.azure.com/unschedulable": ("Azure has an event scheduled", True),
    "remediator.aks.microsoft.com/unschedulable": ("Azure has an event scheduled", True),
    "node.cloudprovider.kubernetes.io/shutdown": ("the machine is shut down", True),
    "node.kubernetes.io/out-of-service": ("the node is out of service", True),
}


def look(pod: Mapping[str, Any], node: Mapping[str, Any] | None) -> Sign | None:
    if node is None:
        return None
    found = [TAINTS[taint["key"]] for taint in taints_of(node) if taint.get("key") in TAINTS]
    if not found:
        return None
    what, must_go = max(found, key=lambda notice: notice[1])
    return Sign(Trigger.INTERRUPTION, f"node {name_of(node)}: {what}", must_go=must_go)
