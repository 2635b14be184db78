"""A cordoned node: `kubectl cordon`, and the first step of `kubectl drain`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..kinds import name_of
from .sign import Sign, Trigger


def look(pod: Mapping[str, Any], node: Mapping[str, Any] | None) -> Sign | None:
    if node is None or not (node.get("spec") or {}).get("unschedulable"):
        return None
    return Sign(Trigger.CORDON, f"node {name_of(node)} is cordoned")
