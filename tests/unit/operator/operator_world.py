"""A small cluster, hub and agent in memory, with a clock that only moves when told: what the reconcilers are tested in.

Controllers, scheduler and kubelets act in :meth:`World.tick`. ``crashes`` ends the operator before or after its n-th call
to the API server, hub or agent, as a node that fails would; :meth:`World.restart` starts a new one.
"""

from __future__ import annotations

import copy
import itertools
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

from sojourn_kernel.protocol import ANNOTATION_MOVING, ANNOTATION_SPAWNER, ANNOTATION_TARGET, LABEL_ENABLED
from sojourn_operator import demand, moves, policies, sessions
from sojourn_operator.agentclient import AgentError, Endpoint, Saved
from sojourn_operator.cluster import AlreadyExists, ClusterError, Conflict
from sojourn_operator.engine import Engine
from sojourn_operator.hubclient import HubError, Server
from sojourn_operator.kinds import EVENT, MIGRATION, NODE, POD, POLICY, SESSION, STATEFULSET, Json, Kind, stamp
from sojourn_operator.main import fill
from sojourn_operator.settings import Settings
from sojourn_operator.target import Target
from sojourn_operator.workloads.placement import placed

NS = "lab"


class Crash(BaseException):
    """The operator's process ends here."""


class FakeCluster:
    """The API server: uids, resource versions, preconditions and graceful deletion as the real one has them."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.objects: dict[tuple[Kind, str, str], Json] = {}
        self.calls: set[tuple[str, str, str]] = set()  # (group, resource or resource/subresource, verb)
        self.born: list[str] = []  # uids of all pods ever made
        self._numbers = itertools.count(1)

    # -- what the operator calls

    def get(self, kind: Kind, namespace: str, name: str) -> Json | None:
        with self.world.call(kind, "get"):
            return copy.deepcopy(self.objects.get((kind, namespace, name)))

    def list(self, kind: Kind, namespace: str, labels: str = "") -> list[Json]:
        with self.world.call(kind, "list"):
            return [copy.deepcopy(body) for body in self.all(kind, namespace) if _selected(body, labels)]

    def create(self, kind: Kind, namespace: str, body: Json) -> Json:
        with self.world.call(kind, "create"):
            return copy.deepcopy(self.add(kind, body))

    def patch(self, kind: Kind, namespace: str, name: str, body: Json, subresource: str = "") -> Json | None:
        with self.world.call(kind, "patch", subresource):
            known = self.objects.get((kind, namespace, name))
            if known is None:
                return None
            wanted = body.get("metadata") or {}
            for precondition in ("uid", "resourceVersion"):
                if precondition in wanted and wanted[precondition] != known["metadata"].get(precondition):
                    raise Conflict(f"{precondition} differs", 409)
            if subresource:
                body = {"status": body["status"]}
            merged = merge(known, body)
            if merged != known:
                merged["metadata"]["resourceVersion"] = str(next(self._numbers))
            self.objects[(kind, namespace, name)] = merged
            return copy.deepcopy(merged)

    def delete(self, kind: Kind, namespace: str, name: str, uid: str) -> bool:
        with self.world.call(kind, "delete"):
            known = self.objects.get((kind, namespace, name))
            if known is None or known["metadata"]["uid"] != uid:
                return False
            self.end(kind, known)
            return True

    # -- what others do to it

    def add(self, kind: Kind, body: Json) -> Json:
        body = copy.deepcopy(body)
        key = (kind, body["metadata"].get("namespace", ""), body["metadata"]["name"])
        if kind is EVENT:
            self.world.events.append((body["reason"], body["message"]))
            return body
        if key in self.objects:
            raise AlreadyExists(f"{key[2]} exists", 409)
        number = next(self._numbers)
        body["metadata"] |= {
            "uid": f"uid-{number}",
            "resourceVersion": str(number),
            "generation": 1,
            "creationTimestamp": stamp(self.world.now),
        }
        if kind is POD:
            body.setdefault("status", {"phase": "Pending"})
            self.born.append(body["metadata"]["uid"])
        self.objects[key] = body
        return body

    def end(self, kind: Kind, body: Json) -> None:
        if kind is POD:
            body["metadata"].setdefault("deletionTimestamp", stamp(self.world.now))
            body["metadata"]["resourceVersion"] = str(next(self._numbers))
        else:
            del self.objects[(kind, body["metadata"].get("namespace", ""), body["metadata"]["name"])]

    def all(self, kind: Kind, namespace: str = "") -> list[Json]:
        return [body for (k, ns, _), body in self.objects.items() if k is kind and namespace in ("", ns)]

    def change(self, kind: Kind, name: str, body: Json) -> None:
        """A change by somebody else."""
        namespace = "" if kind is NODE else NS
        merged = merge(self.objects[(kind, namespace, name)], body)
        merged["metadata"]["resourceVersion"] = str(next(self._numbers))
        self.objects[(kind, namespace, name)] = merged


class FakeHub:
    """A hub with KubeSpawner: one server per user, its pod called jupyter-USER."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.known: set[str] = set()  # users whose server the hub believes to run
        self.stopping: set[str] = set()
        self.starts = 0
        self.refuse_start: HubError | None = None
        self.lose_start = False
        self.targets: dict[str, Json] = {}

    def owns(self, namespace: str) -> bool:
        return True

    def server(self, user: str, name: str) -> Server:
        with self.world.call(None, "hub"):
            pod = self.pod(user)
            if user in self.stopping:
                return Server(True, False, "stop")
            if user not in self.known:
                return Server()
            ready = bool(pod and pod["status"].get("phase") == "Running" and "deletionTimestamp" not in pod["metadata"])
            fresh = bool(pod and pod["status"].get("phase") == "Pending")
            # A pod that others delete the hub takes for running until it looks.
            return Server(True, ready or not fresh, "spawn" if fresh else "")

    def stop(self, user: str, name: str) -> None:
        with self.world.call(None, "hub"):
            if user in self.known:
                self.known.discard(user)
                self.stopping.add(user)
                if pod := self.pod(user):
                    # Sojourn's spawner reads the target from the pod; the stock one has no such mark.
                    if ANNOTATION_SPAWNER in pod["metadata"].get("annotations", {}):
                        self.targets[user] = json.loads(pod["metadata"]["annotations"].get(ANNOTATION_TARGET, "{}"))
                    self.world.cluster.end(POD, pod)

    def start(self, user: str, name: str) -> None:
        with self.world.call(None, "hub"):
            self.starts += 1
            if self.refuse_start:
                raise self.refuse_start
            if user in self.stopping or (user in self.known and self.pod(user)):
                raise HubError("pending stop, or already running", 400)
            self.known.add(user)
            if self.lose_start:
                self.known.discard(user)
                return
            body = hub_pod(user, sojourn_spawner=user in self.targets)
            body["spec"] = placed(body["spec"], Target.from_json(self.targets.pop(user, {})), firm=True)
            self.world.cluster.add(POD, body)

    def pod(self, user: str) -> Json | None:
        return self.world.cluster.objects.get((POD, NS, f"jupyter-{user}"))


