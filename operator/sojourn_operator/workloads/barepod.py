"""A pod that nobody owns: made again under its own name from its saved manifest.

The manifest is in the Migration's status before the pod is deleted, so a restart of the operator loses nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sojourn_kernel.protocol import ANNOTATION_FAILED, ANNOTATION_MOVING, ANNOTATION_TARGET

from ..actions import Outcome
from ..cluster import AlreadyExists, ClusterError
from ..kinds import POD, Json, controller_of, ended, meta, name_of, namespace_of, terminating, uid_of
from ..progress import PodRef
from ..target import Target
from ..triggers.annotation import WISHES
from ..triggers.deletion import disrupted
from .base import CannotMove, Means, Standing, Workload, other_pod, pod_serves, refused
from .placement import placed

ASKS_STOP, ASKS_START, PATIENT = False, True, True

# What one life of the pod wrote on it and the next must not inherit.
_OWN = (*WISHES, ANNOTATION_MOVING, ANNOTATION_TARGET, ANNOTATION_FAILED)
_FOREIGN = ("cni.projectcalico.org/", "k8s.v1.cni.cncf.io/network-status", "k8s.ovn.org/", "kubernetes.io/config.")
# Written by the API server or the scheduler.
_SPEC = ("nodeName", "serviceAccount", "priority", "preemptionPolicy", "ephemeralContainers")
_DEFAULT_TOLERATIONS = ("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable")
_TOKEN_VOLUME = "kube-api-access-"


def identify(pod: Mapping[str, Any], means: Means) -> Workload | None:
    if controller_of(pod):
        return None
    if "kubernetes.io/config.mirror" in (meta(pod).get("annotations") or {}):
        raise CannotMove("a static pod belongs to its node and cannot be moved")
    name = name_of(pod)
    return Workload("Pod", namespace_of(pod), name, name, server=name, extra={"manifest": manifest(pod)})


def returns(workload: Workload, pod: Mapping[str, Any], node_goes: bool, means: Means) -> bool:
    """Who deletes a bare pod by hand means it; evicted, preempted or on a node that goes, it comes back."""
    return bool(disrupted(pod)) or node_goes


def avoids(workload: Workload, pod: Mapping[str, Any]) -> bool:
    return True


def standing(workload: Workload, source_uid: str, means: Means) -> Standing:
    other = other_pod(means.cluster, POD, workload, source_uid)
    return Standing(other, serving=pod_serves(other))


def stop(workload: Workload, source: PodRef, target: Target, means: Means) -> Outcome:
    try:
        means.cluster.delete(POD, workload.namespace, source.name, source.uid)
    except ClusterError as error:
        return refused(error)
    return Outcome(True)


def start(workload: Workload, target: Target, means: Means) -> Outcome:
    body = workload.extra.get("manifest")
    if not body:
        return Outcome(False, "the pod was gone before its manifest could be saved")
    body = {**body, "spec": placed(body["spec"], target, firm=True)}
    try:
        means.cluster.create(POD, workload.namespace, body)
    except AlreadyExists:
        # Ours from before a restart, or one that has failed since and stands in the way.
        there = means.cluster.get(POD, workload.namespace, workload.pod)
        if there and ended(there) and not terminating(there):
            means.cluster.delete(POD, workload.namespace, workload.pod, uid_of(there))
            return Outcome(False, "the new pod failed; making it again")
    except ClusterError as error:
        return refused(error)
    return Outcome(True)


def manifest(pod: Mapping[str, Any]) -> Json:
    """The pod as its owner wrote it: without what the cluster added to this one life of it."""
    metadata = meta(pod)
    kept_meta = {
        "name": metadata.get("name"),
        "namespace": metadata.get("namespace"),
        "labels": metadata.get("labels"),
        "ownerReferences": metadata.get("ownerReferences"),
        "annotations": {
            key: value
            for key, value in (metadata.get("annotations") or {}).items()
            if key not in _OWN and not key.startswith(_FOREIGN)
        },
    }
    spec = {key: value for key, value in (pod.get("spec") or {}).items() if key not in _SPEC}
    spec["tolerations"] = [t for t in spec.get("tolerations") or [] if not _injected(t)]
    spec["volumes"] = [v for v in spec.get("volumes") or [] if not v["name"].startswith(_TOKEN_VOLUME)]
    for section in ("containers", "initContainers"):
        if section in spec:
            spec[section] = [_without_token(container) for container in spec[section]]
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {key: value for key, value in kept_meta.items() if value},
        "spec": {key: value for key, value in spec.items() if value not in (None, [], {})},
    }


def _injected(toleration: Mapping[str, Any]) -> bool:
    return (
        toleration.get("key") in _DEFAULT_TOLERATIONS
        and toleration.get("effect") == "NoExecute"
        and toleration.get("tolerationSeconds") == 300
    )


def _without_token(container: Mapping[str, Any]) -> Json:
    mounts = [m for m in container.get("volumeMounts") or [] if not m["name"].startswith(_TOKEN_VOLUME)]
    rest = {key: value for key, value in container.items() if key != "volumeMounts"}
    return {**rest, **({"volumeMounts": mounts} if mounts else {})}
