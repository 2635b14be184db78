"""The reconciler of Migrations: one step of one move, from the API server's word alone."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from . import events, metrics
from .cluster import ClusterError, Conflict
from .engine import Engine, session_name
from .hubclient import HubError
from .kinds import MIGRATION, POD, SESSION, Json, meta, moment, name_of, namespace_of, uid_of
from .looking import look
from .migration import absorb, cancel, decide, fail
from .progress import ACCEPTED, ENDED, Phase, PodRef, Progress
from .seen import Wish
from .target import BadTarget, Target
from .triggers import Trigger
from .workloads import CannotMove, Workload, identify
from .workloads.base import ref
from .writing import perform

log = logging.getLogger(__name__)
NO_ANSWER = 2.0  # seconds until somebody who did not answer is asked again
# The node of such a sign is bad or unwanted, but may still take pods: the new pod shall keep off it.
_AVOIDING = (Trigger.REQUEST, Trigger.ANNOTATION, Trigger.CLUSTER_AUTOSCALER, Trigger.INTERRUPTION)


def reconcile(engine: Engine, namespace: str, name: str) -> float | None:
    """One step of a move. Returns the seconds until the next look, None if only an event can change anything."""
    migration = engine.cluster.get(MIGRATION, namespace, name)
    if migration is None:
        engine.cache.drop(MIGRATION, namespace, name)
        return None
    engine.cache.put(MIGRATION, migration)
    if meta(migration).get("deletionTimestamp"):
        return None
    progress = Progress.from_json(migration.get("status"))
    if progress.phase.ended:
        return _expire(engine, migration, progress)
    try:
        if progress.source is None:
            return _write(engine, migration, progress, accept(engine, migration, progress), 0.0)
        return _step(engine, migration, progress)
    except Conflict:
        return 0.1  # somebody else wrote: look again
    except HubError as error:
        return _write(engine, migration, progress, progress.say(str(error)), NO_ANSWER)


def accept(engine: Engine, migration: Mapping[str, Any], progress: Progress) -> Progress:
    """Find out what is to be moved, once: afterwards the status has all that the move needs, whatever is gone by then."""
    now, spec, namespace = engine.clock(), migration.get("spec") or {}, namespace_of(migration)
    try:
        Target.from_json(spec.get("target") or {})
    except BadTarget as error:
        return fail(progress, "BadTarget", str(error), now)
    wanted = spec.get("pod") or {}
    session = engine.cluster.get(SESSION, namespace, spec["session"]) if spec.get("session") else None
    if spec.get("session") and session is None:
        return fail(progress, "NoSuchSession", f"there is no Session {spec['session']} in namespace {namespace}", now)
    name = wanted.get("name") or ((session or {}).get("status") or {}).get("pod") or ""
    pod = engine.cluster.get(POD, namespace, name) if name else None
    if pod and wanted.get("uid") and uid_of(pod) != wanted["uid"]:
        pod = None
    if pod is None:
        return _accept_gone(engine, migration, progress, name)
    try:
        workload = identify(pod, engine.means)
    except CannotMove as error:
        return fail(progress, "CannotMove", str(error), now)
    return _accepted(engine, progress, workload, ref(pod), engine.rules(pod, None).policy)


def _accept_gone(engine: Engine, migration: Mapping[str, Any], progress: Progress, name: str) -> Progress:
    """A pod that went faster than we looked: what its Session remembers can still bring it back through its hub."""
    now, spec, namespace = engine.clock(), migration.get("spec") or {}, namespace_of(migration)
    uid = (spec.get("pod") or {}).get("uid", "")
    for session in engine.cache.list(SESSION, namespace):
        status = session.get("status") or {}
        if uid and status.get("podUID") == uid and (status.get("workload") or {}).get("kind") not in (None, "Pod"):
            workload = Workload.from_json(namespace, {**status["workload"], "pod": name})
            return _accepted(engine, progress, workload, PodRef(name, uid, status.get("node") or ""), "")
    return cancel(progress, "PodGone", f"pod {name or '(none)'} is not there (any more): nothing to move", now)


def _accepted(engine: Engine, progress: Progress, workload: Workload, source: PodRef, policy: str) -> Progress:
    return replace(
        progress.say("accepted").step(ACCEPTED, engine.clock()),
        session=session_name(workload),
        policy=policy,
        source=source,
        workload=workload.to_json(),
    )


def wish_of(engine: Engine, migration: Mapping[str, Any], progress: Progress) -> Wish:
    """What a Migration asks for, with the limits that hold for it."""
    spec, namespace = migration.get("spec") or {}, namespace_of(migration)
    session = engine.cache.get(SESSION, namespace, progress.session)
    pod = engine.cache.get(POD, namespace, progress.source.name if progress.source else "")
    rules = engine.rules(pod or {"metadata": {"namespace": namespace}}, session)
    target = Target.from_json(spec.get("target") or {})
    if Trigger(spec.get("trigger") or "Request") in _AVOIDING:
        target = target.avoiding(progress.source.node if progress.source else "")
    return Wish(
        name=name_of(migration),
        target=target,
        reason=spec.get("reason") or "",
        deadline=spec.get("deadlineSeconds") or rules.deadline,
        checkpoint_deadline=spec.get("checkpointDeadlineSeconds") or rules.checkpoint_deadline,
        checkpoint_attempts=rules.checkpoint_attempts,
        start_attempts=engine.settings.start_attempts,
        force=bool(spec.get("force")) or rules.go_unsaved,
    )


def _step(engine: Engine, migration: Json, progress: Progress) -> float | None:
    wish = wish_of(engine, migration, progress)
    if progress.phase is Phase.PENDING:
        # Counting the moves under way and adding one to them is one step, or two would take the last place.
        with engine.lock:
            decision = decide(wish, progress, look(engine, migration, wish, progress), engine.clock())
            migration = _status(engine, migration, progress, decision.progress)
    else:
        decision = decide(wish, progress, look(engine, migration, wish, progress), engine.clock())
        migration = _status(engine, migration, progress, decision.progress)
    if decision.action is None:
        return None if decision.progress.phase.ended else decision.wait
    log.info("%s/%s: %s", namespace_of(migration), name_of(migration), decision.action)
    outcome = perform(engine, migration, wish, decision.progress, decision.action)
    if not outcome.ok:
        log.warning("%s/%s: %s", namespace_of(migration), name_of(migration), outcome.message)
    after = absorb(wish, decision.progress, decision.action, outcome, engine.clock())
    return _write(engine, migration, decision.progress, after, decision.wait)


def _write(engine: Engine, migration: Json, before: Progress, after: Progress, wait: float) -> float | None:
    _status(engine, migration, before, after)
    return None if after.phase.ended and before.phase.ended else wait


def _status(engine: Engine, migration: Json, before: Progress, after: Progress) -> Json:
    """Write a status if it changed, and tell of it; raises Conflict if the object is not the one that was read."""
    if after == before:
        return migration
    version = meta(migration).get("resourceVersion")
    body = {"metadata": {"resourceVersion": version}, "status": after.to_json()}
    written = engine.cluster.patch(MIGRATION, namespace_of(migration), name_of(migration), body, "status")
    if written is None:
        raise Conflict(f"Migration {name_of(migration)} was deleted", 404)
    engine.cache.put(MIGRATION, written)
    _tell(engine, written, before, after)
    return written


def _tell(engine: Engine, migration: Json, before: Progress, after: Progress) -> None:
    if event := events.of_transition(before, after):
        reason, warning, message = event
        events.post(engine.cluster, MIGRATION, migration, reason, message, warning)
        pod = after.target if after.phase is Phase.SUCCEEDED else after.source
        if pod:
            about: Json = {"metadata": {"namespace": namespace_of(migration), "name": pod.name, "uid": pod.uid}}
            events.post(engine.cluster, POD, about, reason, message, warning)
        if session := engine.cache.get(SESSION, namespace_of(migration), after.session):
            events.post(engine.cluster, SESSION, session, reason, message, warning)
    if before.phase is not after.phase:
        metrics.ACTIVE.set(sum(1 for m in engine.cache.list(MIGRATION) if _under_way(m)))
        if after.phase.ended:
            metrics.ended(after, (migration.get("spec") or {}).get("trigger") or "Request")
        if after.session:
            engine.enqueue("sessions", namespace_of(migration), after.session, 0.0)
        if after.phase.ended and after.source:
            engine.enqueue("pods", namespace_of(migration), after.source.name, 0.0)


def _under_way(migration: Mapping[str, Any]) -> bool:
    phase = Phase((migration.get("status") or {}).get("phase") or "Pending")
    return not phase.ended and phase is not Phase.PENDING


def _expire(engine: Engine, migration: Json, progress: Progress) -> float | None:
    ttl, ended = engine.settings.migration_ttl, progress.at(ENDED)
    if ttl <= 0:
        return None
    if ended is None:
        ended = moment(meta(migration)["creationTimestamp"])
    left = ttl - (engine.clock() - ended).total_seconds()
    if left > 0:
        return left
    try:
        engine.cluster.delete(MIGRATION, namespace_of(migration), name_of(migration), uid_of(migration))
    except ClusterError as error:
        log.warning("old Migration %s not removed: %s", name_of(migration), error)
        return 60.0
    return None
