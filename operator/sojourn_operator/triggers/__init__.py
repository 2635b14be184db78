"""Triggers: each sign that a pod must go, one module each, each a pure function ``look(pod, node) -> Sign | None``."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from . import annotation, autoscaler, cordon, deletion, interruption, karpenter
from .sign import Look, Sign, Trigger

# The most certain first: what must go anyway is not held up by what merely should.
LOOKS: Mapping[Trigger, Look] = {
    Trigger.DELETION: deletion.look,
    Trigger.INTERRUPTION: interruption.look,
    Trigger.KARPENTER: karpenter.look,
    Trigger.CLUSTER_AUTOSCALER: autoscaler.look,
    Trigger.ANNOTATION: annotation.look,
    Trigger.CORDON: cordon.look,
}


def signs(
    pod: Mapping[str, Any], node: Mapping[str, Any] | None, enabled: Collection[Trigger] = tuple(Trigger)
) -> list[Sign]:
    """All signs on a pod and its node, the one to act on first; a sign that must go comes before one that need not."""
    found = [sign for trigger, look in LOOKS.items() if trigger in enabled and (sign := look(pod, node))]
    return sorted(found, key=lambda sign: not sign.must_go)


__all__ = ["LOOKS", "Look", "Sign", "Trigger", "signs"]
