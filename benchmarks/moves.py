"""``python -m benchmarks.moves``: what each phase of a move costs on the real cluster; writes docs/migration-phases.md.

The cluster, hub, store, operator and the session that moves are those of the end-to-end tests.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

from tests.cluster import elastic, provide
from tests.cluster import s3 as store
from tests.cluster.cluster import Cluster
from tests.cluster.hub import Hub, deploy, remove
from tests.cluster.operator import install, remove_definitions, uninstall
from tests.cluster.user import log_in
from tests.e2e.story import Told, annotate, begin, ended, moved_pod, patiently, uid_of

PAGE = Path(__file__).resolve().parents[1] / "docs" / "migration-phases.md"
DRAIN = ("--pod-selector=sojourn.dev/enabled=true", "--grace-period=-1")
PHASES = {
    "wait": "the pod's wish is seen → the move begins",
    "checkpoint": "asked to save → committed",
    "stop": "saved → the pod is gone",
    "schedule": "gone → the next pod is scheduled (the hub ends its stop, and makes the pod)",
    "start": "scheduled → ready (image on the node; Jupyter starts)",
    "restore": "ready → the kernels are back",
    "total": "the move begins → the operator is done",
    "result": "asked → the next cell's result in the client (of all three in a drain)",
}
Seconds = dict[str, float]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.moves", description=__doc__)
    parser.add_argument("--moves", type=int, default=10, help="annotated moves of one user's session")
    parser.add_argument("--drains", type=int, default=5, help="drains of a node with three users' sessions")
    given = parser.parse_args()
    with everything() as (cluster, hub):
        annotated = annotated_moves(cluster, hub, given.moves)
        drained = drains(cluster, hub, given.drains)
    PAGE.write_text(page(annotated, drained))
    print(f"wrote {PAGE.name}")
    return 0


@contextmanager
def everything() -> Iterator[tuple[Cluster, Hub]]:
    """The cluster with a store, a hub and the operator; all of it ends with the block."""
    with ExitStack() as stack:
        cluster = stack.enter_context(provide.lease(nodes=2))
        server = stack.enter_context(store.serve(cluster))
        hub = deploy(cluster, "hub", elastic.settings(server))
        stack.callback(remove, hub)
        elastic.prepare(hub, server)
        operator = install(cluster, hub.namespace, hub=hub, values={})
        stack.callback(remove_definitions, cluster)
        stack.callback(uninstall, operator)
        yield cluster, hub


def annotated_moves(cluster: Cluster, hub: Hub, times: int) -> list[Seconds]:
    """One user's session, moved to and fro by annotation."""
    user = log_in(hub, "ada").spawn()
    try:
        told, found = begin(user), []
        for number in range(times):
            cluster.cordon(told.node)
            begun = time.monotonic()
            annotate(user, "sojourn.dev/migrate=true")
            result = next_result(told) - begun
            cluster.uncordon(told.node)
            found.append(phases(told, result))
            print(f"move {number + 1}/{times}: {found[-1]}", flush=True)
            told = replace(told, node=user.node or "", uid=uid_of(user))
        return found
    finally:
        user.end()


def drains(cluster: Cluster, hub: Hub, times: int) -> list[Seconds]:
    """Three users' sessions on one node, which is drained; the phases are of the first of them."""
    users = [log_in(hub, name) for name in ("cyd", "dan", "eve")]
    keep, away = cluster.nodes[:2]
    try:
        cluster.cordon(away)
        told = [begin(user.spawn()) for user in users]
        cluster.uncordon(away)
        found = []
        for number in range(times):
            begun = time.monotonic()
            cluster.drain(keep, *DRAIN, timeout=240)
            with ThreadPoolExecutor(3) as pool:
                result = max(pool.map(next_result, told)) - begun
            cluster.uncordon(keep)
            found.append(phases(told[0], result))
            print(f"drain {number + 1}/{times}: {found[-1]}", flush=True)
            told = [replace(one, node=one.user.node or "", uid=uid_of(one.user)) for one in told]
            keep, away = away, keep
        return found
    finally:
        for user in users:
            user.end()


def next_result(told: Told) -> float:
    """When (monotonic) a cell's result came from the session in its next pod. Raises AssertionError if it is wrong."""
    moved_pod(told)
    value = patiently(lambda: told.notebook.value("x"), what="the next cell")
    if value != told.values[0]:
        raise AssertionError(f"x was {told.values[0]} and is {value}")
    return time.monotonic()


def phases(told: Told, result: float) -> Seconds:
    """The phases of a user's last move, once it has ended."""
    return {**ended(told.user)["status"]["timings"], "result": round(result, 3)}


def page(annotated: list[Seconds], drained: list[Seconds]) -> str:
    """The document: medians, with the fastest and the slowest."""
    rows = [f"| {name} | {words} | {cell(annotated, name)} | {cell(drained, name)} |" for name, words in PHASES.items()]
    return "\n".join([
        "# What each phase of a move costs",
        "",
        "Written by `python -m benchmarks.moves`, on the cluster of the end-to-end tests; every move's steps are in its Migration's status.",
        "",
        f"Medians of {len(annotated)} moves by annotation and of {len(drained)} drains of a node with three users (the first of them), in seconds; in",
        "brackets the fastest and the slowest. A 2-core machine carried control plane, two nodes, hub, store and clients at the same time.",
        "",
        "| phase | from → to | pod annotated | node drained |",
        "|---|---|---|---|",
        *rows,
        "",
        "Where a pod is evicted, its own stop signal saves it: there is no checkpoint that the operator asks for. With more load the start of the",
        "notebook server grows; saving and restoring a small session does not.",
        "",
    ])  # fmt: skip


def cell(found: list[Seconds], name: str) -> str:
    times = [one[name] for one in found if name in one]
    return f"{statistics.median(times):.1f} ({min(times):.1f} to {max(times):.1f})" if times else "-"


if __name__ == "__main__":
    raise SystemExit(main())
