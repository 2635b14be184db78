"""The reconciler of MigrationPolicies: gives the pods that a policy selects the label by which the operator watches.

The operator streams only pods with that label; a policy's pods without it are found by a query that returns nothing
once they have it.
"""

from __future__ import annotations

import logging

from sojourn_kernel.protocol import LABEL_ENABLED

from .cluster import ClusterError
from .engine import Engine
from .kinds import POD, POLICY, meta, name_of, uid_of
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
    for pod in new:
        body = {"metadata": {"uid": uid_of(pod), "labels": {LABEL_ENABLED: "true"}}}
        try:
            engine.cluster.patch(POD, namespace, name_of(pod), body)
        except ClusterError as error:
            log.warning("pod %s/%s not opted in by policy %s: %s", namespace, name_of(pod), name, error)
    _count(engine, namespace, name, policy)
    return INTERVAL


def _count(engine: Engine, namespace: str, name: str, policy: dict) -> None:
    policies = engine.cache.list(POLICY, namespace)
    ours = [pod for pod in engine.cache.list(POD, namespace) if name_of(policy_for(pod, policies) or {}) == name]
    status = {"pods": len(ours), "observedGeneration": meta(policy).get("generation", 0)}
    if status != (policy.get("status") or {}):
        engine.cluster.patch(POLICY, namespace, name, {"status": status}, "status")
