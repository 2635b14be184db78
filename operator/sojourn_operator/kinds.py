"""The Kubernetes kinds that the operator touches, and readers for the JSON of pods and nodes.

Objects are plain dicts as the API server sends them; the readers here are the one place that knows their shape.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from sojourn_kernel.protocol import GROUP, VERSION

Json = dict[str, Any]


@dataclass(frozen=True)
class Kind:
    """One resource: its API group ("" for core), version, plural and kind name."""

    group: str
    version: str
    plural: str
    name: str
    namespaced: bool = True

    @property
    def api_version(self) -> str:
        return f"{self.group}/{self.version}" if self.group else self.version

    def path(self, namespace: str = "", name: str = "", subresource: str = "") -> str:
        """URL path; without a namespace, the list over all namespaces."""
        parts = ["apis", self.group, self.version] if self.group else ["api", self.version]
        if self.namespaced and namespace:
            parts += ["namespaces", namespace]
        parts += [part for part in (self.plural, name, subresource) if part]
        return "/" + "/".join(parts)


POD = Kind("", "v1", "pods", "Pod")
NODE = Kind("", "v1", "nodes", "Node", namespaced=False)
EVENT = Kind("", "v1", "events", "Event")
STATEFULSET = Kind("apps", "v1", "statefulsets", "StatefulSet")
DEPLOYMENT = Kind("apps", "v1", "deployments", "Deployment")
REPLICASET = Kind("apps", "v1", "replicasets", "ReplicaSet")
NOTEBOOK = Kind("kubeflow.org", "v1", "notebooks", "Notebook")
SESSION = Kind(GROUP, VERSION, "sessions", "Session")
MIGRATION = Kind(GROUP, VERSION, "migrations", "Migration")
POLICY = Kind(GROUP, VERSION, "migrationpolicies", "MigrationPolicy")


def meta(obj: Mapping[str, Any]) -> Json:
    return obj.get("metadata") or {}


def name_of(obj: Mapping[str, Any]) -> str:
    return meta(obj).get("name", "")


def namespace_of(obj: Mapping[str, Any]) -> str:
    return meta(obj).get("namespace", "")


def uid_of(obj: Mapping[str, Any]) -> str:
    return meta(obj).get("uid", "")


def annotations_of(obj: Mapping[str, Any]) -> dict[str, str]:
    return meta(obj).get("annotations") or {}


def labels_of(obj: Mapping[str, Any]) -> dict[str, str]:
    return meta(obj).get("labels") or {}


def controller_of(obj: Mapping[str, Any]) -> Json | None:
    """The owner reference of the controller, if a controller owns the object."""
    return next((owner for owner in meta(obj).get("ownerReferences") or [] if owner.get("controller")), None)


def terminating(obj: Mapping[str, Any]) -> bool:
    return bool(meta(obj).get("deletionTimestamp"))


def ended(pod: Mapping[str, Any]) -> bool:
    """The pod's containers run no more and will not again."""
    return (pod.get("status") or {}).get("phase") in ("Failed", "Succeeded")


def node_of(pod: Mapping[str, Any]) -> str:
    return (pod.get("spec") or {}).get("nodeName", "")


def pod_ip(pod: Mapping[str, Any]) -> str:
    return (pod.get("status") or {}).get("podIP", "")


def condition(obj: Mapping[str, Any], kind: str) -> Json | None:
    return next((c for c in (obj.get("status") or {}).get("conditions") or [] if c.get("type") == kind), None)


def with_condition(
    conditions: Iterable[Json], kind: str, status: str, reason: str, message: str, when: datetime
) -> tuple[Json, ...]:
    """The conditions with one of them set; its transition time changes only with its status."""
    conditions = tuple(conditions)
    before = next((one for one in conditions if one["type"] == kind), None)
    since = before["lastTransitionTime"] if before and before["status"] == status else stamp(when)
    new = {"type": kind, "status": status, "reason": reason, "message": message, "lastTransitionTime": since}
    if before == new:
        return conditions
    return (*(one for one in conditions if one["type"] != kind), new)


def is_true(obj: Mapping[str, Any], kind: str) -> bool:
    found = condition(obj, kind)
    return bool(found and found.get("status") == "True")


def taints_of(node: Mapping[str, Any]) -> list[Json]:
    return (node.get("spec") or {}).get("taints") or []


def now() -> datetime:
    return datetime.now(timezone.utc)


def stamp(moment: datetime) -> str:
    """RFC 3339 in UTC with milliseconds, as CRD fields of format date-time take it."""
    return moment.astimezone(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))
