"""The reconciler of Sessions: what `kubectl get sessions` shows. One for each opted-in server; it outlives its pods."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from sojourn_kernel.protocol import ANNOTATION_SESSION, ENV_SESSION

from . import metrics
from .agentclient import AgentError
from .cluster import AlreadyExists
from .engine import Engine, enabled, session_name
from .kinds import (
    MIGRATION,
    POD,
    SESSION,
    Json,
    annotations_of,
    ended,
    meta,
    moment,
    name_of,
    namespace_of,
    node_of,
    pod_ip,
    stamp,
    terminating,
    uid_of,
    with_condition,
)
from .progress import Phase, Progress
from .workloads import CannotMove, Workload, identify
from .workloads.base import env_of, notebook_container

SOON = 5.0  # seconds until an agent that is not up yet is asked again


@dataclass(frozen=True)
class Agents:
    """What the agent said, or why it said nothing."""

    status: Json | None = None
    problem: str = ""


def adopt(engine: Engine, pod: Mapping[str, Any]) -> str | None:
    """See that an opted-in pod has a Session; returns its name, None if the pod carries no session that can move."""
    try:
        workload = identify(pod, engine.means)
    except CannotMove:
        workload = None
    name = session_name(workload) if workload else name_of(pod)
    namespace = namespace_of(pod)
    if engine.cache.get(SESSION, namespace, name):
        return name
    body = {
        "apiVersion": SESSION.api_version,
        "kind": SESSION.name,
        "metadata": {"name": name, "namespace": namespace},
        "spec": {
            "owner": (workload.owner if workload else "") or namespace,
            "server": (workload.server if workload else "") or name,
            "workload": {"kind": workload.kind, "name": workload.name}
            if workload
            else {"kind": "Unknown", "name": name},
        },
    }
    try:
        engine.cache.put(SESSION, engine.cluster.create(SESSION, namespace, body))
    except AlreadyExists:
        pass
    return name


def reconcile(engine: Engine, namespace: str, name: str) -> float | None:
    """Bring one Session's status up to what is seen. Returns the seconds until the next look."""
    session = engine.cluster.get(SESSION, namespace, name)
    if session is None:
        engine.cache.drop(SESSION, namespace, name)
        return None
    engine.cache.put(SESSION, session)
    before = session.get("status") or {}
    pod = _pod(engine, namespace, name)
    workload, why_not = _workload(engine, pod)
    moving = _moving(engine, namespace, name)
    agents = _ask(engine, pod, workload) if pod and workload and not moving else Agents()
    after = status(engine, before, pod, workload, why_not, moving, agents, _moved(engine, namespace, name))
    if after != {key: before.get(key) for key in after}:
        body = {"metadata": {"resourceVersion": meta(session).get("resourceVersion")}, "status": after}
        if written := engine.cluster.patch(SESSION, namespace, name, body, "status"):
            engine.cache.put(SESSION, written)
    _count(engine)
    if after["phase"] == "Stopped":
        return _expire(engine, session, after)
    return SOON if pod and agents.problem and not ended(pod) else engine.settings.session_interval


def status(
    engine: Engine,
    before: Mapping[str, Any],
    pod: Mapping[str, Any] | None,
    workload: Workload | None,
    why_not: str,
    moving: str,
    agents: Agents,
    moved: list[Json],
) -> Json:
    """The status that a look amounts to; what nobody could say now is kept as it was."""
    now = stamp(engine.clock())
    phase = _phase(pod, workload, moving, agents)
    since = before.get("since") if before.get("phase") == phase else None
    fresh = moved[len(moved) - 1] if moved else None
    last = before.get("lastMigration") or {}
    new = [m for m in moved if (m["status"]["steps"]["ended"] > last.get("ended", ""))]
    found = agents.status or {}
    kernels = found.get("kernels") or []
    saved = sorted((k["last_checkpoint"] for k in kernels if k.get("last_checkpoint")), key=lambda c: str(c["created"]))
    return {
        "phase": phase,
        "since": since or now,
        "pod": name_of(pod) if pod else None,
        "podUID": uid_of(pod) if pod else None,
        "node": (node_of(pod) if pod else "") or None,
        "migration": moving or None,
        "session": found.get("session") or before.get("session") or _identity(pod, workload) or None,
        "workload": _short(workload) if workload else before.get("workload"),
        "kernels": len(kernels) if agents.status else before.get("kernels"),
        "generation": found.get("generation", before.get("generation")),
        "lastCheckpoint": _time(saved[-1]["created"]) if saved else before.get("lastCheckpoint"),
        "told": sum(_number(k.get("told")) for k in kernels) if agents.status else before.get("told"),
        "migrations": (before.get("migrations") or 0) + len(new),
        "lastMigration": _last(fresh) if fresh else (before.get("lastMigration") or None),
        "conditions": _conditions(before.get("conditions") or [], engine.clock(), workload, why_not, agents, pod),
    }


def _phase(pod: Mapping[str, Any] | None, workload: Workload | None, moving: str, agents: Agents) -> str:
    if moving:
        return "Moving"
    if pod is None or ended(pod):
        return "Stopped"
    if terminating(pod):
        return "Stopping"
    if workload is None:
        return "Unprotected"
    if agents.status is None:
        return "Unprotected" if agents.problem else "Starting"
    return "Restoring" if agents.status.get("state") == "restoring" else "Running"


