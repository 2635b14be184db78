"""What all reconcilers work with, and the small reads that they share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import Any

from sojourn_kernel.protocol import LABEL_ENABLED

from .agentclient import Agent, Endpoint
from .cache import Cache
from .cluster import Cluster
from .hubclient import Hub
from .kinds import MIGRATION, NODE, POLICY, SESSION, Json, labels_of, namespace_of, node_of, now, pod_ip, uid_of
from .progress import Phase
from .rules import Rules, rules_for
from .settings import Settings, read_token
from .triggers import Sign, signs
from .workloads import Means, Workload
from .workloads.base import base_url, server_port

# Ask for another look at something: (kind plural, namespace, name, seconds from now).
Enqueue = Callable[[str, str, str, float], None]


@dataclass
class Engine:
    """The operator's parts. ``lock`` makes the count of moves under way and the start of one a single step."""

    settings: Settings
    cluster: Cluster
    agent: Agent
    hub: Hub | None
    hub_token: Callable[[], str] = lambda: ""
    agent_token: Callable[[], str] = lambda: ""
    cache: Cache = field(default_factory=Cache)
    enqueue: Enqueue = lambda plural, namespace, name, after: None
    clock: Callable[[], datetime] = now
    lock: Lock = field(default_factory=Lock)

    @property
    def means(self) -> Means:
        return Means(self.cluster, self.hub)

    def node(self, pod: Mapping[str, Any]) -> Json | None:
        return self.cache.get(NODE, "", node_of(pod)) if node_of(pod) else None

    def session_of(self, workload: Workload) -> Json | None:
        return self.cache.get(SESSION, workload.namespace, session_name(workload))

    def rules(self, pod: Mapping[str, Any], session: Mapping[str, Any] | None) -> Rules:
        return rules_for(pod, self.settings, self.cache.list(POLICY, namespace_of(pod)), session)

    def signs(self, pod: Mapping[str, Any], rules: Rules) -> list[Sign]:
        return signs(pod, self.node(pod), rules.triggers)

    def node_goes(self, pod: Mapping[str, Any]) -> bool:
        """Whether anything says that the pod's node is to be emptied."""
        bare: Json = {"metadata": {}, "spec": pod.get("spec") or {}}
        return bool(signs(bare, self.node(pod)))

    def endpoint(self, pod: Mapping[str, Any], workload: Workload) -> Endpoint:
        """Where the pod's agent is, with what opens it."""
        address = pod_ip(pod)
        host = f"[{address}]" if ":" in address else address
        token = self.hub_token() if workload.kind == "JupyterHub" else self.agent_token()
        return Endpoint(f"http://{host}:{server_port(pod)}{base_url(pod)}", token)

    def active_move(self, pod_uid: str) -> Json | None:
        """The Migration under way (or waiting) that leaves this very pod."""
        for migration in self.cache.list(MIGRATION):
            status = migration.get("status") or {}
            uid = (status.get("source") or {}).get("uid") or ((migration.get("spec") or {}).get("pod") or {}).get("uid")
            if uid == pod_uid and not Phase(status.get("phase") or "Pending").ended:
                return migration
        return None


def session_name(workload: Workload) -> str:
    """Name of a workload's Session: it is the same for every pod that carries the session."""
    return workload.name if workload.kind == "Deployment" else workload.pod


def enabled(pod: Mapping[str, Any]) -> bool:
    return labels_of(pod).get(LABEL_ENABLED) == "true"


def tokens(settings: Settings) -> tuple[Callable[[], str], Callable[[], str]]:
    """Readers of the hub's and of the agents' token."""
    return (lambda: read_token(settings.hub_token_file)), (lambda: read_token(settings.agent_token_file))


__all__ = ["Engine", "Enqueue", "enabled", "session_name", "tokens", "uid_of"]
