"""A pod of a StatefulSet, Kubeflow's notebooks among them: its controller makes it again under the same name.

A move without a target changes nothing but the pod. A target (node, selector, resources) is a lasting wish and goes
into the template, of the Notebook where Kubeflow would else undo it; a node there is a preference, so that a later
drain of that node finds another. The controller's own rollout then is the stop.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..actions import Outcome
from ..cluster import ClusterError
from ..kinds import NOTEBOOK, POD, STATEFULSET, Json, Kind, controller_of, meta, name_of, namespace_of
from ..progress import PodRef
from ..target import Target
from .base import CannotMove, Means, Standing, Workload, other_pod, pod_serves, refused
from .placement import merge_patch, placed

ASKS_STOP, ASKS_START, PATIENT = False, False, True


def identify(pod: Mapping[str, Any], means: Means) -> Workload | None:
    owner = controller_of(pod)
    if owner is None or owner.get("kind") != "StatefulSet":
        return None
    namespace, name = namespace_of(pod), name_of(pod)
    stateful = means.cluster.get(STATEFULSET, namespace, owner["name"])
    if stateful is None:
        raise CannotMove(f"StatefulSet {owner['name']} of pod {name} is gone")
    above = controller_of(stateful)
    if above and above.get("kind") == "Notebook":
        # Kubeflow: the notebook's own name, as the kernel derives it from NB_PREFIX.
        return Workload(
            "StatefulSet", namespace, owner["name"], name, "notebook", above["name"], {"notebook": above["name"]}
        )
    return Workload("StatefulSet", namespace, owner["name"], name, "", name)


def returns(workload: Workload, pod: Mapping[str, Any], node_goes: bool, means: Means) -> bool:
    """Not when it was scaled down: Kubeflow stops notebooks so."""
    stateful = means.cluster.get(STATEFULSET, workload.namespace, workload.name)
    if stateful is None or meta(stateful).get("deletionTimestamp"):
        return False
    spec = stateful.get("spec") or {}
    ordinal = int(workload.pod.rpartition("-")[2])
    return ordinal < (spec.get("ordinals") or {}).get("start", 0) + spec.get("replicas", 1)


def avoids(workload: Workload, pod: Mapping[str, Any]) -> bool:
    return False


def standing(workload: Workload, source_uid: str, means: Means) -> Standing:
    other = other_pod(means.cluster, POD, workload, source_uid)
    return Standing(other, serving=pod_serves(other))


def stop(workload: Workload, source: PodRef, target: Target, means: Means) -> Outcome:
    holder: tuple[Kind, str] = (STATEFULSET, workload.name)
    if "notebook" in workload.extra:
        holder = (NOTEBOOK, workload.extra["notebook"])
    try:
        if target.changes_pod and place_template(means, workload.namespace, *holder, target):
            stateful = means.cluster.get(STATEFULSET, workload.namespace, workload.name) or {}
            if ((stateful.get("spec") or {}).get("updateStrategy") or {}).get("type") != "OnDelete":
                # Deleted by us, the pod would come back once more in its old shape before the rollout takes it.
                return Outcome(True, "the rollout stops the pod")
        means.cluster.delete(POD, workload.namespace, source.name, source.uid)
    except ClusterError as error:
        return refused(error)
    return Outcome(True)


def start(workload: Workload, target: Target, means: Means) -> Outcome:
    return Outcome(True, "its controller makes the pod")


def place_template(means: Means, namespace: str, kind: Kind, name: str, target: Target) -> bool:
    """Put a target into a workload's pod template; True if that changed it. Raises ClusterError."""
    body = means.cluster.get(kind, namespace, name)
    if body is None:
        raise ClusterError(f"{kind.name} {name} is gone", 404)
    before: Json = body["spec"]["template"]["spec"]
    changed = merge_patch(before, placed(before, target, firm=False))
    if not changed:
        return False
    patch = {
        "metadata": {"resourceVersion": meta(body).get("resourceVersion")},
        "spec": {"template": {"spec": changed}},
    }
    means.cluster.patch(kind, namespace, name, patch)
    return True
