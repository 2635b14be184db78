"""Workloads: what a pod made again keeps, where it is placed, and whose it is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from operator_world import NS, World, merge, pod_body, stateful_set
from sojourn_operator.kinds import DEPLOYMENT, NOTEBOOK, POD, REPLICASET, STATEFULSET
from sojourn_operator.target import Target
from sojourn_operator.workloads import CannotMove, Workload, identify
from sojourn_operator.workloads.barepod import manifest
from sojourn_operator.workloads.base import base_url, server_port
from sojourn_operator.workloads.placement import merge_patch, placed

NESTED = st.recursive(
    st.dictionaries(st.sampled_from("abc"), st.integers(), max_size=3),
    lambda inner: st.dictionaries(st.sampled_from("abc"), inner | st.integers() | st.lists(st.integers()), max_size=3),
    max_leaves=12,
)

LIVE = {
    "metadata": {
        "name": "solo",
        "namespace": NS,
        "uid": "u",
        "resourceVersion": "9",
        "creationTimestamp": "2026-01-01T00:00:00Z",
        "labels": {"team": "ml"},
        "annotations": {
            "mine": "kept",
            "sojourn.dev/moving": "m",
            "sojourn.dev/migrate": "true",
            "cni.projectcalico.org/podIP": "10.0.0.1",
        },
    },
    "spec": {
        "nodeName": "node-a",
        "serviceAccountName": "sa",
        "serviceAccount": "sa",
        "priority": 0,
        "tolerations": [
            {
                "key": "node.kubernetes.io/not-ready",
                "operator": "Exists",
                "effect": "NoExecute",
                "tolerationSeconds": 300,
            },
            {"key": "gpu", "operator": "Exists"},
        ],
        "volumes": [{"name": "home", "emptyDir": {}}, {"name": "kube-api-access-x2b4z", "projected": {}}],
        "containers": [
            {"name": "side", "image": "s"},
            {
                "name": "notebook",
                "image": "nb",
                "volumeMounts": [
                    {"name": "home", "mountPath": "/h"},
                    {"name": "kube-api-access-x2b4z", "mountPath": "/var/run/secrets"},
                ],
            },
        ],
        "terminationGracePeriodSeconds": 60,
    },
    "status": {"phase": "Running"},
}


def test_a_pod_is_made_again_as_its_owner_wrote_it() -> None:
    body = manifest(LIVE)
    assert body["metadata"] == {
        "name": "solo",
        "namespace": NS,
        "labels": {"team": "ml"},
        "annotations": {"mine": "kept"},
    }
    assert body["spec"] == {
        "serviceAccountName": "sa",
        "tolerations": [{"key": "gpu", "operator": "Exists"}],
        "volumes": [{"name": "home", "emptyDir": {}}],
        "containers": [
            {"name": "side", "image": "s"},
            {"name": "notebook", "image": "nb", "volumeMounts": [{"name": "home", "mountPath": "/h"}]},
        ],
        "terminationGracePeriodSeconds": 60,
    }
    assert "status" not in body


def test_a_target_goes_into_the_notebook_container_only() -> None:
    spec = placed(LIVE["spec"], Target(resources={"requests": {"cpu": "2"}}), firm=True)
    assert [c.get("resources") for c in spec["containers"]] == [None, {"requests": {"cpu": "2"}}]
    assert "resources" not in LIVE["spec"]["containers"][1], "the given spec is left as it was"


def test_a_node_holds_in_each_alternative_of_an_affinity_and_comes_off_again() -> None:
    terms = [
        {"matchExpressions": [{"key": "a", "operator": "Exists"}]},
        {"matchExpressions": [{"key": "b", "operator": "Exists"}]},
    ]
    required = {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": terms}}
    spec = {"containers": [{"name": "notebook"}], "affinity": {"nodeAffinity": required, "podAffinity": {}}}
    pinned = placed(spec, Target(node="node-c"), firm=True)
    fields = [
        term["matchFields"][0]["values"]
        for term in pinned["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"][
            "nodeSelectorTerms"
        ]
    ]
    assert fields == [["node-c"], ["node-c"]]
    assert placed(pinned, Target(), firm=True) == spec


@pytest.mark.parametrize("target", [Target(node="node-c"), Target(avoid="node-a")])
@pytest.mark.parametrize("firm", [True, False])
def test_without_an_affinity_of_the_owners_nothing_of_a_move_stays_behind(target: Target, firm: bool) -> None:
    spec = {"containers": [{"name": "notebook"}]}
    assert placed(placed(spec, target, firm=firm), Target(), firm=firm) == spec


def test_a_lasting_template_only_prefers_a_node() -> None:
    affinity = placed({"containers": [{"name": "notebook"}]}, Target(node="node-c"), firm=False)["affinity"][
        "nodeAffinity"
    ]
    assert list(affinity) == ["preferredDuringSchedulingIgnoredDuringExecution"]


@pytest.mark.parametrize(
    ("env", "annotations", "url"),
    [
        ({"JUPYTERHUB_SERVICE_PREFIX": "/user/ada/big/"}, {}, "/user/ada/big/"),
        ({"NB_PREFIX": "/notebook/team/nb"}, {}, "/notebook/team/nb/"),
        ({}, {"sojourn.dev/base-url": "lab"}, "/lab/"),
        ({}, {"sojourn.dev/base-url": "/"}, "/"),
        ({}, {}, "/"),
    ],
)
def test_the_servers_base_url(env: dict[str, str], annotations: dict[str, str], url: str) -> None:
    pod = pod_body("p", annotations=annotations)
    pod["spec"]["containers"][0]["env"] = [{"name": key, "value": value} for key, value in env.items()]
    assert base_url(pod) == url


def test_the_servers_port_is_the_notebooks_whatever_its_container_is_called() -> None:
    pod = pod_body("p")
    assert server_port(pod) == 8888
    pod["spec"]["containers"] = [
        {"name": "proxy", "ports": [{"containerPort": 80}]},
        {"name": "lab", "ports": [{"containerPort": 1}, {"name": "notebook-port", "containerPort": 9999}]},
    ]
    assert server_port(pod) == 9999
    pod["metadata"]["annotations"] = {"sojourn.dev/port": "7000"}
    assert server_port(pod) == 7000


def owned(kind: str, name: str) -> list[dict]:
    return [{"kind": kind, "name": name, "controller": True, "uid": "u", "apiVersion": "v1"}]


def test_a_kubeflow_notebook_is_known_by_its_own_name_and_its_target_goes_into_the_notebook() -> None:
    world = World()
    world.cluster.add(NOTEBOOK, stateful_set("lab"))
    sts = stateful_set("lab")
    sts["metadata"]["ownerReferences"] = owned("Notebook", "lab")
    world.cluster.add(STATEFULSET, sts)
    pod = world.cluster.add(POD, pod_body("lab-0", "node-a", ownerReferences=owned("StatefulSet", "lab")))
    workload = identify(pod, world.engine.means)
    assert (workload.kind, workload.owner, workload.server) == ("StatefulSet", "notebook", "lab")
    assert Workload.from_json(NS, workload.to_json()) == workload
    world.annotate("lab-0", migrate="true", node_selector="gpu=yes")
    world.run()
    assert world.phases() == ["Succeeded"]
    assert world.cluster.objects[(NOTEBOOK, NS, "lab")]["spec"]["template"]["spec"]["nodeSelector"] == {"gpu": "yes"}


def test_a_rollout_that_takes_the_pod_away_is_left_to_it() -> None:
    world = World()
    sts = stateful_set("nb")
    sts["spec"]["updateStrategy"] = {"type": "RollingUpdate"}
    world.cluster.add(STATEFULSET, sts)
    world.cluster.add(POD, pod_body("nb-0", "node-a", ownerReferences=owned("StatefulSet", "nb")))
    world.annotate("nb-0", migrate="true", to_node="node-b")
    world.run(10)
    assert world.phases() == ["Stopping"] and "deletionTimestamp" not in world.pod("nb-0")["metadata"]
    world.delete("nb-0")  # the controller's rollout
    world.run()
    assert world.phases() == ["Succeeded"] and world.pod("nb-0")["spec"]["nodeName"] == "node-b"


def deployment(world: World, replicas: int = 1, session: str = "team/alice/default") -> dict:
    spec = {"replicas": replicas, "selector": {"matchLabels": {"app": "lab"}}, "template": {"spec": {}}}
    world.cluster.add(DEPLOYMENT, {"metadata": {"name": "lab", "namespace": NS}, "spec": spec})
    world.cluster.add(
        REPLICASET, {"metadata": {"name": "lab-1", "namespace": NS, "ownerReferences": owned("Deployment", "lab")}}
    )
    pod = pod_body("lab-1-x", "node-a", ownerReferences=owned("ReplicaSet", "lab-1"))
    pod["metadata"]["labels"]["app"] = "lab"
    if session:
        pod["spec"]["containers"][0]["env"] = [{"name": "SOJOURN_SESSION", "value": session}]
    return world.cluster.add(POD, pod)


def test_a_deployments_next_pod_has_another_name_and_the_session_is_found_there() -> None:
    world = World()
    deployment(world)
    world.annotate("lab-1-x", migrate="true")
    world.run(3)
    assert world.pod("lab-1-x") is None
    new = pod_body("lab-1-y", ownerReferences=owned("ReplicaSet", "lab-1"))
    new["metadata"]["labels"]["app"] = "lab"
    world.cluster.add(POD, new)
    world.run()
    assert world.phases() == ["Succeeded"] and world.migrations()[0]["status"]["target"]["name"] == "lab-1-y"


@pytest.mark.parametrize(("replicas", "session", "said"), [(3, "s", "one server"), (1, "", "SOJOURN_SESSION")])
def test_a_deployment_that_cannot_carry_a_session_says_why(replicas: int, session: str, said: str) -> None:
    world = World()
    pod = deployment(world, replicas, session)
    with pytest.raises(CannotMove, match=said):
        identify(pod, world.engine.means)


@pytest.mark.parametrize("kind", ["Job", "DaemonSet", "ReplicaSet"])
def test_pods_of_others_are_left_alone_with_a_reason(kind: str) -> None:
    world = World()
    with pytest.raises(CannotMove, match=kind):
        identify(pod_body("p", ownerReferences=owned(kind, "x")), world.engine.means)


@given(NESTED, NESTED)
def test_a_merge_patch_leads_from_one_object_to_the_other(before: dict, after: dict) -> None:
    assert merge(before, merge_patch(before, after)) == after


def test_a_second_wish_for_a_template_takes_the_first_ones_node_off() -> None:
    first = placed(
        {"containers": [{"name": "notebook"}], "affinity": {"podAffinity": {}}}, Target(node="a"), firm=False
    )
    second = placed(first, Target(node_selector={"gpu": "yes"}), firm=False)
    patched = merge(first, merge_patch(first, second))
    assert "nodeAffinity" not in patched["affinity"] and patched["nodeSelector"] == {"gpu": "yes"}
