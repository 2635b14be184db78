"""Which provider this machine has, and the turn-taking of those who use its cluster."""

from __future__ import annotations

import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.cluster import given, images, kind, local, packages, tools
from tests.cluster.cluster import Cluster, NoCluster
from tests.cluster.commands import say, succeeds

KEPT = "kept"  # a file that says: this cluster was brought up by hand, tests leave it up


def provider() -> str:
    """``given``, ``kind`` or ``local``. Raises NoCluster with the reason when there is none of them."""
    if os.environ.get(given.VARIABLE):
        return "given"
    if shutil.which("docker") and succeeds("docker", "info", timeout=20):
        return "kind"
    if reason := packages.why_not_here():
        raise NoCluster(f"{reason}; docker would do as well, or a cluster named by {given.VARIABLE}")
    return "local"


def prepare() -> None:
    """Have all that is slow to make ready, without starting anything."""
    which = provider()
    if which == "local":
        packages.install()
        tools.tools()
    elif which == "kind":
        kind.prepare()
    tools.helm()
    if which != "given":
        packages.install()
        for name in images.PROJECT:
            images.export(name)


def up(nodes: int = 2, keep: bool = False) -> Cluster:
    """The cluster, brought up if it isn't. ``keep``: it was asked for by hand, and tests that use it leave it up."""
    which = provider()
    if which == "given":
        return given.cluster()
    if which == "local" and local.running() is None:
        _kept().unlink(missing_ok=True)  # it was kept once, and ended without `down`
    elif which == "local" and not keep and not _kept().exists():
        local.down()  # a killed test run left it: what is in it is anyone's guess
    cluster = kind.up(nodes) if which == "kind" else local.up(nodes)
    if keep:
        _kept().parent.mkdir(parents=True, exist_ok=True)
        _kept().touch()
    return cluster


def running() -> Cluster | None:
    """The cluster that is up; None when there is none."""
    which = provider()
    return {"given": given.cluster, "kind": kind.running, "local": local.running}[which]()


def is_kept() -> bool:
    """Whether the cluster stays when tests end: it was given, or brought up by hand."""
    return provider() == "given" or _kept().exists()


def down() -> list[str]:
    """Take the cluster down; returns sentences on what could not be taken away. A given one is left alone."""
    _kept().unlink(missing_ok=True)
    which = provider()
    if which == "given":
        return []
    return kind.down() if which == "kind" else local.down()


@contextmanager
def lease(nodes: int = 2, patience: float = 600) -> Iterator[Cluster]:
    """The cluster for the length of a ``with`` block, alone; taken down at its end unless it is kept.

    Raises NoCluster where there can be none, or when it isn't free within ``patience`` seconds, and RuntimeError when
    something of it is left behind.
    """
    provider()
    with exclusively(patience):
        try:
            yield up(nodes)
        finally:
            if not is_kept() and (left := down()):
                raise RuntimeError("left behind by the cluster: " + "; ".join(left))


@contextmanager
def exclusively(patience: float = 0) -> Iterator[None]:
    """Hold the machine's one cluster. Raises NoCluster when another process has it longer than ``patience`` seconds."""
    path = tools.cache_root() / "locks" / "cluster"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+") as handle:
        _take(handle, path, patience)
        handle.truncate(0)
        handle.write(str(os.getpid()))
        handle.flush()
        yield


def _take(handle: object, path: Path, patience: float) -> None:
    end, told = time.monotonic() + patience, False
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)  # type: ignore[arg-type]
            return
        except BlockingIOError:
            owner = path.read_text().strip() or "unknown"
            if time.monotonic() > end:
                raise NoCluster(f"another process (pid {owner}) uses the cluster") from None
            if not told:
                say(f"waiting for the cluster, which pid {owner} uses")
                told = True
            time.sleep(0.5)


def _kept() -> Path:
    return tools.cache_root() / "cluster" / KEPT
