"""The Debian packages of which the local cluster is made."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from tests.cluster.commands import progress, run

# A program of each package, and the package.
PROGRAMS = {
    "containerd": "containerd",
    "runc": "runc",
    "ip": "iproute2",
    "iptables": "iptables",
    "debootstrap": "debootstrap",
    "etcd": "etcd-server",
    "conntrack": "conntrack",
    "ethtool": "ethtool",
    "socat": "socat",
    "ebtables": "ebtables",
    "ipset": "ipset",
    "kmod": "kmod",
    "buildah": "buildah",
    "crun": "crun",
    "fuse-overlayfs": "fuse-overlayfs",
    "tini": "tini",
    "unshare": "util-linux",
    "openssl": "openssl",
    "chromium": "chromium",
}
CNI_PLUGINS = Path("/usr/lib/cni")


def why_not_here() -> str | None:
    """Why this machine can't carry the local cluster, as one sentence; None when it can."""
    if os.geteuid() != 0:
        return "the local cluster needs root"
    if not shutil.which("apt-get"):
        return "the local cluster is made of Debian packages, and this system has no apt-get"
    if not Path("/sys/fs/cgroup").is_dir():
        return "the local cluster needs control groups mounted at /sys/fs/cgroup"
    if not can_unshare():
        return "this kernel or container doesn't allow new namespaces or mounts, which the local cluster's nodes need"
    return None


def can_unshare() -> bool:
    """Whether namespaces can be made and something mounted in them: false in most unprivileged containers."""
    try:
        run("unshare", "--mount", "--pid", "--net", "--fork", "--mount-proc", "mount", "-t", "tmpfs", "x", "/mnt")
    except (OSError, RuntimeError):
        return False
    return True


def missing() -> list[str]:
    """Names of the packages that are still to be installed."""
    path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
    names = [package for program, package in PROGRAMS.items() if not shutil.which(program, path=path)]
    return names if CNI_PLUGINS.is_dir() else [*names, "containernetworking-plugins"]


def install() -> None:
    """Install what is missing with apt, without starting any service."""
    if not (names := missing()):
        return
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    with progress(f"Debian packages {' '.join(names)}"):
        run("apt-get", "update", "-q", env=env, timeout=600)
        run("apt-get", "install", "-qy", "--no-install-recommends", *names, env=env, timeout=1800)
