"""kopf wiring: watches fill the cache and the queue; all decisions are elsewhere.

On pods and nodes only ``on.event``: it writes nothing to them, so an operator that is down never holds up a drain.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import kopf
from prometheus_client import start_http_server
from sojourn_kernel.protocol import GROUP, LABEL_ENABLED, VERSION

from . import demand, metrics, moves, policies, sessions
from .agentclient import HttpAgent
from .cluster import RealCluster
from .engine import Engine, tokens
from .hubclient import RestHub
from .kinds import MIGRATION, NODE, POD, POLICY, SESSION, Json, Kind, meta, name_of, namespace_of, uid_of
from .settings import BadSetting, Settings
from .workqueue import Key, WorkQueue

log = logging.getLogger(__name__)
registry = kopf.get_default_registry()  # it logs in by the official client: service account or kubeconfig
_LOOKS = {"migrations": moves.reconcile, "sessions": sessions.reconcile, "migrationpolicies": policies.reconcile}


def make_engine(settings: Settings) -> Engine:
    """The engine on the cluster that this process is in, or that its kubeconfig names."""
    hub_token, agent_token = tokens(settings)
    hub = RestHub(settings.hub_api_url, hub_token, settings.hub_namespace) if settings.hub_api_url else None
    return Engine(settings, RealCluster.connect(), HttpAgent(), hub, hub_token, agent_token)


def look(engine: Engine, key: Key) -> float | None:
    """One look at a key, in a thread of its own."""
    if key.plural == "pods":
        pod = engine.cache.get(POD, key.namespace, key.name)
        if pod is not None:
            # The move first: a pod that is being deleted does not wait.
            again = demand.reconcile(engine, key.namespace, key.name)
            if name := sessions.adopt(engine, pod):
                engine.enqueue("sessions", key.namespace, name, 0.0)
            return again
        engine.enqueue("sessions", key.namespace, key.name, 0.0)
        return None
    return _LOOKS[key.plural](engine, key.namespace, key.name)


def fill(engine: Engine) -> None:
    """Know everything before the first decision, so that limits count what was under way before a restart."""
    for namespace in engine.settings.namespace_list or ("",):
        for kind in (POLICY, SESSION, MIGRATION):
            for body in engine.cluster.list(kind, namespace):
                engine.cache.put(kind, body)
        for body in engine.cluster.list(POD, namespace, f"{LABEL_ENABLED}=true"):
            engine.cache.put(POD, body)
    for body in engine.cluster.list(NODE, ""):
        engine.cache.put(NODE, body)


@kopf.on.startup(registry=registry)
async def start(settings: kopf.OperatorSettings, memo: kopf.Memo, **_: Any) -> None:
    """Settings of kopf, the cache, the queue and its workers."""
    ours: Settings = memo.settings
    settings.posting.enabled = False
    settings.watching.label_selectors["pods"] = f"{LABEL_ENABLED}=true"
    settings.scanning.disabled = (
        True  # new namespaces come with the cluster-wide watch; the CRDs are there from the start
    )
    engine = memo.engine = await asyncio.to_thread(make_engine, ours)
    await asyncio.to_thread(fill, engine)
    loop = asyncio.get_running_loop()
    pool = ThreadPoolExecutor(ours.workers, "look")

    async def in_thread(key: Key) -> float | None:
        return await loop.run_in_executor(pool, look, engine, key)

    queue = memo.queue = WorkQueue(in_thread, ours.workers, lambda key: metrics.ERRORS.labels(key.plural).inc())

    def enqueue(plural: str, namespace: str, name: str, after: float) -> None:
        loop.call_soon_threadsafe(queue.add, Key(plural, namespace, name), after)

    engine.enqueue = enqueue
    memo.work = asyncio.create_task(queue.run())
    memo.pool = pool
    for kind in (MIGRATION, SESSION, POLICY, POD):
        for body in engine.cache.list(kind):
            queue.add(Key(kind.plural, namespace_of(body), name_of(body)))


@kopf.on.cleanup(registry=registry)
async def stop(memo: kopf.Memo, **_: Any) -> None:
    """Stop looking; what was begun goes on from its status after the next start."""
    if "work" in memo:
        memo.work.cancel()
        memo.pool.shutdown(wait=False, cancel_futures=True)


@kopf.on.probe(registry=registry, id="looking")
async def probe(memo: kopf.Memo, **_: Any) -> str:
    """Liveness: the workers are there."""
    if "work" in memo and memo.work.done():
        raise RuntimeError("the work queue has ended")
    return "yes"


def _taken(memo: kopf.Memo, kind: Kind, event: Json) -> Json | None:
    """Take a watch event into the cache; None when the object is gone."""
    body = dict(event["object"])
    if event["type"] == "DELETED":
        memo.engine.cache.drop(kind, namespace_of(body), name_of(body), uid_of(body))
        return None
    memo.engine.cache.put(kind, body)
    return body


@kopf.on.event("", "v1", "pods", registry=registry)
async def on_pod(event: Any, memo: kopf.Memo, namespace: str, name: str, **_: Any) -> None:
    _taken(memo, POD, event)
    memo.queue.add(Key("pods", namespace, name))
    for migration in memo.engine.cache.list(MIGRATION, namespace):
        status = migration.get("status") or {}
        names = [(status.get(end) or {}).get("name") for end in ("source", "target")]
        if name in names and not (status.get("steps") or {}).get("ended"):
            memo.queue.add(Key("migrations", namespace, name_of(migration)))


@kopf.on.event("", "v1", "nodes", registry=registry)
async def on_node(event: Any, memo: kopf.Memo, name: str, **_: Any) -> None:
    before = memo.engine.cache.get(NODE, "", name)
    body = _taken(memo, NODE, event)
    if body is not None and before is not None and _signals(before) == _signals(body):
        return  # a heartbeat
    for pod in memo.engine.cache.pods_on(POD, name):
        memo.queue.add(Key("pods", namespace_of(pod), name_of(pod)))


def _signals(node: Json) -> tuple[Any, ...]:
    spec = node.get("spec") or {}
    return spec.get("unschedulable"), str(spec.get("taints")), meta(node).get("deletionTimestamp")


@kopf.on.event(GROUP, VERSION, "migrations", registry=registry)
async def on_migration(event: Any, memo: kopf.Memo, namespace: str, name: str, **_: Any) -> None:
    _taken(memo, MIGRATION, event)
    memo.queue.add(Key("migrations", namespace, name))


@kopf.on.event(GROUP, VERSION, "sessions", registry=registry)
async def on_session(event: Any, memo: kopf.Memo, namespace: str, name: str, **_: Any) -> None:
    known = memo.engine.cache.get(SESSION, namespace, name)
    body = _taken(memo, SESSION, event)
    if body is None or known is None or meta(known).get("generation") != meta(body).get("generation"):
        # Not on each status of ours: that would be a loop.
        memo.queue.add(Key("sessions", namespace, name))
        memo.queue.add(Key("pods", namespace, name))


@kopf.on.event(GROUP, VERSION, "migrationpolicies", registry=registry)
async def on_policy(event: Any, memo: kopf.Memo, namespace: str, name: str, **_: Any) -> None:
    _taken(memo, POLICY, event)
    memo.queue.add(Key("migrationpolicies", namespace, name))


def main() -> int:
    """Run until stopped. Returns the exit code."""
    try:
        settings = Settings.from_env()
    except BadSetting as error:
        print(f"sojourn-operator: {error}", file=sys.stderr)
        return 2
    logging.basicConfig(level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for noisy in ("kopf", "aiohttp.access"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    if settings.metrics_port:
        start_http_server(settings.metrics_port)
    kopf.run(
        registry=registry,
        memo=kopf.Memo(settings=settings),
        clusterwide=not settings.namespace_list,
        namespaces=settings.namespace_list,
        standalone=True,
        liveness_endpoint=f"http://0.0.0.0:{settings.health_port}/healthz" if settings.health_port else None,
    )
    return 0
