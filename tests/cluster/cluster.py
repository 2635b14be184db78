"""The one interface to a test cluster, whoever provides it."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from kubernetes import client, config

from tests.cluster.commands import CommandFailed, run
from tests.cluster.oci import Image


class NoCluster(RuntimeError):
    """No cluster can be had here; the message is one sentence that says why."""


@dataclass(frozen=True)
class Cluster:
    """A Kubernetes cluster to test on.

    ``host`` is the address at which pods reach this machine. ``load`` puts an image on all nodes. ``shared``
    turns a folder's name into a pod's volume source for a folder that all nodes see. ``logs``: daemons' logs, if any.
    """

    provider: str
    kubeconfig: Path
    kubectl_program: Path
    host: str
    load: Callable[[Image], None]
    shared: Callable[[str], dict[str, Any]]
    logs: Path | None = None
    namespace: str = field(default="default")

    def environment(self) -> dict[str, str]:
        """The environment for programs that speak to the cluster."""
        return {**os.environ, "KUBECONFIG": str(self.kubeconfig)}

    def kubectl(self, *args: str, input: str | None = None, timeout: float = 180) -> str:
        """Standard output of kubectl. Raises CommandFailed."""
        return run(self.kubectl_program, *args, input=input, env=self.environment(), timeout=timeout)

    def get(self, *args: str) -> Any:
        """What ``kubectl get … -o json`` says, parsed."""
        return json.loads(self.kubectl("get", *args, "-o", "json"))

    def apply(self, *objects: dict[str, Any]) -> None:
        """Create or change objects."""
        self.kubectl("apply", "-f", "-", input=json.dumps({"apiVersion": "v1", "kind": "List", "items": list(objects)}))

    def delete(self, *args: str, timeout: float = 120) -> None:
        """Delete objects and wait until they are gone; those that don't exist are gone already."""
        self.kubectl("delete", "--ignore-not-found", "--wait", *args, timeout=timeout)

    @cached_property
    def api(self) -> client.ApiClient:
        """The official client, for the typed APIs: ``client.CoreV1Api(cluster.api)``."""
        return config.new_client_from_config(config_file=str(self.kubeconfig))

    @property
    def nodes(self) -> tuple[str, ...]:
        """Names of the nodes that take pods."""
        return tuple(node["metadata"]["name"] for node in self.get("nodes")["items"] if not _control_plane(node))

    def addresses(self) -> dict[str, str]:
        """Each node's address, at which this machine reaches NodePort services."""
        found = {}
        for node in self.get("nodes")["items"]:
            kinds = {entry["type"]: entry["address"] for entry in node["status"]["addresses"]}
            found[node["metadata"]["name"]] = kinds["InternalIP"]
        return found

    def exec(self, pod: str, *argv: str, container: str | None = None, timeout: float = 60) -> str:
        """Standard output of a program run in a pod."""
        which = ("-c", container) if container else ()
        return self.kubectl("exec", pod, *which, "--", *argv, timeout=timeout)

    def pod_logs(self, pod: str, *options: str) -> str:
        return self.kubectl("logs", pod, *options)

    def cordon(self, node: str) -> None:
        self.kubectl("cordon", node)

    def uncordon(self, node: str) -> None:
        self.kubectl("uncordon", node)

    def drain(self, node: str, *options: str, timeout: float = 180) -> None:
        """Cordon a node and evict its pods, as an admin does."""
        usual = ("--ignore-daemonsets", "--delete-emptydir-data", "--force")
        self.kubectl("drain", node, *usual, *options, timeout=timeout)

    def node_of(self, pod: str) -> str | None:
        """Name of the node a pod is on; None while it has none."""
        return self.get("pod", pod)["spec"].get("nodeName")

    def wait(self, *args: str, timeout: float = 120) -> None:
        """``kubectl wait``; raises CommandFailed when the condition doesn't come true within ``timeout`` seconds."""
        self.kubectl("wait", f"--timeout={timeout:.0f}s", *args, timeout=timeout + 20)

    def collect(self, folder: Path) -> None:
        """Write down all that helps to understand a failure: objects, events, the pods' and the daemons' logs."""
        folder.mkdir(parents=True, exist_ok=True)
        self._write(folder / "objects.txt", "get", "all,nodes,events", "--all-namespaces", "-o", "wide")
        self._write(folder / "own.yaml", "get", "sessions,migrations,migrationpolicies", "-A", "-o", "yaml")
        self._write(folder / "pods.txt", "describe", "pods", "--all-namespaces")
        for pod in self.get("pods", "--all-namespaces")["items"]:
            name, namespace = pod["metadata"]["name"], pod["metadata"]["namespace"]
            for suffix, options in (("log", ()), ("previous.log", ("--previous",))):
                path = folder / f"{namespace}.{name}.{suffix}"
                self._write(path, "logs", name, "-n", namespace, "--all-containers", *options)
        for log in sorted(self.logs.glob("*.log")) if self.logs else []:
            (folder / f"daemon.{log.name}").write_bytes(log.read_bytes()[-200_000:])

    def _write(self, path: Path, *args: str) -> None:
        try:
            text = self.kubectl(*args, timeout=60)
        except (CommandFailed, subprocess.TimeoutExpired) as error:
            text = str(error)
        if "previous terminated container" not in text:
            path.write_text(text)


def wait_nodes_ready(cluster: Cluster, names: Sequence[str], timeout: float = 120) -> None:
    """Wait until nodes are Ready and pods can be made (the default service account exists)."""
    end = time.monotonic() + timeout
    while not _ready(cluster, names):
        if time.monotonic() > end:
            raise TimeoutError(f"not all of {', '.join(names)} were Ready after {timeout:.0f} s")
        time.sleep(0.3)


def _ready(cluster: Cluster, names: Sequence[str]) -> bool:
    try:
        states = {node["metadata"]["name"]: _is_ready(node) for node in cluster.get("nodes")["items"]}
        return all(states.get(name) for name in names) and bool(cluster.get("serviceaccount", "default"))
    except CommandFailed:
        return False


def _is_ready(node: dict[str, Any]) -> bool:
    conditions = node.get("status", {}).get("conditions", [])
    return any(entry["type"] == "Ready" and entry["status"] == "True" for entry in conditions)


def _control_plane(node: dict[str, Any]) -> bool:
    return "node-role.kubernetes.io/control-plane" in node["metadata"].get("labels", {})
