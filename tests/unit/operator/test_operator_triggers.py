"""Triggers: what on a pod or its node is a sign that the pod shall go, and whether it must."""

from __future__ import annotations

from typing import Any

import pytest
from sojourn_operator.target import Target
from sojourn_operator.triggers import LOOKS, Trigger, signs


def node(name: str = "n", taints: tuple[str, ...] = (), labels: dict[str, str] | None = None, **spec: Any) -> dict:
    meta = {"name": name, "labels": labels or {}}
    if spec.pop("deleted", False):
        meta["deletionTimestamp"] = "2026-01-01T00:00:00Z"
    return {"metadata": meta, "spec": {"taints": [{"key": key, "effect": "NoSchedule"} for key in taints], **spec}}


def pod(annotations: dict[str, str] | None = None, deleted: bool = False, **status: Any) -> dict:
    meta: dict[str, Any] = {"name": "p", "annotations": annotations or {}}
    if deleted:
        meta["deletionTimestamp"] = "2026-01-01T00:00:00Z"
    return {"metadata": meta, "spec": {"nodeName": "n"}, "status": {"phase": "Running", **status}}


@pytest.mark.parametrize(
    ("the_pod", "the_node", "trigger", "must_go"),
    [
        (pod({"sojourn.dev/migrate": "true"}), node(), Trigger.ANNOTATION, False),
        (pod({"sojourn.dev/migrate": "True "}), None, Trigger.ANNOTATION, False),
        (pod(), node(unschedulable=True), Trigger.CORDON, False),
        (pod(), node(taints=("DeletionCandidateOfClusterAutoscaler",)), Trigger.CLUSTER_AUTOSCALER, False),
        (pod(), node(taints=("ToBeDeletedByClusterAutoscaler",)), Trigger.CLUSTER_AUTOSCALER, True),
        (pod(), node(taints=("karpenter.sh/disrupted",)), Trigger.KARPENTER, True),
        (pod(), node(taints=("karpenter.sh/disruption",)), Trigger.KARPENTER, True),
        (pod(), node(labels={"karpenter.sh/nodepool": "x"}, deleted=True), Trigger.KARPENTER, True),
        (pod(), node(taints=("aws-node-termination-handler/spot-itn",)), Trigger.INTERRUPTION, True),
        (pod(), node(taints=("aws-node-termination-handler/rebalance-recommendation",)), Trigger.INTERRUPTION, False),
        (pod(), node(taints=("cloud.google.com/impending-node-termination",)), Trigger.INTERRUPTION, True),
        (pod(), node(taints=("remediator.aks.microsoft.com/unschedulable",)), Trigger.INTERRUPTION, True),
        (pod(deleted=True), node(), Trigger.DELETION, True),
        (pod(phase="Failed", reason="Evicted"), node(), Trigger.DELETION, True),
        (
            pod(
                phase="Failed",
                conditions=[{"type": "DisruptionTarget", "status": "True", "reason": "TerminationByKubelet"}],
            ),
            node(),
            Trigger.DELETION,
            True,
        ),
    ],
)
def test_a_sign_is_found(the_pod: dict, the_node: dict | None, trigger: Trigger, must_go: bool) -> None:
    (sign,) = signs(the_pod, the_node)
    assert (sign.trigger, sign.must_go, sign.problem) == (trigger, must_go, "")
    assert sign.reason[0].islower() or sign.reason.startswith(("Karpenter", "AWS"))


@pytest.mark.parametrize(
    ("the_pod", "the_node"),
    [
        (pod(), node()),
        (pod(), None),
        (pod({"sojourn.dev/migrate": "false"}), node()),
        (pod({"sojourn.dev/to-node": "elsewhere"}), node()),  # a target alone is no wish to go
        (pod(), node(taints=("kubernetes.azure.com/scalesetpriority",))),  # spot capacity, not its end
        (pod(), node(labels={}, deleted=True)),
        (pod(phase="Failed"), node()),  # its own failure
        (pod(conditions=[{"type": "DisruptionTarget", "status": "False", "reason": "x"}]), node()),
    ],
)
def test_what_is_no_sign(the_pod: dict, the_node: dict | None) -> None:
    assert signs(the_pod, the_node) == []


def test_what_must_go_comes_before_what_merely_should() -> None:
    everything = node(taints=("DeletionCandidateOfClusterAutoscaler", "karpenter.sh/disrupted"), unschedulable=True)
    found = signs(pod({"sojourn.dev/migrate": "true"}), everything)
    assert [sign.trigger for sign in found] == [
        Trigger.KARPENTER,
        Trigger.CLUSTER_AUTOSCALER,
        Trigger.ANNOTATION,
        Trigger.CORDON,
    ]


def test_a_trigger_that_is_switched_off_is_not_looked_for() -> None:
    assert signs(pod(), node(unschedulable=True), enabled=frozenset({Trigger.KARPENTER})) == []


def test_every_trigger_but_the_made_request_has_its_module() -> None:
    assert set(LOOKS) == set(Trigger) - {Trigger.REQUEST}


def test_a_wish_says_where_to() -> None:
    notes = {
        "sojourn.dev/migrate": "true",
        "sojourn.dev/to-node": "node-7",
        "sojourn.dev/node-selector": "gpu=a100, zone=b",
        "sojourn.dev/resources": '{"limits": {"memory": "8Gi", "cpu": 2}}',
    }
    (sign,) = signs(pod(notes), node())
    assert sign.target == Target("node-7", {"gpu": "a100", "zone": "b"}, {"limits": {"memory": "8Gi", "cpu": "2"}})
    assert Target.from_json(sign.target.to_json()) == sign.target
