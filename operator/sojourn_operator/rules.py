"""Which rules hold for a pod: the operator's settings, over them the first policy that selects it, over that its Session."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from .kinds import Json, labels_of, name_of, namespace_of
from .settings import Settings
from .triggers import Trigger


@dataclass(frozen=True)
class Rules:
    """Rules for one pod; times in seconds. ``go_unsaved``: move even if the checkpoint fails."""

    triggers: frozenset[Trigger]
    deadline: float
    checkpoint_deadline: float
    checkpoint_attempts: int
    max_parallel: int
    max_parallel_per_node: int
    go_unsaved: bool = False
    suspended: bool = False
    policy: str = ""


def rules_for(
    pod: Mapping[str, Any], settings: Settings, policies: Iterable[Mapping[str, Any]], session: Mapping[str, Any] | None
) -> Rules:
    """The rules that hold for a pod."""
    rules = Rules(
        triggers=frozenset(Trigger),
        deadline=settings.deadline,
        checkpoint_deadline=settings.checkpoint_deadline,
        checkpoint_attempts=settings.checkpoint_attempts,
        max_parallel=settings.max_parallel,
        max_parallel_per_node=settings.max_parallel_per_node,
    )
    if policy := policy_for(pod, policies):
        spec = policy.get("spec") or {}
        limits = spec.get("limits") or {}
        rules = replace(
            _with(rules, spec),
            checkpoint_attempts=spec.get("checkpointAttempts", rules.checkpoint_attempts),
            # A namespace can ask for less than the cluster's admin allows, not for more.
            max_parallel=min(rules.max_parallel, limits.get("maxParallel", rules.max_parallel)),
            max_parallel_per_node=min(
                rules.max_parallel_per_node, limits.get("maxParallelPerNode", rules.max_parallel_per_node)
            ),
            go_unsaved=spec.get("onCheckpointFailure") == "Move",
            policy=name_of(policy),
        )
    if session:
        spec = session.get("spec") or {}
        rules = replace(_with(rules, spec), suspended=bool(spec.get("suspend")))
    return rules


def _with(rules: Rules, spec: Mapping[str, Any]) -> Rules:
    triggers = spec.get("triggers")
    return replace(
        rules,
        triggers=rules.triggers if triggers is None else frozenset(Trigger(name) for name in triggers),
        deadline=spec.get("deadlineSeconds", rules.deadline),
        checkpoint_deadline=spec.get("checkpointDeadlineSeconds", rules.checkpoint_deadline),
    )


def policy_for(pod: Mapping[str, Any], policies: Iterable[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """The policy of a pod: of those in its namespace that select it, the first by name."""
    here = sorted((p for p in policies if namespace_of(p) == namespace_of(pod)), key=name_of)
    return next((policy for policy in here if selects((policy.get("spec") or {}).get("selector") or {}, pod)), None)


def selects(selector: Mapping[str, Any], pod: Mapping[str, Any]) -> bool:
    """Whether a label selector (matchLabels and matchExpressions) selects a pod; an empty one selects all."""
    labels = labels_of(pod)
    if any(labels.get(key) != value for key, value in (selector.get("matchLabels") or {}).items()):
        return False
    return all(_holds(expression, labels) for expression in selector.get("matchExpressions") or [])


def _holds(expression: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    key, values = expression["key"], expression.get("values") or []
    match expression["operator"]:
        case "In":
            return labels.get(key) in values
        case "NotIn":
            return labels.get(key) not in values
        case "Exists":
            return key in labels
        case "DoesNotExist":
            return key not in labels
    return False


def selector_text(selector: Mapping[str, Any]) -> str:
    """A label selector as the API's query takes it."""
    parts = [f"{key}={value}" for key, value in (selector.get("matchLabels") or {}).items()]
    for expression in selector.get("matchExpressions") or []:
        key, values = expression["key"], ",".join(expression.get("values") or [])
        texts: Json = {
            "In": f"{key} in ({values})",
            "NotIn": f"{key} notin ({values})",
            "Exists": key,
            "DoesNotExist": f"!{key}",
        }
        parts.append(texts[expression["operator"]])
    return ",".join(parts)
