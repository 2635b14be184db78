"""Pure changes to a pod's spec: where it may run and what it gets."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from ..kinds import Json
from ..target import Target
from .base import notebook_container

_BY_NAME = "metadata.name"  # the only field that a node affinity can match, and so the mark of our own terms


def placed(spec: Mapping[str, Any], target: Target, *, firm: bool) -> Json:
    """A pod spec with the target's wishes in it, and none of an earlier move's.

    firm: the node is a condition (a pod made once); else a strong preference (a template that outlives the node).
    """
    spec = _unpinned(spec)
    if target.node_selector:
        spec["nodeSelector"] = {**(spec.get("nodeSelector") or {}), **target.node_selector}
    if target.resources:
        container = notebook_container(spec)
        resources = container.setdefault("resources", {})
        for section, amounts in target.resources.items():
            resources[section] = {**(resources.get(section) or {}), **amounts}
    if target.node:
        add = _require if firm else _prefer
        add(spec, {"key": _BY_NAME, "operator": "In", "values": [target.node]})
    elif target.avoid:
        _prefer(spec, {"key": _BY_NAME, "operator": "NotIn", "values": [target.avoid]})
    return spec


def merge_patch(before: Json, after: Json) -> Json:
    """The merge patch (RFC 7386) from one object to another; empty when they are the same."""
    patch: Json = {key: None for key in before if key not in after}
    for key, value in after.items():
        if isinstance(value, dict) and isinstance(before.get(key), dict):
            if inner := merge_patch(before[key], value):
                patch[key] = inner
        elif key not in before or before[key] != value:
            patch[key] = value
    return patch


def _affinity(spec: Json) -> Json:
    affinity = spec.get("affinity") or {}
    spec["affinity"] = affinity
    affinity["nodeAffinity"] = affinity.get("nodeAffinity") or {}
    return affinity["nodeAffinity"]


def _require(spec: Json, match: Json) -> None:
    node = _affinity(spec)
    required = node.setdefault("requiredDuringSchedulingIgnoredDuringExecution", {"nodeSelectorTerms": []})
    # Terms are alternatives: the node must hold in each.
    required["nodeSelectorTerms"] = [{**term, "matchFields": [match]} for term in required["nodeSelectorTerms"] or [{}]]


def _prefer(spec: Json, match: Json) -> None:
    key = "preferredDuringSchedulingIgnoredDuringExecution"
    node = _affinity(spec)
    node[key] = [*(node.get(key) or []), {"weight": 100, "preference": {"matchFields": [match]}}]


def _unpinned(given: Mapping[str, Any]) -> Json:
    """Without the nodes that an earlier move named."""
    spec: Json = copy.deepcopy(dict(given))
    node = ((spec.get("affinity") or {}).get("nodeAffinity")) or {}
    required = node.get("requiredDuringSchedulingIgnoredDuringExecution")
    if required:
        terms = [_without_name(term) for term in required.get("nodeSelectorTerms") or []]
        # One term without conditions would allow no node, though it stood for "anywhere" before it was pinned.
        if all(terms):
            required["nodeSelectorTerms"] = terms
        else:
            del node["requiredDuringSchedulingIgnoredDuringExecution"]
    preferred = node.get("preferredDuringSchedulingIgnoredDuringExecution")
    if preferred:
        kept = [term for term in preferred if _without_name(term.get("preference") or {})]
        node["preferredDuringSchedulingIgnoredDuringExecution"] = kept
        if not kept:
            del node["preferredDuringSchedulingIgnoredDuringExecution"]
    if not node and "nodeAffinity" in (spec.get("affinity") or {}):
        del spec["affinity"]["nodeAffinity"]
        if not spec["affinity"]:
            del spec["affinity"]
    return spec


def _without_name(term: Mapping[str, Any]) -> Json:
    fields = [match for match in term.get("matchFields") or [] if match.get("key") != _BY_NAME]
    rest = {key: value for key, value in term.items() if key != "matchFields" and value}
    return {**rest, **({"matchFields": fields} if fields else {})}
