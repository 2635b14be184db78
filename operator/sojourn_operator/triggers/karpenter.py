"""Karpenter's taints, of version 1 and before, and the deletion of a node it manages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..kinds import labels_of, name_of, taints_of, terminating
from .sign import Sign, Trigger

TAINTS = ("karpenter.sh/disrupted", "karpenter.sh/disruption")
LABEL = "karpenter.sh/nodepool"


def look(pod: Mapping[str, Any], node: Mapping[str, Any] | None) -> Sign | None:
    if node is None:
        return None
    tainted = any(taint.get("key") in TAINTS for taint in taints_of(node))
    if tainted or (LABEL in labels_of(node) and terminating(node)):
        return Sign(Trigger.KARPENTER, f"Karpenter is disrupting node {name_of(node)}", must_go=True)
    return None
