"""`kubectl annotate pod … sojourn.dev/migrate=true`, also with a node, a node selector or resources."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sojourn_kernel.protocol import (
    ANNOTATION_MIGRATE,
    ANNOTATION_NODE_SELECTOR,
    ANNOTATION_RESOURCES,
    ANNOTATION_TO_NODE,
)

from ..kinds import annotations_of
from ..target import BadTarget, from_annotations
from .sign import Sign, Trigger

# Taken off the pod once its Migration is under way or refused, so that one wish is one move.
WISHES = (ANNOTATION_MIGRATE, ANNOTATION_TO_NODE, ANNOTATION_NODE_SELECTOR, ANNOTATION_RESOURCES)


def look(pod: Mapping[str, Any], node: Mapping[str, Any] | None) -> Sign | None:
    annotations = annotations_of(pod)
    value = annotations.get(ANNOTATION_MIGRATE, "").strip().lower()
    if not value or value == "false":
        return None
    if value != "true":
        problem = f"{ANNOTATION_MIGRATE} takes true, not {value!r}"
        return Sign(Trigger.ANNOTATION, "the pod's annotation asks for a move", problem=problem)
    try:
        target = from_annotations(annotations)
    except BadTarget as error:
        return Sign(Trigger.ANNOTATION, "the pod's annotation asks for a move", problem=str(error))
    return Sign(Trigger.ANNOTATION, "the pod's annotation asks for a move", target=target)
