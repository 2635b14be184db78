"""The test cluster is a real one: what later tests rely on works in it."""

from __future__ import annotations

import subprocess
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cluster import images, tools
from tests.cluster.cluster import Cluster
from tests.cluster.hub import Hub, Settings
from tests.cluster.s3 import pod_settings, put_secret
from tests.cluster.user import User
from tests.seaweedfs import S3

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(1200)]

ROOT = Path(__file__).resolve().parents[2]
SERVER = ["python", "-m", "http.server", "8000"]


@pytest.fixture(scope="module")
def image(cluster: Cluster) -> str:
    """An image with Python and boto3, on all nodes."""
    made = images.export("plain")
    cluster.load(made)
    return made.reference


@pytest.fixture
def namespace(cluster: Cluster) -> Iterator[str]:
    """A namespace that ends with the test."""
    name = f"test-{uuid.uuid4().hex[:8]}"
    cluster.kubectl("create", "namespace", name)
    yield name
    cluster.kubectl("delete", "namespace", name, "--wait=false")


def pod_spec(image: str, argv: list[str], **more: Any) -> dict[str, Any]:
    container = {"name": "main", "image": image, "command": argv, "imagePullPolicy": "Never", **more}
    return {"containers": [container], "terminationGracePeriodSeconds": 1}


def pod(name: str, namespace: str, spec: dict[str, Any]) -> dict[str, Any]:
    metadata = {"name": name, "namespace": namespace, "labels": {"app": name}}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}


def run_pod(cluster: Cluster, namespace: str, image: str, argv: list[str], **more: Any) -> str:
    """Start a pod named ``main`` and wait until it is ready."""
    cluster.apply(pod("main", namespace, pod_spec(image, argv, **more)))
    cluster.wait("--for=condition=Ready", "pod/main", "-n", namespace, timeout=60)
    return "main"


def test_two_nodes_are_ready(cluster: Cluster) -> None:
    conditions = {
        node["metadata"]["name"]: {entry["type"]: entry["status"] for entry in node["status"]["conditions"]}
        for node in cluster.get("nodes")["items"]
    }
    assert len(cluster.nodes) >= 2
    assert {name: conditions[name]["Ready"] for name in cluster.nodes} == dict.fromkeys(cluster.nodes, "True")


def test_the_api_server_accepts_the_chart_and_the_manifests(cluster: Cluster, namespace: str) -> None:
    """A server-side dry run: every object is checked by a real API server, and nothing is made."""
    template = [
        str(tools.helm()),
        "template",
        "sojourn",
        str(ROOT / "charts/sojourn"),
        "--namespace",
        namespace,
        "--include-crds",
    ]
    chart = subprocess.run(template, capture_output=True, text=True, check=True, timeout=60).stdout
    manifests = "\n---\n".join((ROOT / "manifests" / name).read_text() for name in ("crds.yaml", "operator.yaml"))
    for objects in (chart, manifests.replace("namespace: sojourn", f"namespace: {namespace}")):
        dry = ("apply", "--dry-run=server", "--server-side", "--force-conflicts", "-n", namespace, "-f", "-")
        said = cluster.kubectl(*dry, input=objects).splitlines()
        assert any("deployment.apps/sojourn" in line for line in said)
        assert sum("customresourcedefinition" in line for line in said) == 3
        assert all(line.endswith("(server dry run)") for line in said)
    assert not cluster.get("deployments", "-n", namespace)["items"]


def test_a_pod_finds_a_service_by_name_and_reaches_it(cluster: Cluster, namespace: str, image: str) -> None:
    run_pod(cluster, namespace, image, SERVER)
    spec = {"selector": {"app": "main"}, "ports": [{"port": 80, "targetPort": 8000}]}
    metadata = {"name": "web", "namespace": namespace}
    cluster.apply({"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": spec})
    slices = ("endpointslices", "-l", "kubernetes.io/service-name=web", "-n", namespace)
    cluster.wait("--for=jsonpath={.endpoints[0].addresses[0]}", *slices, timeout=30)
    code = f"import urllib.request; print(urllib.request.urlopen('http://web.{namespace}.svc.cluster.local').status)"
    answer = cluster.kubectl("exec", "-n", namespace, "main", "--", "python", "-c", code)
    assert answer.strip() == "200"


def test_exec_and_logs_show_what_a_pod_says(cluster: Cluster, namespace: str, image: str) -> None:
    run_pod(cluster, namespace, image, ["sh", "-c", "echo from the log; sleep 600"])
    assert cluster.kubectl("logs", "-n", namespace, "main") == "from the log\n"
    assert cluster.kubectl("exec", "-n", namespace, "main", "--", "echo", "from exec") == "from exec\n"