class FakeAgent:
    """Agents of all pods. ``answers``: what becomes of checkpoints, in turn; then they succeed."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.answers: list[Saved | AgentError] = []
        self.saved: list[str] = []
        self.resumed: list[str] = []

    def checkpoint(self, at: Endpoint, deadline: float, reason: str, quiesce: bool = True) -> Saved:
        with self.world.call(None, "agent"):
            assert 0 < deadline <= 3600 and 0 < len(reason) <= 200
            answer = self.answers.pop(0) if self.answers else Saved(True, 1, 0)
            if isinstance(answer, AgentError):
                raise answer
            self.saved.append(at.url)
            return answer

    def restored(self, at: Endpoint) -> bool:
        with self.world.call(None, "agent"):
            return True

    def resume(self, at: Endpoint) -> None:
        with self.world.call(None, "agent"):
            self.resumed.append(at.url)

    def status(self, at: Endpoint) -> Json:
        with self.world.call(None, "agent"):
            checkpoint = {"id": "c", "created": "2026-01-01T00:00:00Z", "bytes": 1}
            kernels = [{"id": "k", "told": 2, "last_checkpoint": checkpoint}]
            return {"session": "s", "state": "ready", "generation": 7, "kernels": kernels}


@dataclass
class _Call:
    world: World
    number: int

    def __enter__(self) -> None:
        if ("before", self.number) in self.world.crashes:
            raise Crash
        if self.number in self.world.faults:
            raise ClusterError("no answer", 0)

    def __exit__(self, kind: type | None, *_: object) -> None:
        if kind is None and ("after", self.number) in self.world.crashes:
            raise Crash


@dataclass
class World:
    """Everything at one moment."""

    nodes: tuple[str, ...] = ("node-a", "node-b")
    settings: Settings = field(default_factory=Settings)
    with_hub: bool = True
    crashes: set[tuple[str, int]] = field(default_factory=set)
    faults: set[int] = field(default_factory=set)
    now: datetime = datetime(2026, 1, 1, tzinfo=timezone.utc)
    events: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._calls = 0
        self._armed = False
        self.cluster, self.hub, self.agent = FakeCluster(self), FakeHub(self), FakeAgent(self)
        for name in self.nodes:
            self.cluster.add(NODE, {"metadata": {"name": name}, "spec": {}})
        self.wakes: dict[tuple[str, str], datetime] = {}
        self.restart()

    def call(self, kind: Kind | None, verb: str, subresource: str = "") -> _Call:
        if kind:
            resource = f"{kind.plural}/{subresource}" if subresource else kind.plural
            self.cluster.calls.add((kind.group, resource, verb))
        if self._armed:
            self._calls += 1
            return _Call(self, self._calls)
        return _Call(self, -1)

    def restart(self) -> None:
        """A new operator, that knows only what the API server knows."""
        self._armed = False
        hub = self.hub if self.with_hub else None
        self.engine = Engine(self.settings, self.cluster, self.agent, hub, clock=lambda: self.now)
        fill(self.engine)

    def watch(self) -> None:
        """What the watches bring: all that is, and that the rest is gone."""
        for kind in (POD, NODE, MIGRATION, SESSION, POLICY):
            there = {(b["metadata"].get("namespace", ""), b["metadata"]["name"]) for b in self.cluster.all(kind)}
            for body in self.engine.cache.list(kind):
                key = (body["metadata"].get("namespace", ""), body["metadata"]["name"])
                if key not in there:
                    self.engine.cache.drop(kind, *key)
            for body in self.cluster.all(kind):
                if kind is not POD or body["metadata"].get("labels", {}).get(LABEL_ENABLED) == "true":
                    self.engine.cache.put(kind, copy.deepcopy(body))

    def look(self) -> None:
        """One look of the operator at everything."""
        self.watch()
        self._armed = True
        try:
            for pod in self.engine.cache.list(POD):
                demand.reconcile(self.engine, NS, pod["metadata"]["name"])
                sessions.adopt(self.engine, pod)
            for migration in self.cluster.all(MIGRATION):
                moves.reconcile(self.engine, NS, migration["metadata"]["name"])
            for session in self.cluster.all(SESSION):
                sessions.reconcile(self.engine, NS, session["metadata"]["name"])
            for policy in self.cluster.all(POLICY):
                policies.reconcile(self.engine, NS, policy["metadata"]["name"])
        except Crash:
            self.restart()
        except (ClusterError, HubError):
            pass  # the queue looks again later
        finally:
            self._armed = False

    def run(self, seconds: float = 120.0, step: float = 0.5) -> None:
        """Let time pass: the operator looks, then the cluster acts."""
        for _ in range(int(seconds / step)):
            self.look()
            self.tick()
            self.now += timedelta(seconds=step)

    def settle(self, most: int = 600) -> None:
        """Let time pass until nothing is under way, and has not been for a while."""
        quiet = 0
        for _ in range(most):
            self.run(2.0, step=2.0)
            quiet = quiet + 1 if {"Succeeded", "Failed", "Cancelled"} >= set(self.phases()) else 0
            if quiet >= 5:
                return

    def tick(self) -> None:
        """Kubelets, scheduler, controllers."""
        for pod in list(self.cluster.all(POD)):
            if "deletionTimestamp" in pod["metadata"]:
                del self.cluster.objects[(POD, NS, pod["metadata"]["name"])]
                self.hub.stopping.discard(pod["metadata"].get("annotations", {}).get("hub.jupyter.org/username", ""))
        for user in list(self.hub.stopping):
            if self.hub.pod(user) is None:
                self.hub.stopping.discard(user)
        for sts in self.cluster.all(STATEFULSET):
            name = f"{sts['metadata']['name']}-0"
            if sts["spec"]["replicas"] and (POD, NS, name) not in self.cluster.objects:
                self.cluster.add(POD, stateful_pod(sts))
        for pod in self.cluster.all(POD):
            if pod["status"].get("phase") == "Pending":
                self._schedule(pod)

    def _schedule(self, pod: Json) -> None:
        affinity = str(pod["spec"].get("affinity", ""))
        free = []
        for node in self.cluster.all(NODE):
            name, spec = node["metadata"]["name"], node["spec"]
            if spec.get("unschedulable") or any(t["effect"] == "NoSchedule" for t in spec.get("taints") or []):
                continue
            if "'In'" in affinity and "required" in affinity and name not in affinity:
                continue
            soft = any(t["effect"] == "PreferNoSchedule" for t in spec.get("taints") or [])
            unwanted = ("'NotIn'" in affinity and name in affinity) or ("'In'" in affinity and name not in affinity)
            free.append((soft or unwanted, name))
        if free:
            pod["spec"]["nodeName"] = min(free)[1]
            ready = [{"type": "Ready", "status": "True"}]
            pod["status"] = {"phase": "Running", "podIP": "10.0.0.9", "conditions": ready}

    # -- what people do

    def pod(self, name: str) -> Json | None:
        return self.cluster.objects.get((POD, NS, name))

    def live(self) -> list[Json]:
        return [pod for pod in self.cluster.all(POD) if "deletionTimestamp" not in pod["metadata"]]

    def annotate(self, name: str, **notes: str) -> None:
        full = {f"sojourn.dev/{key.replace('_', '-')}": value for key, value in notes.items()}
        self.cluster.change(POD, name, {"metadata": {"annotations": full}})

    def cordon(self, node: str, on: bool = True) -> None:
        self.cluster.change(NODE, node, {"spec": {"unschedulable": on or None}})

    def taint(self, node: str, key: str, effect: str = "NoSchedule") -> None:
        self.cluster.change(NODE, node, {"spec": {"taints": [{"key": key, "effect": effect}]}})

    def evict(self, name: str) -> None:
        if pod := self.pod(name):
            reason = {"type": "DisruptionTarget", "status": "True", "reason": "EvictionByEvictionAPI"}
            pod["status"].setdefault("conditions", []).append(reason)
            self.cluster.end(POD, pod)

    def delete(self, name: str) -> None:
        if pod := self.pod(name):
            self.cluster.end(POD, pod)

    def migrations(self) -> list[Json]:
        return sorted(self.cluster.all(MIGRATION), key=lambda m: int(m["metadata"]["uid"][4:]))

    def phases(self) -> list[str]:
        return [(m.get("status") or {}).get("phase", "Pending") for m in self.migrations()]

    def marks(self) -> list[str]:
        found = [pod["metadata"].get("annotations", {}).get(ANNOTATION_MOVING) for pod in self.live()]
        return [mark for mark in found if mark]

    def taints(self) -> list[Json]:
        return [t for node in self.cluster.all(NODE) for t in node["spec"].get("taints") or []]


# -- pods -------------------------------------------------------------------------------------------------------------


def pod_body(name: str, node: str = "", **meta: Any) -> Json:
    body: Json = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": NS, "labels": {LABEL_ENABLED: "true"}, **meta},
        "spec": {"containers": [{"name": "notebook", "image": "nb"}]},
    }
    if node:
        body["spec"]["nodeName"] = node
        ready = [{"type": "Ready", "status": "True"}]
        body["status"] = {"phase": "Running", "podIP": "10.0.0.1", "conditions": ready}
    return body


def hub_pod(user: str, node: str = "", sojourn_spawner: bool = True) -> Json:
    notes = {"hub.jupyter.org/username": user, **({ANNOTATION_SPAWNER: "1"} if sojourn_spawner else {})}
    return pod_body(f"jupyter-{user}", node, annotations=notes)


def stateful_pod(sts: Json, node: str = "") -> Json:
    name = sts["metadata"]["name"]
    owner = {
        "kind": "StatefulSet",
        "name": name,
        "uid": sts["metadata"]["uid"],
        "controller": True,
        "apiVersion": "apps/v1",
    }
    body = pod_body(f"{name}-0", node, ownerReferences=[owner])
    body["spec"] |= {k: v for k, v in sts["spec"]["template"]["spec"].items() if v is not None}
    return body


def stateful_set(name: str) -> Json:
    spec = {"containers": [{"name": "notebook", "image": "nb"}]}
    return {
        "metadata": {"name": name, "namespace": NS},
        "spec": {"replicas": 1, "updateStrategy": {"type": "OnDelete"}, "template": {"spec": spec}},
    }


def place(world: World, kind: str, node: str = "node-a") -> str:
    """Put a session of a kind ("bare", "stateful", "hub", "stock hub") on a node; returns its pod's name."""
    if kind == "bare":
        return world.cluster.add(POD, pod_body("solo", node))["metadata"]["name"]
    if kind == "stateful":
        sts = world.cluster.add(STATEFULSET, stateful_set("nb"))
        return world.cluster.add(POD, stateful_pod(sts, node))["metadata"]["name"]
    world.hub.known.add("ada")
    return world.cluster.add(POD, hub_pod("ada", node, kind == "hub"))["metadata"]["name"]


# -- the API server's own rules ---------------------------------------------------------------------------------------


def merge(known: Json, patch: Json) -> Json:
    """RFC 7386."""
    merged = dict(known)
    for key, value in patch.items():
        if value is None:
            merged.pop(key, None)
        elif isinstance(value, dict):
            merged[key] = merge(merged[key] if isinstance(merged.get(key), dict) else {}, value)
        else:
            merged[key] = copy.deepcopy(value)
    return merged


def _selected(body: Json, labels: str) -> bool:
    has = body["metadata"].get("labels", {})
    for part in filter(None, labels.split(",")):
        key, equals, value = part.partition("=")
        if (not equals and key.startswith("!") and key[1:] in has) or (equals and has.get(key) != value):
            return False
    return True
