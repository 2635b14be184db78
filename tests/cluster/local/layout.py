"""Names, paths and addresses of the local cluster: one place for what several modules must agree on."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from tests.cluster.tools import cache_root

BRIDGE = "sojourn0"
COMMENT = "sojourn-test-cluster"  # marks our iptables rules
CGROUP = "sojourn-test-cluster"  # parent of all our containers' control groups
MARK = "SOJOURN_TEST_CLUSTER"  # in the environment of each process we start

HOST = "10.77.0.1"
SUBNET = "10.77.0.0/24"
PODS = "10.244.0.0/16"
SERVICES = "10.96.0.0/16"
API = f"https://{HOST}:6443"
ETCD = "http://127.0.0.1:23790"
ETCD_PEER = "http://127.0.0.1:23800"


def state_dir() -> Path:
    """Where a running cluster keeps everything that ends with it."""
    return Path(os.environ.get("SOJOURN_TEST_STATE") or "/var/lib/sojourn-test-cluster")


@dataclass(frozen=True)
class Node:
    """One node: ``index`` counts from 1."""

    index: int

    @property
    def name(self) -> str:
        return f"node-{self.index}"

    @property
    def address(self) -> str:
        return f"10.77.0.{10 + self.index}"

    @property
    def pods(self) -> str:
        """Addresses of the node's pods, as a CIDR."""
        return f"10.244.{self.index}.0/24"

    @property
    def link(self) -> str:
        """The host's end of the node's cable."""
        return f"sojourn-n{self.index}"

    @property
    def dir(self) -> Path:
        return state_dir() / self.name

    @property
    def socket(self) -> Path:
        return self.dir / "run/containerd.sock"

    @property
    def images(self) -> Path:
        """The node's image store, which outlives the cluster: importing images is the slow part."""
        return cache_root() / "nodes" / self.name

    @property
    def cgroup(self) -> str:
        return f"/{CGROUP}/{self.name}"


def nodes(count: int) -> list[Node]:
    return [Node(index) for index in range(1, count + 1)]


def secret_file(name: str, text: str) -> Path:
    """Write a file below the state directory that only its owner may read."""
    path = state_dir() / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(text)
    return path