def test_a_drain_moves_a_deployments_pod_to_another_node(cluster: Cluster, namespace: str, image: str) -> None:
    labels = {"app": "moved"}
    template = {"metadata": {"labels": labels}, "spec": pod_spec(image, ["sleep", "600"])}
    spec = {"replicas": 1, "selector": {"matchLabels": labels}, "template": template}
    metadata = {"name": "moved", "namespace": namespace}
    cluster.apply({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": spec})
    cluster.wait("--for=condition=Available", "deployment/moved", "-n", namespace, timeout=60)
    before = cluster.get("pods", "-n", namespace)["items"][0]["spec"]["nodeName"]
    try:
        cluster.drain(before, f"--pod-selector=app={labels['app']}", timeout=120)
        cluster.wait("--for=condition=Available", "deployment/moved", "-n", namespace, timeout=60)
        after = {found["spec"]["nodeName"] for found in _running(cluster, namespace)}
    finally:
        cluster.uncordon(before)
    assert after and before not in after


def test_a_container_over_its_memory_limit_is_killed_and_started_again_in_place(
    cluster: Cluster, namespace: str, image: str
) -> None:
    code = "import os, time\nif os.path.exists('/data/again'): time.sleep(600)\n"
    code += "open('/data/again', 'w')\nx = bytearray(b'x') * (1 << 28)"
    spec = pod_spec(image, ["python", "-c", code], resources={"limits": {"memory": "64Mi"}})
    spec["containers"][0]["volumeMounts"] = [{"name": "data", "mountPath": "/data"}]
    cluster.apply(pod("main", namespace, {**spec, "volumes": [{"name": "data", "emptyDir": {}}]}))
    cluster.wait(
        "--for=jsonpath={.status.containerStatuses[0].restartCount}=1", "pod/main", "-n", namespace, timeout=60
    )
    status = cluster.get("pod", "main", "-n", namespace)["status"]["containerStatuses"][0]
    assert status["lastState"]["terminated"]["reason"] == "OOMKilled"


def test_pods_write_to_the_s3_store_with_the_credentials_of_the_secret(
    cluster: Cluster, namespace: str, image: str, s3: S3
) -> None:
    put_secret(cluster, s3, namespace)
    settings = pod_settings(s3)
    mounts, environment = settings["mounts"], settings["environment"]
    spec = pod_spec(image, ["sleep", "600"], volumeMounts=mounts)
    cluster.apply(pod("main", namespace, {**spec, "volumes": settings["volumes"]}))
    cluster.wait("--for=condition=Ready", "pod/main", "-n", namespace, timeout=60)
    code = f"""
import boto3, pathlib
keys = pathlib.Path({environment["SOJOURN_CREDENTIALS_DIR"]!r})
read = lambda name: (keys / name).read_text()
client = boto3.client("s3", endpoint_url={s3.endpoint!r}, region_name="us-east-1",
                      aws_access_key_id=read("aws_access_key_id"), aws_secret_access_key=read("aws_secret_access_key"))
client.put_object(Bucket={s3.bucket!r}, Key="from-a-pod", Body=b"hello")
"""
    cluster.kubectl("exec", "-n", namespace, "main", "--", "python", "-c", code)
    assert s3.client().get_object(Bucket=s3.bucket, Key="from-a-pod")["Body"].read() == b"hello"


@pytest.mark.parametrize("version", [6, 5])
def test_a_hubs_user_runs_cells_in_a_pod_through_the_proxy(
    hubs: Callable[..., Hub], users: Callable[..., User], version: int
) -> None:
    hub = hubs(f"plain-hub-{version}", Settings(version=version, notebook="plain"))
    ada = users(hub, "ada").spawn()
    notebook = ada.open("work.ipynb", kernel="python3")
    assert notebook.run("x = 41\nprint('hello')").checked().stdout == "hello\n"
    assert notebook.value("x + 1") == "42"
    assert ada.exec("jupyterhub", "--version").startswith(f"{version}.")
    assert ada.node in hub.cluster.nodes
    assert [session["kernel"]["id"] for session in ada.sessions()] == [notebook.kernel]


def test_what_a_user_saves_is_there_in_the_next_pod_on_another_node(
    hubs: Callable[..., Hub], users: Callable[..., User]
) -> None:
    hub = hubs("plain-hub-6", Settings(version=6, notebook="plain"))
    grace = users(hub, "grace").spawn()
    grace.write("kept.txt", "still here")
    first = grace.node
    grace.stop()
    assert first is not None
    hub.cluster.cordon(first)
    try:
        grace.spawn()
        second = grace.node
    finally:
        hub.cluster.uncordon(first)
    assert (second != first, grace.exec("cat", "kept.txt")) == (True, "still here")


def _running(cluster: Cluster, namespace: str) -> list[dict[str, Any]]:
    found = cluster.get("pods", "-n", namespace)["items"]
    return [each for each in found if "deletionTimestamp" not in each["metadata"]]
