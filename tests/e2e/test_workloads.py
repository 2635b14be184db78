"""Notebook servers without a hub: a StatefulSet in Kubeflow's shape and a bare pod move with their sessions too."""

from __future__ import annotations

import json
import time
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import websocket

from tests.cluster import images
from tests.cluster.cells import Channel
from tests.cluster.cluster import Cluster
from tests.cluster.hub import Hub
from tests.cluster.operator import Operator
from tests.cluster.s3 import pod_settings
from tests.e2e.story import patiently, wait_until
from tests.seaweedfs import S3

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(420)]
TOKEN = "the-servers-own-token"
AGENT = "/var/run/secrets/sojourn/agent"


@dataclass(frozen=True)
class Server:
    """A notebook server in a pod of its own, asked at the pod's address."""

    cluster: Cluster
    namespace: str
    pod: str

    def found(self) -> dict[str, Any]:
        return self.cluster.get("pod", self.pod, "-n", self.namespace)

    def request(self, method: str, path: str, body: Any = None) -> Any:
        url = f"http://{self.found()['status']['podIP']}:8888/{path}"
        data = json.dumps(body).encode() if body is not None else None
        headers = {"Authorization": f"token {TOKEN}", "Content-Type": "application/json"}
        with urllib.request.urlopen(urllib.request.Request(url, data, headers, method=method), timeout=60) as answer:
            return json.loads(answer.read() or b"null")

    def value(self, kernel: str, code: str) -> str:
        """What a cell prints."""
        address = (
            f"ws://{self.found()['status']['podIP']}:8888/api/kernels/{kernel}/channels?session_id={uuid.uuid4().hex}"
        )
        socket = websocket.create_connection(address, header=[f"Authorization: token {TOKEN}"], timeout=60)
        with Channel(socket) as channel:
            return channel.run(code).checked().stdout.strip()


def template(server: S3, operator: Operator, name: str) -> dict[str, Any]:
    """A pod of the project's notebook image, opted in."""
    image = images.export("notebook")
    operator.cluster.load(image)
    store = pod_settings(server, "workloads")
    environment = [{"name": key, "value": value} for key, value in store["environment"].items()]
    environment += [
        {"name": "SOJOURN_AGENT_TOKEN_FILE", "value": f"{AGENT}/token"},
        {"name": "SOJOURN_SESSION", "value": f"e2e/{name}"},
        {"name": "HOME", "value": "/tmp/home"},
    ]
    argv = ["jupyter", "server", "--ip=0.0.0.0", f"--IdentityProvider.token={TOKEN}", "--ServerApp.root_dir=/tmp"]
    secret = {"name": "agent", "secret": {"secretName": agent_secret(operator)}}
    return {
        "metadata": {"labels": {"app": name, "sojourn.dev/enabled": "true"}},
        "spec": {
            "terminationGracePeriodSeconds": 60,
            "volumes": [*store["volumes"], secret],
            "containers": [
                {
                    "name": "notebook",
                    "image": image.reference,
                    "imagePullPolicy": "IfNotPresent",
                    "args": argv,
                    "env": environment,
                    "ports": [{"containerPort": 8888, "name": "notebook-port"}],
                    "volumeMounts": [*store["mounts"], {"name": "agent", "mountPath": AGENT, "readOnly": True}],
                }
            ],
        },
    }


def agent_secret(operator: Operator) -> str:
    """Name of the Secret with the agents' token that the chart made."""
    found = operator.cluster.get("secrets", "-n", operator.namespace)["items"]
    return next(one["metadata"]["name"] for one in found if "agent" in one["metadata"]["name"])


@pytest.fixture
def made(cluster: Cluster, operator: Operator) -> Iterator[Callable[[dict[str, Any]], None]]:
    """Makes objects beside the operator; they are gone at the end, and the nodes take pods again."""
    objects: list[dict[str, Any]] = []

    def make(one: dict[str, Any]) -> None:
        objects.append(one)
        cluster.apply(one)

    yield make
    for one in objects:
        cluster.delete(one["kind"], one["metadata"]["name"], "-n", operator.namespace, "--grace-period=1")
    for node in cluster.nodes:
        cluster.uncordon(node)


def moves(server: Server, cluster: Cluster) -> None:
    """Begin a session, close its node, annotate its pod: the same kernel goes on elsewhere."""
    wait_until(lambda: server.request("GET", "api"), 120, "the notebook server")
    body = {"path": "w.ipynb", "name": "w.ipynb", "type": "notebook", "kernel": {"name": "sojourn"}}
    session = patiently(lambda: server.request("POST", "api/sessions", body), 60, "a session")
    kernel = session["kernel"]["id"]
    server.value(kernel, "x = 41\ndata = [1]\nsame = data")
    before = server.found()
    cluster.cordon(before["spec"]["nodeName"])
    cluster.kubectl("annotate", "pod", server.pod, "-n", server.namespace, "sojourn.dev/migrate=true")

    def next_pod() -> bool:
        pod = server.found()
        return pod["metadata"]["uid"] != before["metadata"]["uid"] and pod["status"].get("phase") == "Running"

    wait_until(next_pod, 150, f"the next {server.pod}")
    sessions = wait_until(lambda: server.request("GET", "api/sessions"), 90, "sessions of the next pod")
    assert [(one["id"], one["kernel"]["id"]) for one in sessions] == [(session["id"], kernel)]
    assert wait_until(lambda: server.value(kernel, "print(x + 1, same is data)"), 60, "a cell") == "42 True"
    assert server.found()["spec"]["nodeName"] != before["spec"]["nodeName"]


def test_a_statefulsets_session_moves(
    made: Callable[..., None], s3: S3, hub: Hub, operator: Operator, cluster: Cluster
) -> None:
    pod = template(s3, operator, "notebook-sts")
    made(
        {
            "apiVersion": "apps/v1",
            "kind": "StatefulSet",
            "metadata": {"name": "notebook-sts", "namespace": operator.namespace},
            "spec": {
                "serviceName": "notebook-sts",
                "replicas": 1,
                "selector": {"matchLabels": {"app": "notebook-sts"}},
                "template": pod,
            },
        }
    )
    moves(Server(cluster, operator.namespace, "notebook-sts-0"), cluster)


def test_a_bare_pods_session_moves(
    made: Callable[..., None], s3: S3, hub: Hub, operator: Operator, cluster: Cluster
) -> None:
    pod = template(s3, operator, "notebook-bare")
    pod["metadata"] |= {"name": "notebook-bare", "namespace": operator.namespace}
    made({"apiVersion": "v1", "kind": "Pod", **pod})
    moves(Server(cluster, operator.namespace, "notebook-bare"), cluster)
    time.sleep(1)
    assert "finalizers" not in cluster.get("pod", "notebook-bare", "-n", operator.namespace)["metadata"]
