"""What a trigger finds: a sign that a pod must, or shall, leave its node."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from ..target import Target


class Trigger(str, Enum):
    """Who or what asks for a move; the values are those of the CRDs."""

    REQUEST = "Request"  # a Migration that a person or another program made
    ANNOTATION = "Annotation"
    CORDON = "Cordon"
    CLUSTER_AUTOSCALER = "ClusterAutoscaler"
    KARPENTER = "Karpenter"
    INTERRUPTION = "Interruption"
    DELETION = "Deletion"


@dataclass(frozen=True)
class Sign:
    """One finding.

    must_go: the pod will end whatever the operator does, so a failed checkpoint is no reason to stay.
    reason: one sentence for events and the Migration.
    problem: why the wish cannot be granted as it is written; such a sign is told, not acted on.
    """

    trigger: Trigger
    reason: str
    must_go: bool = False
    target: Target | None = None
    problem: str = ""


# (pod, its node if known) -> Sign, or None when there is no sign
Look = Callable[[Mapping[str, Any], Mapping[str, Any] | None], Sign | None]
