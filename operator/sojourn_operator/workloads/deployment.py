"""A pod of a Deployment: its ReplicaSet makes another, under another name.

Such a pod has no lasting name, so its template must say which session it is: SOJOURN_SESSION in the environment, or the
session annotation. Without that it is left alone, and told why.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sojourn_kernel.protocol import ANNOTATION_SESSION, ENV_SESSION

from ..actions import Outcome
from ..cluster import ClusterError
from ..kinds import (
    DEPLOYMENT,
    POD,
    REPLICASET,
    annotations_of,
    controller_of,
    meta,
    name_of,
    namespace_of,
    terminating,
    uid_of,
)
from ..progress import PodRef
from ..target import Target
from .base import CannotMove, Means, Standing, Workload, env_of, notebook_container, pod_serves, refused
from .statefulset import place_template

ASKS_STOP, ASKS_START, PATIENT = False, False, True


def identify(pod: Mapping[str, Any], means: Means) -> Workload | None:
    owner = controller_of(pod)
    if owner is None or owner.get("kind") != "ReplicaSet":
        return None
    namespace, name = namespace_of(pod), name_of(pod)
    replicas = means.cluster.get(REPLICASET, namespace, owner["name"])
    above = controller_of(replicas) if replicas else None
    if above is None or above.get("kind") != "Deployment":
        raise CannotMove(f"pod {name} belongs to ReplicaSet {owner['name']} without a Deployment")
    deployment = means.cluster.get(DEPLOYMENT, namespace, above["name"])
    if deployment is None:
        raise CannotMove(f"Deployment {above['name']} of pod {name} is gone")
    spec = deployment["spec"]
    if spec.get("replicas", 1) > 1:
        raise CannotMove(f"Deployment {above['name']} has {spec['replicas']} replicas: a session has one server")
    if not env_of(notebook_container(pod.get("spec") or {}), ENV_SESSION) and ANNOTATION_SESSION not in annotations_of(
        pod
    ):
        raise CannotMove(
            f"Deployment {above['name']} gives its pods no lasting name: set {ENV_SESSION} in its template's environment"
        )
    labels = ",".join(f"{key}={value}" for key, value in (spec["selector"].get("matchLabels") or {}).items())
    if not labels:
        raise CannotMove(f"Deployment {above['name']} selects its pods by expressions only; it needs matchLabels")
    return Workload("Deployment", namespace, above["name"], name, "", above["name"], {"selector": labels})


def returns(workload: Workload, pod: Mapping[str, Any], node_goes: bool, means: Means) -> bool:
    deployment = means.cluster.get(DEPLOYMENT, workload.namespace, workload.name)
    return bool(deployment and not terminating(deployment) and (deployment.get("spec") or {}).get("replicas", 1))


def avoids(workload: Workload, pod: Mapping[str, Any]) -> bool:
    return False


def standing(workload: Workload, source_uid: str, means: Means) -> Standing:
    pods = means.cluster.list(POD, workload.namespace, workload.extra["selector"])
    others = [pod for pod in pods if uid_of(pod) != source_uid and not terminating(pod)]
    newest = max(others, key=lambda pod: meta(pod).get("creationTimestamp", ""), default=None)
    return Standing(newest, serving=pod_serves(newest))


def stop(workload: Workload, source: PodRef, target: Target, means: Means) -> Outcome:
    try:
        if target.changes_pod and place_template(means, workload.namespace, DEPLOYMENT, workload.name, target):
            return Outcome(True, "the rollout stops the pod")
        means.cluster.delete(POD, workload.namespace, source.name, source.uid)
    except ClusterError as error:
        return refused(error)
    return Outcome(True)


def start(workload: Workload, target: Target, means: Means) -> Outcome:
    return Outcome(True, "its controller makes the pod")
