"""One look at the world for one Migration: API server, hub and agent asked, nothing changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sojourn_kernel.protocol import ANNOTATION_MOVING, ANNOTATION_TARGET

from . import limits
from .engine import Engine
from .kinds import (
    MIGRATION,
    POD,
    SESSION,
    Json,
    annotations_of,
    condition,
    ended,
    is_true,
    name_of,
    terminating,
    uid_of,
)
from .progress import Phase, Progress
from .seen import PodView, Seen, Wish
from .triggers import Sign, Trigger, signs
from .triggers.annotation import WISHES
from .workloads import ADAPTERS, Workload
from .workloads.base import ref
from .writing import target_text

# While one of these stands, so does the wish; the others are wishes of their own right.
_STANDING = (Trigger.CORDON, Trigger.CLUSTER_AUTOSCALER, Trigger.KARPENTER, Trigger.INTERRUPTION)


def look(engine: Engine, migration: Mapping[str, Any], wish: Wish, progress: Progress) -> Seen:
    """What is seen now. Raises ClusterError or HubError when somebody does not answer."""
    assert progress.source
    workload = Workload.from_json(migration["metadata"]["namespace"], progress.workload)
    adapter = ADAPTERS[workload.kind]
    source = engine.cluster.get(POD, workload.namespace, progress.source.name)
    if source is not None and uid_of(source) != progress.source.uid:
        source = None
    standing = adapter.standing(workload, progress.source.uid, engine.means)
    found = _signs(engine, source) if source else []
    trigger = Trigger((migration.get("spec") or {}).get("trigger") or "Request")
    return Seen(
        source=view(source, wish) if source else None,
        other=view(standing.other, wish) if standing.other else None,
        asks_stop=adapter.ASKS_STOP,
        asks_start=adapter.ASKS_START,
        patient=adapter.PATIENT,
        stopping=standing.stopping,
        spawning=standing.spawning,
        serving=standing.serving,
        avoids=adapter.avoids(workload, source or {}),
        must_go=wish.force or any(sign.must_go for sign in found),
        wanted=_wanted(engine, progress, workload, source, trigger, found),
        blocked=_blocked(engine, migration, progress, source) if progress.phase is Phase.PENDING else "",
        hold_start=_hold_start(engine, workload),
        restored=progress.phase is Phase.RESTORING and _restored(engine, workload, standing.other),
    )


def view(pod: Mapping[str, Any], wish: Wish) -> PodView:
    """A pod as the machine sees it."""
    annotations = annotations_of(pod)
    scheduled = condition(pod, "PodScheduled")
    waiting = scheduled and scheduled.get("status") == "False" and scheduled.get("reason") == "Unschedulable"
    return PodView(
        ref=ref(pod),
        terminating=terminating(pod),
        ended=ended(pod),
        ready=is_true(pod, "Ready"),
        marked=annotations.get(ANNOTATION_MOVING) == wish.name
        and annotations.get(ANNOTATION_TARGET, "") == target_text(wish),
        wishes=any(key in annotations for key in WISHES),
        unschedulable=(scheduled or {}).get("message", "cannot be scheduled") if waiting else "",
    )


def _signs(engine: Engine, pod: Json) -> list[Sign]:
    """By all triggers: what must go must go, whatever a policy reacts to."""
    return signs(pod, engine.node(pod))


def _wanted(
    engine: Engine, progress: Progress, workload: Workload, source: Json | None, trigger: Trigger, found: list[Sign]
) -> bool:
    if progress.phase not in (Phase.PENDING, Phase.CHECKPOINTING) or trigger is Trigger.DELETION:
        return True
    if source is None or terminating(source) or ended(source):
        # Somebody ends the pod: its owner, who then does not want it back, or the cluster.
        return ADAPTERS[workload.kind].returns(
            workload, source or {}, _node_goes(engine, progress, source), engine.means
        )
    return trigger not in _STANDING or any(sign.trigger is trigger for sign in found)


def _node_goes(engine: Engine, progress: Progress, source: Json | None) -> bool:
    where = source or {"spec": {"nodeName": progress.source.node if progress.source else ""}}
    return engine.node_goes(where)


def _blocked(engine: Engine, migration: Mapping[str, Any], progress: Progress, source: Json | None) -> str:
    session = engine.cache.get(SESSION, migration["metadata"]["namespace"], progress.session)
    rules = engine.rules(source or {"metadata": {"namespace": migration["metadata"]["namespace"]}}, session)
    moves = [limits.move_of(body) for body in engine.cache.list(MIGRATION)]
    settings = engine.settings
    return limits.blocked(
        limits.move_of(migration), moves, rules, settings.max_parallel, settings.max_parallel_per_node
    )


def _hold_start(engine: Engine, workload: Workload) -> str:
    if workload.kind != "JupyterHub":
        return ""
    return limits.hold_start((limits.move_of(body) for body in engine.cache.list(MIGRATION)), engine.clock())


def _restored(engine: Engine, workload: Workload, pod: Json | None) -> bool:
    return bool(pod and name_of(pod) and engine.agent.restored(engine.endpoint(pod, workload)))
