"""Ending everything of the local cluster, whatever state a crash left it in. Doing it twice changes nothing."""

from __future__ import annotations

import os
import shutil
import signal
import time
from pathlib import Path

from tests.cluster.commands import run, succeeds
from tests.cluster.local import daemons, network
from tests.cluster.local.layout import CGROUP, MARK, Node, nodes, state_dir
from tests.cluster.local.node import ctr


def clean() -> None:
    """End all processes, then take away namespaces, control groups, mounts, links, rules and files."""
    state = state_dir()
    recorded = daemons.all_recorded()
    daemons.stop((daemon for daemon in recorded if daemon.name.endswith(("-kubelet", "-proxy"))), grace=0.5)
    for node in nodes(9):
        if node.socket.exists():
            _empty(node)
    daemons.stop(daemon for daemon in recorded if daemon.name.endswith("-containerd"))
    daemons.stop((daemon for daemon in recorded if daemon.name.endswith("-init")), grace=1)
    daemons.stop(recorded)
    daemons.stop(daemons.marked())
    _end_cgroups()
    _unmount_below(state)
    network.remove()
    _remove_made_folders()
    shutil.rmtree(state, ignore_errors=True)


def what_is_left() -> list[str]:
    """Sentences naming what ``clean`` should have taken away; empty when all is well."""
    state = state_dir()
    found = [f"process {daemon.pid} carries the mark {MARK}" for daemon in daemons.marked()]
    found += [f"control group {path}" for path in _cgroups()]
    found += [f"mount {point}" for point in _mounts_below(state)]
    found += [f"link {name}" for name in network.links()]
    found += [f"firewall rule {rule}" for rule in network.rules()]
    return [*found, f"folder {state}"] if state.exists() else found


def _empty(node: Node) -> None:
    """Remove a node's containers from its image store, which is kept for the next cluster."""
    if not succeeds(*ctr(node), "version", timeout=5):
        return
    for task in run(*ctr(node), "tasks", "list", "--quiet").split():
        succeeds(*ctr(node), "tasks", "kill", "--all", "--signal", "SIGKILL", task)
    for container in run(*ctr(node), "containers", "list", "--quiet").split():
        succeeds(*ctr(node), "tasks", "delete", "--force", container)
        succeeds(*ctr(node), "containers", "delete", container)


def _cgroups() -> list[Path]:
    """Our control groups in every hierarchy, deepest first."""
    found = [path for top in _tops() for path in (*top.rglob("*"), top) if path.is_dir()]
    return sorted(found, key=lambda path: len(path.parts), reverse=True)


def _tops() -> list[Path]:
    root = Path("/sys/fs/cgroup")
    return [path for path in (root / CGROUP, *root.glob(f"*/{CGROUP}")) if path.is_dir()]


def _end_cgroups() -> None:
    """End what still runs in our containers' control groups, and remove the groups."""
    end = time.monotonic() + 10
    while (groups := _cgroups()) and time.monotonic() < end:
        for group in groups:
            for pid in _read(group / "cgroup.procs").split():
                try:
                    os.kill(int(pid), signal.SIGKILL)
                except ProcessLookupError:
                    pass
            try:
                group.rmdir()
            except OSError:
                pass  # still has a process or a group in it: the next round takes it
        time.sleep(0.05)


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""


def _mounts_below(folder: Path) -> list[str]:
    points = [line.split()[1] for line in Path("/proc/mounts").read_text().splitlines()]
    return sorted((point for point in points if point.startswith(f"{folder}/")), reverse=True)


def _unmount_below(folder: Path) -> None:
    for point in _mounts_below(folder):
        succeeds("umount", "--lazy", point)


def _remove_made_folders() -> None:
    """Remove the folders that the cluster had to make elsewhere, unless someone else uses them now."""
    record = state_dir() / "made-folders"
    if not record.exists():
        return
    for line in sorted(set(record.read_text().split("\n")) - {""}, key=len, reverse=True):
        try:
            Path(line).rmdir()
        except OSError:
            pass
