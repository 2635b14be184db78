"""Where a session shall go on: a node, a node selector, other resources; read from annotations and from Migrations."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sojourn_kernel.protocol import ANNOTATION_NODE_SELECTOR, ANNOTATION_RESOURCES, ANNOTATION_TO_NODE

from .kinds import Json

_QUANTITY = re.compile(r"[0-9]+(\.[0-9]+)?([eE][0-9]+|m|[kKMGTPE]i?)?")
_LABEL_VALUE = re.compile(r"([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?")
_LABEL_KEY = re.compile(r"([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?")


class BadTarget(ValueError):
    """A target that cannot be read; the message says what is wrong and what it takes."""


@dataclass(frozen=True)
class Target:
    """Wishes for the next pod. ``avoid`` is the node to stay away from, if that can be had; the rest must hold."""

    node: str = ""
    node_selector: Mapping[str, str] = field(default_factory=dict)
    resources: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    avoid: str = ""

    @property
    def changes_pod(self) -> bool:
        """The pod itself must be another, not only its node."""
        return bool(self.node or self.node_selector or self.resources)

    def avoiding(self, node: str) -> Target:
        """Away from a node, unless the wish says exactly where to."""
        return self if self.node or not node else replace(self, avoid=node)

    def to_json(self) -> Json:
        """Only what is set, in the CRD's names."""
        body = {
            "node": self.node,
            "nodeSelector": dict(self.node_selector),
            "resources": {k: dict(v) for k, v in self.resources.items()},
            "avoid": self.avoid,
        }
        return {key: value for key, value in body.items() if value}

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> Target:
        """From a Migration's ``spec.target``; raises :class:`BadTarget`."""
        return cls(
            node=_node(body.get("node") or ""),
            node_selector=_selector(body.get("nodeSelector") or {}),
            resources=_resources(body.get("resources") or {}),
            avoid=body.get("avoid") or "",
        )


def from_annotations(annotations: Mapping[str, str]) -> Target:
    """The target that a pod's annotations ask for; raises :class:`BadTarget` naming the annotation."""
    selector: dict[str, str] = {}
    for part in filter(None, annotations.get(ANNOTATION_NODE_SELECTOR, "").split(",")):
        key, equals, value = part.strip().partition("=")
        if not equals:
            raise BadTarget(f"{ANNOTATION_NODE_SELECTOR} takes key=value,key=value, not {part.strip()!r}")
        selector[key.strip()] = value.strip()
    resources: object = {}
    if text := annotations.get(ANNOTATION_RESOURCES):
        try:
            resources = json.loads(text)
        except ValueError:
            raise BadTarget(
                f'{ANNOTATION_RESOURCES} takes JSON such as {{"requests": {{"memory": "8Gi"}}}}, not {text!r}'
            ) from None
    return Target(
        node=_node(annotations.get(ANNOTATION_TO_NODE, "").strip()),
        node_selector=_selector(selector),
        resources=_resources(resources),
    )


def _node(name: object) -> str:
    if not isinstance(name, str) or (name and not re.fullmatch(r"[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?", name)):
        raise BadTarget(f"{name!r} is not the name of a node")
    return name


def _selector(selector: object) -> dict[str, str]:
    if not isinstance(selector, Mapping):
        raise BadTarget("a node selector is a map of label keys to values")
    for key, value in selector.items():
        if not isinstance(key, str) or not _LABEL_KEY.fullmatch(key):
            raise BadTarget(f"{key!r} is not a label key")
        if not isinstance(value, str) or not _LABEL_VALUE.fullmatch(value):
            raise BadTarget(f"{value!r} is not a label value")
    return dict(selector)


def _resources(resources: object) -> dict[str, dict[str, str]]:
    if not isinstance(resources, Mapping) or not set(resources) <= {"requests", "limits"}:
        raise BadTarget("resources are a map with `requests` and `limits`")
    read: dict[str, dict[str, str]] = {}
    for section, amounts in resources.items():
        if not isinstance(amounts, Mapping):
            raise BadTarget(f"resources.{section} is a map of names to quantities")
        for key, amount in amounts.items():
            if isinstance(amount, bool) or not _QUANTITY.fullmatch(str(amount)):
                raise BadTarget(f"{amount!r} is not a quantity for resources.{section}.{key}; one is 500m, 2 or 8Gi")
        if amounts:
            read[section] = {str(key): str(amount) for key, amount in amounts.items()}
    return read
