"""The reconciler of MigrationPolicies: gives the pods that a policy selects the label by which the operator watches.

The operator streams only pods with that label; a policy's pods without it are found by a query that returns nothing
once they have it.
"""

from __future__ import annotations

import logging
from collections import Counter

from sojourn_kernel.protocol import LABEL_ENABLED

from .cluster import ClusterError
from .engine import Engine
from .kinds import POD, POLICY, Json, meta, name_of, uid_of, with_condition
from .rules import policy_for, selector_text

log = logging.getLogger(__name__)
INTERVAL = 10.0  # seconds


def reconcile(engine: Engine, namespace: str, name: str) -> float | None:
    """Opt in the pods that a policy selects. A pod labelled "false" is left alone: its owner has said no."""
    policy = engine.cluster.get(POLICY, namespace, name)
    if policy is None or meta(policy).get("deletionTimestamp"):
        engine.cache.drop(POLICY, namespace, name)
        return None
    engine.cache.put(POLICY, policy)
    selector = selector_text((policy.get("spec") or {}).get("selector") or {})
    new = engine.cluster.list(POD, namespace, ",".join(filter(None, (selector, f"!{LABEL_ENABLED}"))))
    refused: dict[str, str] = {}
    for pod in new:
        body = {"metadata": {"uid": uid_of(pod), "labels": {LABEL_ENABLED: "true"}}}
        try:
            engine.cluster.patch(POD, namespace, name_of(pod), body)
        except ClusterError as error:
            log.warning("pod %s/%s not opted in by policy %s: %s", namespace, name_of(pod), name, error)
            refused[name_of(pod)] = str(error)
    status = _status(engine, namespace, policy, refused)
    if status != (policy.get("status") or {}):
        engine.cluster.patch(POLICY, namespace, name, {"status": status}, "status")
    return INTERVAL


def _status(engine: Engine, namespace: str, policy: dict, refused: dict[str, str]) -> Json:
    """refused: pods that could not be opted in, and why."""
    policies, pods = engine.cache.list(POLICY, namespace), engine.cache.list(POD, namespace)
    ruled = Counter(name_of(policy_for(pod, policies) or {}) for pod in pods)
    before = (policy.get("status") or {}).get("conditions") or []
    if refused:
        pod, why = next(iter(refused.items()))
        ready = ("False", "NotOptedIn", f"{len(refused)} pods could not be opted in, {pod} among them: {why}")
    else:
        ready = ("True", "OptedIn", "every pod that it selects is opted in, but those labelled to stay out")
    return {
        "pods": ruled[name_of(policy)],
        "observedGeneration": meta(policy).get("generation", 0),
        "conditions": list(with_condition(before, "Ready", *ready, engine.clock())),
    }
