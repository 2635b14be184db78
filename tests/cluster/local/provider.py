"""Bringing the local cluster up and down."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from tests.cluster import packages, tools
from tests.cluster.archives import program_archive
from tests.cluster.cluster import Cluster, NoCluster, wait_nodes_ready
from tests.cluster.commands import progress
from tests.cluster.local import control, leftovers, network, node
from tests.cluster.local.layout import HOST, nodes, secret_file, state_dir
from tests.cluster.oci import Image


def running() -> Cluster | None:
    """The cluster that is up and answers; None when there is none."""
    return _cluster() if _recorded() and control.ready() else None


def up(count: int = 2) -> Cluster:
    """A cluster with ``count`` nodes: the one that runs, with nodes added where it has fewer, or a new one.

    Raises NoCluster where the machine doesn't allow one. What a broken run left behind is taken away first.
    """
    if reason := packages.why_not_here():
        raise NoCluster(reason)
    if not 1 <= count <= control.MOST_NODES:
        raise NoCluster(f"the local cluster has 1 to {control.MOST_NODES} nodes, not {count}")
    packages.install()
    programs = tools.tools()
    cluster = running()
    if cluster is None:
        leftovers.clean()
        with progress("starting the control plane"):
            network.raise_bridge()
            control.start(programs)
    first = len(_recorded())
    added = nodes(count)[first:]
    if added:
        with progress(f"starting {', '.join(new.name for new in added)}"):
            for new in added:
                node.start(new, programs, _pause_archive(programs))
                _record([*_recorded(), new.name])
            wait_nodes_ready(_cluster(), _recorded())
    return _cluster()


def down() -> list[str]:
    """End the cluster and whatever a crash left of one. Returns sentences on what could not be taken away."""
    leftovers.clean()
    return leftovers.what_is_left()


def load(image: Image) -> None:
    """Put an image on every node."""
    with progress(f"image {image.reference} to the nodes"), ThreadPoolExecutor() as pool:
        list(pool.map(lambda each: node.load(each, image), nodes(len(_recorded()))))


def shared(name: str) -> dict[str, Any]:
    """A folder of this machine, which is all nodes' machine; it ends with the cluster."""
    return {"hostPath": {"path": str(state_dir() / "shared" / name), "type": "DirectoryOrCreate"}}


def _cluster() -> Cluster:
    return Cluster(
        provider="local",
        kubeconfig=control.kubeconfig(control.ADMIN),
        kubectl_program=tools.tools().kubectl,
        host=HOST,
        load=load,
        shared=shared,
        logs=state_dir() / "log",
    )


def _recorded() -> list[str]:
    """Names of the nodes that were started."""
    path = state_dir() / "nodes.json"
    return json.loads(path.read_text()) if path.exists() else []


def _record(names: list[str]) -> None:
    part = secret_file("nodes.json.part", json.dumps(names))
    part.replace(state_dir() / "nodes.json")


def _pause_archive(programs: tools.Tools) -> Path:
    target = programs.pause.parent / "pause.tar"
    if not target.exists():
        program_archive(programs.pause, target, node.PAUSE_IMAGE)
    return target
