"""The kind provider: nodes are containers of a Docker that works."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from tests.cluster import tools
from tests.cluster.cluster import Cluster, NoCluster, wait_nodes_ready
from tests.cluster.commands import CommandFailed, progress, run
from tests.cluster.oci import Image, write_archive

NAME = "sojourn"
SHARED = "/sojourn-shared"  # in every node, one and the same folder of this machine


def prepare() -> None:
    """Have kind and kubectl ready."""
    _kind()
    _kubectl()


def up(count: int = 2) -> Cluster:
    """A cluster with ``count`` workers and a control plane of its own."""
    if (cluster := running()) is None:
        _home().mkdir(parents=True, exist_ok=True)
        mounts = [{"hostPath": str(_home() / "shared"), "containerPath": SHARED}]
        roles = [{"role": "control-plane"}, *({"role": "worker", "extraMounts": mounts} for _ in range(count))]
        settings = {"kind": "Cluster", "apiVersion": "kind.x-k8s.io/v1alpha4", "nodes": roles}
        with progress("creating the kind cluster"):
            where = ("--kubeconfig", _home() / "kubeconfig", "--config", "-")
            run(_kind(), "create", "cluster", "--name", NAME, *where, input=json.dumps(settings), timeout=900)
        cluster = _cluster()
        wait_nodes_ready(cluster, cluster.nodes)
    if len(cluster.nodes) < count:
        raise NoCluster(f"the kind cluster has {len(cluster.nodes)} nodes, and kind can't add one: take it down first")
    return cluster


def running() -> Cluster | None:
    """The cluster that is up; None when there is none."""
    try:
        found = NAME in run(_kind(), "get", "clusters").split()
    except CommandFailed:
        found = False
    return _cluster() if found else None


def down() -> list[str]:
    """Delete the cluster. Returns sentences on what is left of it."""
    with progress("deleting the kind cluster"):
        run(_kind(), "delete", "cluster", "--name", NAME, timeout=300)
    shutil.rmtree(_home(), ignore_errors=True)
    return [f"container {name}" for name in run("docker", "ps", "-aq", "--filter", _label()).split()]


def _label() -> str:
    return f"label=io.x-k8s.kind.cluster={NAME}"


def _cluster() -> Cluster:
    return Cluster("kind", _home() / "kubeconfig", _kubectl(), _gateway(), _load, _shared)


def _gateway() -> str:
    """The address of this machine on Docker's network for kind."""
    networks = json.loads(run("docker", "network", "inspect", "kind"))
    gateways = [entry.get("Gateway", "") for entry in networks[0]["IPAM"]["Config"]]
    return next(gateway for gateway in gateways if gateway and ":" not in gateway)


def _load(image: Image) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        archive = Path(scratch) / "image.tar"
        write_archive(image, archive)
        run(_kind(), "load", "image-archive", archive, "--name", NAME, timeout=900)


def _shared(name: str) -> dict[str, Any]:
    return {"hostPath": {"path": f"{SHARED}/{name}", "type": "DirectoryOrCreate"}}


def _home() -> Path:
    return Path(os.environ.get("SOJOURN_TEST_STATE") or tools.cache_root() / "kind")


def _kind() -> Path:
    return Path(found) if (found := shutil.which("kind")) else tools.build("kind")


def _kubectl() -> Path:
    return Path(found) if (found := shutil.which("kubectl")) else tools.tools().kubectl
