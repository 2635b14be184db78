"""The operator in the test cluster, installed by its chart; or run on this machine, to debug it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.cluster import images, tools
from tests.cluster.cluster import Cluster
from tests.cluster.commands import CommandFailed, progress, run
from tests.cluster.hub import Hub
from tests.cluster.images import ROOT

CHART = ROOT / "charts/sojourn"


@dataclass(frozen=True)
class Operator:
    """The operator as its chart installed it."""

    cluster: Cluster
    namespace: str

    @property
    def name(self) -> str:
        """Of the release, and of its Deployment. Cluster-wide objects bear it too, so it differs between namespaces."""
        return f"{self.namespace}-sojourn"

    @property
    def chosen(self) -> tuple[str, ...]:
        """How kubectl finds the operator's pods."""
        return ("-n", self.namespace, "-l", f"app.kubernetes.io/instance={self.name}")

    @property
    def pod(self) -> str | None:
        """Name of the pod that runs, or None."""
        found = self.cluster.get("pods", *self.chosen)["items"]
        living = [each["metadata"]["name"] for each in found if "deletionTimestamp" not in each["metadata"]]
        return living[0] if living else None

    def logs(self) -> str:
        return self.cluster.kubectl("logs", "-n", self.namespace, f"deployment/{self.name}", "--tail=-1")

    def kill(self) -> None:
        """End the operator's pod at once, as a node that fails does; the Deployment makes another."""
        if pod := self.pod:
            self.cluster.kubectl("delete", "pod", pod, "-n", self.namespace, "--grace-period=0", "--force")

    def scale(self, replicas: int) -> None:
        """Have no operator (0), or have it back (1); returns when that is so."""
        where = ("-n", self.namespace)
        self.cluster.kubectl("scale", *where, f"deployment/{self.name}", f"--replicas={replicas}")
        if replicas:
            self.ready()
        else:
            self.cluster.wait("--for=delete", "pod", *self.chosen, timeout=60)

    def ready(self) -> None:
        """Wait until it is available."""
        self.cluster.kubectl("rollout", "status", "-n", self.namespace, f"deployment/{self.name}", "--timeout=120s")


def install(
    cluster: Cluster, namespace: str, hub: Hub | None = None, values: Mapping[str, Any] | None = None
) -> Operator:
    """Install or upgrade the chart in a namespace, with the image of the tree as it is. ``values`` go over ours."""
    image = images.export("operator")
    cluster.load(image)
    repository, _, tag = image.reference.rpartition(":")
    settings: dict[str, Any] = {"image": {"repository": repository, "tag": tag, "pullPolicy": "IfNotPresent"}}
    if hub:
        token = {"value": hub.service_token}
        spawner = {"create": False}  # the test's hub mounts the tree's own file
        settings["namespaces"] = [hub.namespace]  # another hub has an operator of its own
        settings["hub"] = {"apiUrl": hub.inside, "namespace": hub.namespace, "token": token, "spawner": spawner}
    operator = Operator(cluster, namespace)
    with progress(f"helm install {operator.name}"), tempfile.TemporaryDirectory() as scratch:
        ours, given = Path(scratch) / "ours.json", Path(scratch) / "given.json"
        ours.touch(mode=0o600)
        ours.write_text(json.dumps(settings))
        given.write_text(json.dumps(values or {}))
        argv = ["upgrade", "--install", operator.name, CHART, "--namespace", namespace, "--create-namespace"]
        argv += ["--values", ours, "--values", given, "--wait", "--timeout", "90s"]
        try:
            run(tools.helm(), *argv, env=cluster.environment(), timeout=150)
        except CommandFailed as error:
            words = _last_words(operator)
            uninstall(operator)
            raise RuntimeError(f"{error}\nThe operator's log:\n{words}") from None
    return operator


def _last_words(operator: Operator) -> str:
    """The end of the log of an operator that didn't become ready, of the container before if it was started again."""
    for more in (("--previous",), ()):
        try:
            return operator.cluster.kubectl("logs", *operator.chosen, "--tail=80", *more)
        except CommandFailed as error:
            words = str(error)
    return words


def uninstall(operator: Operator) -> None:
    """Uninstall the chart. Its CRDs stay, as Helm leaves them."""
    where = ("--namespace", operator.namespace, "--ignore-not-found", "--wait")
    run(tools.helm(), "uninstall", operator.name, *where, env=operator.cluster.environment(), timeout=180)


def remove_definitions(cluster: Cluster) -> None:
    """Delete the CRDs, and with them all objects of their kinds."""
    cluster.delete("--filename", str(CHART / "crds"))


@contextmanager
def running_here(cluster: Cluster, hub: Hub | None = None, **settings: str) -> Iterator[subprocess.Popen[bytes]]:
    """The operator as a process of this machine, for the length of a ``with`` block; its output goes to ours.

    ``settings`` are its environment variables without their prefix, in lower case.
    """
    cluster.kubectl("apply", "--server-side", "--force-conflicts", "--filename", str(CHART / "crds"))
    with tempfile.TemporaryDirectory() as scratch:
        token = Path(scratch) / "hub-token"
        token.touch(mode=0o600)
        token.write_text(hub.service_token if hub else "")
        own = {"hub_token_file": str(token), "metrics_port": "0"}
        if hub:
            own |= {"hub_api_url": hub.outside, "hub_namespace": hub.namespace}
        variables = {f"SOJOURN_OPERATOR_{name.upper()}": value for name, value in {**own, **settings}.items()}
        path = os.pathsep.join([str(ROOT / "kernel"), str(ROOT / "operator"), os.environ.get("PYTHONPATH", "")])
        env = {**cluster.environment(), **variables, "PYTHONPATH": path}
        process = subprocess.Popen([sys.executable, "-m", "sojourn_operator"], env=env, cwd=scratch)
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
