"""The given provider: somebody else's cluster, named by a kubeconfig. It is never taken down."""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

from kubernetes import client, config

from tests.cluster import tools
from tests.cluster.cluster import Cluster, NoCluster
from tests.cluster.commands import run
from tests.cluster.oci import Image, write_archive

VARIABLE = "SOJOURN_TEST_KUBECONFIG"
NFS = "SOJOURN_TEST_NFS"
LOAD = "SOJOURN_TEST_LOAD"
HOST = "SOJOURN_TEST_HOST"


def cluster() -> Cluster:
    """The cluster that ``SOJOURN_TEST_KUBECONFIG`` names. Raises NoCluster when the file isn't there."""
    path = Path(os.environ[VARIABLE]).expanduser().resolve()
    if not path.is_file():
        raise NoCluster(f"{VARIABLE} names {path}, which is no file")
    kubectl = shutil.which("kubectl") or tools.tools().kubectl
    return Cluster("given", path, Path(kubectl), _host(path), _load, _shared)


def _host(path: Path) -> str:
    """This machine's address as the cluster's network sees it: named, or the one from which we reach the API server."""
    if named := os.environ.get(HOST):
        return named
    settings = client.Configuration()
    config.load_kube_config(config_file=str(path), client_configuration=settings)
    server = urlparse(settings.host)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect((server.hostname or "127.0.0.1", server.port or 443))
        return probe.getsockname()[0]


def _load(image: Image) -> None:
    command = os.environ.get(LOAD)
    if not command:
        raise NoCluster(f"set {LOAD} to a command that puts an image archive, its last word, on the given cluster")
    with tempfile.TemporaryDirectory() as scratch:
        archive = Path(scratch) / "image.tar"
        write_archive(image, archive)
        run("sh", "-c", f'{command} "$1"', "load", archive, timeout=1200)


def _shared(name: str) -> dict[str, Any]:
    share = os.environ.get(NFS)
    if not share or ":" not in share:
        raise NoCluster(f"set {NFS} to server:/path, a folder that all nodes of the given cluster can mount")
    server, _, path = share.partition(":")
    return {"nfs": {"server": server, "path": f"{path.rstrip('/')}/{name}"}}
