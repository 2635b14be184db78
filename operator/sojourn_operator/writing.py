"""The actions of a move, carried out. Each can be done twice; each answers with an Outcome and never raises for a refusal."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import Any

from sojourn_kernel.protocol import ANNOTATION_FAILED, ANNOTATION_MOVING, ANNOTATION_TARGET, GROUP

from . import metrics
from .actions import Action, Checkpoint, Mark, Outcome, Start, Stop, Taint, Unmark, Untaint
from .agentclient import AgentError
from .cluster import ClusterError
from .engine import Engine
from .kinds import MIGRATION, NODE, POD, Json, meta, taints_of, uid_of
from .progress import CHECKPOINT_ASKED, Phase, Progress
from .seen import Wish
from .triggers.annotation import WISHES
from .workloads import ADAPTERS, Workload
from .workloads.base import refused

log = logging.getLogger(__name__)
TAINT = f"{GROUP}/leaving"
BUSY = 1.0  # seconds until an agent that is busy is asked again


def target_text(wish: Wish) -> str:
    """The target as the hub's spawner reads it from the pod; empty when there is no wish."""
    body = wish.target.to_json()
    return json.dumps(body, sort_keys=True) if body else ""


def perform(engine: Engine, migration: Mapping[str, Any], wish: Wish, progress: Progress, action: Action) -> Outcome:
    """Carry out one action."""
    assert progress.source
    workload = Workload.from_json(migration["metadata"]["namespace"], progress.workload)
    adapter = ADAPTERS[workload.kind]
    try:
        match action:
            case Mark():
                return _annotate(
                    engine,
                    workload,
                    progress,
                    {
                        ANNOTATION_MOVING: wish.name,
                        ANNOTATION_TARGET: target_text(wish) or None,
                        ANNOTATION_FAILED: None,
                    },
                )
            case Unmark(failure):
                _resume(engine, workload, progress)
                return _annotate(
                    engine,
                    workload,
                    progress,
                    {ANNOTATION_MOVING: None, ANNOTATION_TARGET: None, ANNOTATION_FAILED: failure[:1000]},
                )
            case Checkpoint(deadline):
                return _checkpoint(engine, workload, wish, progress, deadline)
            case Stop():
                return adapter.stop(workload, progress.source, wish.target, engine.means)
            case Start():
                return adapter.start(workload, wish.target, engine.means)
            case Taint():
                return _taint(engine, progress, put=True)
            case Untaint():
                if _others_leave(engine, migration, progress.source.node):
                    return Outcome(True)  # the last of them takes it off
                return _taint(engine, progress, put=False)
    except ClusterError as error:
        return refused(error)


def _annotate(engine: Engine, workload: Workload, progress: Progress, notes: Json) -> Outcome:
    assert progress.source
    body = {"metadata": {"uid": progress.source.uid, "annotations": {**dict.fromkeys(WISHES), **notes}}}
    engine.cluster.patch(POD, workload.namespace, progress.source.name, body)
    return Outcome(True)  # a pod that is gone needs no mark


def _checkpoint(engine: Engine, workload: Workload, wish: Wish, progress: Progress, deadline: float) -> Outcome:
    assert progress.source
    pod = engine.cluster.get(POD, workload.namespace, progress.source.name)
    if pod is None or uid_of(pod) != progress.source.uid:
        return Outcome(False, "the pod is gone", retry_after=BUSY)
    try:
        saved = engine.agent.checkpoint(engine.endpoint(pod, workload), deadline, wish.reason or "move")
    except AgentError as error:
        if error.busy:
            return Outcome(False, str(error), retry_after=BUSY)
        metrics.CHECKPOINT_FAILURES.inc()
        return Outcome(False, str(error))
    if not saved.ok:
        metrics.CHECKPOINT_FAILURES.inc()
    return Outcome(saved.ok, saved.sentence(), checkpoint=saved.to_json())


def _resume(engine: Engine, workload: Workload, progress: Progress) -> None:
    """A session that was held still for a move that does not come goes on; else its own lease ends after a while."""
    pod = engine.cluster.get(POD, workload.namespace, progress.source.name) if progress.source else None
    if pod is None or not progress.done(CHECKPOINT_ASKED):
        return
    try:
        engine.agent.resume(engine.endpoint(pod, workload))
    except AgentError as error:
        log.info("session of pod %s not resumed: %s", progress.source and progress.source.name, error)


def _taint(engine: Engine, progress: Progress, put: bool) -> Outcome:
    assert progress.source
    node = engine.cluster.get(NODE, "", progress.source.node) if progress.source.node else None
    if node is None:
        return Outcome(True)
    if put and not engine.settings.avoid_source_node:
        return Outcome(False, "the operator may not taint nodes: the pod may come back on the same one")
    others = [taint for taint in taints_of(node) if taint.get("key") != TAINT]
    taints = [*others, {"key": TAINT, "effect": "PreferNoSchedule"}] if put else others
    if taints == taints_of(node):
        return Outcome(True)
    body = {"metadata": {"resourceVersion": meta(node).get("resourceVersion")}, "spec": {"taints": taints or None}}
    engine.cluster.patch(NODE, "", progress.source.node, body)
    return Outcome(True)


def _others_leave(engine: Engine, migration: Mapping[str, Any], node: str) -> bool:
    for other in engine.cache.list(MIGRATION):
        status = other.get("status") or {}
        if uid_of(other) == uid_of(migration) or status.get("fromNode") != node or not status.get("tainted"):
            continue
        if not Phase(status.get("phase") or "Pending").ended:
            return True
    return False
