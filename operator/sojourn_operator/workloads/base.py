"""What every kind of workload answers: who brings a pod back, how it is stopped and started, and where it stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from sojourn_kernel.protocol import ANNOTATION_BASE_URL, ANNOTATION_PORT

from ..actions import Outcome
from ..cluster import Cluster, ClusterError
from ..hubclient import Hub, HubError
from ..kinds import Json, annotations_of, ended, is_true, name_of, node_of, pod_ip, terminating, uid_of
from ..progress import PodRef
from ..target import Target


class CannotMove(Exception):
    """This pod cannot be moved; the message is the sentence for the user."""


@dataclass(frozen=True)
class Means:
    """What workloads act through."""

    cluster: Cluster
    hub: Hub | None = None


@dataclass(frozen=True)
class Workload:
    """What brings a pod back. ``extra`` is the kind's own: a hub's user and server, a bare pod's manifest."""

    kind: str
    namespace: str
    name: str
    pod: str
    owner: str = ""
    server: str = ""
    extra: Json = field(default_factory=dict)

    def to_json(self) -> Json:
        body = {"kind": self.kind, "name": self.name, "pod": self.pod, "owner": self.owner, "server": self.server}
        return {key: value for key, value in {**body, **self.extra}.items() if value}

    @classmethod
    def from_json(cls, namespace: str, body: Mapping[str, Any]) -> Workload:
        known = ("kind", "name", "pod", "owner", "server")
        extra = {key: value for key, value in body.items() if key not in known}
        return cls(namespace=namespace, extra=extra, **{key: body.get(key, "") for key in known})


@dataclass(frozen=True)
class Standing:
    """Where a workload stands: the pod that is not the source, and whether it is stopping, starting, or ready."""

    other: Json | None = None
    stopping: bool = False
    spawning: bool = False
    serving: bool = False


class Adapter(Protocol):
    """One module per kind; these are its module-level names."""

    ASKS_STOP: bool  # must be told of the stop even when the pod ends by itself
    ASKS_START: bool  # nobody else makes the new pod
    PATIENT: bool  # a start may be tried again until the deadline, with no harm to others

    @staticmethod
    def identify(pod: Mapping[str, Any], means: Means) -> Workload | None:
        """The workload of a pod, None if it is of another kind; raises CannotMove."""

    @staticmethod
    def returns(workload: Workload, pod: Mapping[str, Any], node_goes: bool, means: Means) -> bool:
        """Whether a pod that is being deleted shall come back: not when its owner stopped it."""

    @staticmethod
    def avoids(workload: Workload, pod: Mapping[str, Any]) -> bool:
        """Whether a start can keep the new pod off a node."""

    @staticmethod
    def standing(workload: Workload, source_uid: str, means: Means) -> Standing:
        """A fresh look."""

    @staticmethod
    def stop(workload: Workload, source: PodRef, target: Target, means: Means) -> Outcome:
        """Stop exactly that pod; harmless when repeated."""

    @staticmethod
    def start(workload: Workload, target: Target, means: Means) -> Outcome:
        """Make the new pod; harmless when repeated."""


def ref(pod: Mapping[str, Any]) -> PodRef:
    return PodRef(name_of(pod), uid_of(pod), node_of(pod))


def other_pod(cluster: Cluster, kind: Any, workload: Workload, source_uid: str) -> Json | None:
    """The pod that has the source's name but is another."""
    pod = cluster.get(kind, workload.namespace, workload.pod)
    return pod if pod and uid_of(pod) != source_uid else None


def pod_serves(pod: Mapping[str, Any] | None) -> bool:
    """Running with an address, and ready where it has a probe to say so."""
    return bool(pod and not terminating(pod) and not ended(pod) and pod_ip(pod) and is_true(pod, "Ready"))


def refused(error: ClusterError | HubError) -> Outcome:
    """The outcome of a call that failed; one that may well pass later is not held against the move."""
    retry = getattr(error, "retry_after", 0.0) or (5.0 if error.status in (0, 429) or error.status >= 500 else 0.0)
    return Outcome(False, str(error), retry_after=retry)


def notebook_container(spec: Mapping[str, Any]) -> Json:
    """The container with the Jupyter server: called ``notebook``, or with a port of its name, or the first."""
    containers = spec.get("containers") or []
    for container in containers:
        if container.get("name") == "notebook":
            return container
    for container in containers:
        if any(port.get("name") == "notebook-port" for port in container.get("ports") or []):
            return container
    return containers[0] if containers else {}


def env_of(container: Mapping[str, Any], name: str) -> str:
    return next((var.get("value") or "" for var in container.get("env") or [] if var.get("name") == name), "")


def server_port(pod: Mapping[str, Any]) -> int:
    """Port of the Jupyter server: the annotation, the container's, or 8888."""
    text = annotations_of(pod).get(ANNOTATION_PORT, "")
    if text.isdigit() and 0 < int(text) < 65536:
        return int(text)
    ports = notebook_container(pod.get("spec") or {}).get("ports") or []
    named = [port for port in ports if port.get("name") == "notebook-port"]
    return (named or ports or [{"containerPort": 8888}])[0]["containerPort"]


def base_url(pod: Mapping[str, Any]) -> str:
    """Base URL of the Jupyter server, with slashes at both ends."""
    container = notebook_container(pod.get("spec") or {})
    path = (
        annotations_of(pod).get(ANNOTATION_BASE_URL)
        or env_of(container, "JUPYTERHUB_SERVICE_PREFIX")
        or env_of(container, "NB_PREFIX")
    )
    return f"/{path.strip('/')}/".replace("//", "/") if path else "/"
