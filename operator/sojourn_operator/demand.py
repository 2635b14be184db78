"""From pods to Migrations: a pod on which a sign is found gets one, once."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sojourn_kernel.protocol import ANNOTATION_FAILED

from . import events
from .cluster import AlreadyExists
from .engine import Engine, enabled
from .hubclient import HubError
from .kinds import MIGRATION, POD, Json, moment, name_of, namespace_of, uid_of
from .progress import Phase
from .rules import Rules
from .target import Target
from .triggers import Sign, Trigger
from .triggers.annotation import WISHES
from .workloads import ADAPTERS, CannotMove, identify

log = logging.getLogger(__name__)
ASK_HUB_AGAIN = 1.0  # seconds; a pod that is being deleted does not wait long
# Wishes of a person: asked for anew each time, so never held back by what went wrong before.
_WISHES = (Trigger.ANNOTATION, Trigger.REQUEST)


def reconcile(engine: Engine, namespace: str, name: str) -> float | None:
    """Look at one opted-in pod. Returns the seconds until the next look, None if only an event can change anything."""
    pod = engine.cache.get(POD, namespace, name)
    if pod is None or not enabled(pod):
        return None
    try:
        workload = identify(pod, engine.means)
    except CannotMove as error:
        _refuse_wish(engine, pod, str(error))
        return None
    session = engine.session_of(workload)
    rules = engine.rules(pod, session)
    signs = engine.signs(pod, rules)
    if not signs or engine.active_move(uid_of(pod)):
        return None
    sign = signs[0]
    if sign.problem:
        _refuse_wish(engine, pod, sign.problem)
        return None
    if rules.suspended:
        if sign.trigger is Trigger.ANNOTATION:
            _refuse_wish(engine, pod, f"Session {name_of(session or {})} is suspended (spec.suspend)")
            return None
        return None
    if (pod.get("status") or {}).get("phase") == "Pending":
        return None  # nothing runs in it that could be lost
    past = _past(engine, pod)
    if (wait := _patience(engine, sign, past, rules)) is not None:
        return wait or None
    if sign.trigger is Trigger.DELETION:
        try:
            if not ADAPTERS[workload.kind].returns(workload, pod, engine.node_goes(pod), engine.means):
                return None  # its owner stopped it
        except HubError as error:
            log.warning("pod %s/%s is being deleted, and the hub cannot say by whom: %s", namespace, name, error)
            return ASK_HUB_AGAIN
    body = migration_for(pod, sign, len(past))
    try:
        engine.cache.put(MIGRATION, engine.cluster.create(MIGRATION, namespace, body))
        log.info("Migration %s/%s: %s", namespace, name_of(body), sign.reason)
    except AlreadyExists:
        pass  # made before a restart; its own event comes
    engine.enqueue("migrations", namespace, name_of(body), 0.0)
    return None


def migration_for(pod: Mapping[str, Any], sign: Sign, number: int) -> Json:
    """The Migration for a sign on a pod. Its name follows from the pod and the number of those before it: made twice, it
    is one."""
    spec: Json = {
        "pod": {"name": name_of(pod), "uid": uid_of(pod)},
        "trigger": sign.trigger.value,
        "reason": sign.reason,
    }
    if target := (sign.target or Target()).to_json():
        spec["target"] = target
    name = f"{name_of(pod)[:40].rstrip('-.')}-{uid_of(pod)[:8]}-{number}"
    metadata = {"name": name, "namespace": namespace_of(pod)}
    return {"apiVersion": MIGRATION.api_version, "kind": MIGRATION.name, "metadata": metadata, "spec": spec}


def _past(engine: Engine, pod: Mapping[str, Any]) -> list[Json]:
    """The operator's own Migrations of this very pod that have ended."""
    found = engine.cache.list(MIGRATION, namespace_of(pod))
    return [m for m in found if ((m.get("spec") or {}).get("pod") or {}).get("uid") == uid_of(pod)]


def _patience(engine: Engine, sign: Sign, past: list[Json], rules: Rules) -> float | None:
    """Seconds to hold back because the same cause failed before (0: for good); None to go ahead."""
    if sign.trigger in _WISHES or sign.must_go:
        return None
    failed = [m for m in past if m["spec"].get("trigger") == sign.trigger.value and _phase(m) is Phase.FAILED]
    if not failed:
        return None
    if len(failed) >= engine.settings.max_moves_retried:
        return 0.0
    last: datetime = max(moment((m["status"].get("steps") or {}).get("ended") or _created(m)) for m in failed)
    wait = engine.settings.retry_after * 2 ** (len(failed) - 1)
    left = wait - (engine.clock() - last).total_seconds()
    return left if left > 0 else None


def _refuse_wish(engine: Engine, pod: Mapping[str, Any], sentence: str) -> None:
    """Tell whoever asked by annotation why it cannot be, and take the wish off; nothing for other pods."""
    annotations = (pod.get("metadata") or {}).get("annotations") or {}
    if not any(key in annotations for key in WISHES):
        return
    notes = {**dict.fromkeys(WISHES), ANNOTATION_FAILED: sentence[:1000]}
    body = {"metadata": {"uid": uid_of(pod), "annotations": notes}}
    if patched := engine.cluster.patch(POD, namespace_of(pod), name_of(pod), body):
        engine.cache.put(POD, patched)
        events.post(engine.cluster, POD, pod, "MoveRefused", sentence, warning=True)


def _phase(migration: Mapping[str, Any]) -> Phase:
    return Phase((migration.get("status") or {}).get("phase") or "Pending")


def _created(migration: Mapping[str, Any]) -> str:
    return migration["metadata"]["creationTimestamp"]