def _conditions(
    conditions: list[Json],
    now: datetime,
    workload: Workload | None,
    why_not: str,
    agents: Agents,
    pod: Mapping[str, Any] | None,
) -> list[Json]:
    wanted = {}
    if pod is not None:
        wanted["Movable"] = ("True", "Known", f"by {workload.kind}") if workload else ("False", "CannotMove", why_not)
        if agents.status is not None:
            wanted["AgentReady"] = ("True", "Answering", "the agent answers")
        elif agents.problem:
            wanted["AgentReady"] = ("False", "NotAnswering", agents.problem)
    for kind, (state, reason, message) in wanted.items():
        conditions = list(with_condition(conditions, kind, state, reason, message, now))
    return conditions


def _pod(engine: Engine, namespace: str, name: str) -> Json | None:
    """The pod that carries the session now: of several, the one that is not on its way out, then the newest."""
    found = []
    for pod in engine.cache.list(POD, namespace):
        if not enabled(pod):
            continue
        if name_of(pod) == name or _deployment_session(engine, pod) == name:
            found.append(pod)
    return max(found, key=lambda pod: (not terminating(pod), meta(pod).get("creationTimestamp", "")), default=None)


def _deployment_session(engine: Engine, pod: Mapping[str, Any]) -> str:
    owners = meta(pod).get("ownerReferences") or []
    if not any(owner.get("kind") == "ReplicaSet" for owner in owners):
        return ""
    try:
        return session_name(identify(pod, engine.means))
    except CannotMove:
        return ""


def _workload(engine: Engine, pod: Mapping[str, Any] | None) -> tuple[Workload | None, str]:
    if pod is None:
        return None, ""
    try:
        return identify(pod, engine.means), ""
    except CannotMove as error:
        return None, str(error)


def _ask(engine: Engine, pod: Mapping[str, Any], workload: Workload) -> Agents:
    if terminating(pod) or not pod_ip(pod) or (pod.get("status") or {}).get("phase") != "Running":
        return Agents()
    try:
        return Agents(engine.agent.status(engine.endpoint(pod, workload)))
    except AgentError as error:
        return Agents(problem=str(error))


def _moving(engine: Engine, namespace: str, name: str) -> str:
    for migration in engine.cache.list(MIGRATION, namespace):
        progress = Progress.from_json(migration.get("status"))
        if progress.session == name and not progress.phase.ended and progress.phase is not Phase.PENDING:
            return name_of(migration)
    return ""


def _moved(engine: Engine, namespace: str, name: str) -> list[Json]:
    """The session's successful moves that are still there, by their ends."""
    found = []
    for migration in engine.cache.list(MIGRATION, namespace):
        state = migration.get("status") or {}
        if (
            state.get("session") == name
            and state.get("phase") == "Succeeded"
            and (state.get("steps") or {}).get("ended")
        ):
            found.append(migration)
    return sorted(found, key=lambda m: m["status"]["steps"]["ended"])


def _last(migration: Mapping[str, Any]) -> Json:
    state = migration["status"]
    return {
        "name": name_of(migration),
        "fromNode": state.get("fromNode") or "",
        "toNode": state.get("toNode") or "",
        "seconds": (state.get("timings") or {}).get("total", 0.0),
        "ended": state["steps"]["ended"],
    }


def _short(workload: Workload) -> Json:
    """Enough to bring a hub's server back when its pod has gone unseen; a bare pod's manifest stays out of here."""
    return {key: value for key, value in workload.to_json().items() if key not in ("manifest", "selector")}


def _identity(pod: Mapping[str, Any] | None, workload: Workload | None) -> str:
    """The session's id in the store, as the kernel side derives it (see protocol.server_session)."""
    if pod is None or workload is None:
        return ""
    given = annotations_of(pod).get(ANNOTATION_SESSION)
    given = given or env_of(notebook_container(pod.get("spec") or {}), ENV_SESSION)
    owner = workload.owner or "server"
    return given or f"{namespace_of(pod)}/{owner}/{workload.server or workload.pod}"


def _time(created: object) -> str | None:
    """Checkpoint times come as seconds or as text; the CRD takes RFC 3339."""
    if isinstance(created, (int, float)):
        return stamp(datetime.fromtimestamp(created, timezone.utc))
    try:
        return stamp(moment(str(created)))
    except ValueError:
        return None


def _number(told: object) -> int:
    return told if isinstance(told, int) else len(told) if isinstance(told, list) else 0


def _count(engine: Engine) -> None:
    phases = [(s.get("status") or {}).get("phase") or "Starting" for s in engine.cache.list(SESSION)]
    for phase in ("Starting", "Running", "Restoring", "Moving", "Stopping", "Stopped", "Unprotected"):
        metrics.SESSIONS.labels(phase).set(phases.count(phase))


def _expire(engine: Engine, session: Json, state: Json) -> float | None:
    ttl = engine.settings.session_ttl
    if ttl <= 0:
        return None
    left = ttl - (engine.clock() - moment(state["since"])).total_seconds()
    if left > 0:
        return left
    engine.cluster.delete(SESSION, namespace_of(session), name_of(session), uid_of(session))
    return None
