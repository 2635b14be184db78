"""The Kubernetes API as the operator uses it: JSON in, JSON out, errors named.

The official client does transport, TLS and credentials; its generated models are left aside, so any of its versions
will do and unknown fields survive a read-modify-write.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Protocol

from kubernetes import client, config
from kubernetes.client.exceptions import ApiException
from kubernetes.dynamic import DynamicClient

from .kinds import Json, Kind

TIMEOUT = 20.0  # seconds for one request


class ClusterError(Exception):
    """The API server refused or could not be asked; ``status`` is the HTTP status, 0 without an answer."""

    def __init__(self, message: str, status: int = 0) -> None:
        super().__init__(message)
        self.status = status


class AlreadyExists(ClusterError):
    """An object of that name is there."""


class Conflict(ClusterError):
    """The object is not (or no longer) the one that was meant: another uid or resourceVersion."""


class Cluster(Protocol):
    """What the reconcilers need of Kubernetes; tests have one in memory."""

    def get(self, kind: Kind, namespace: str, name: str) -> Json | None:
        """The object, or None if there is none."""

    def list(self, kind: Kind, namespace: str, labels: str = "") -> Sequence[Json]:
        """Objects in a namespace ("" for all), by a label selector."""

    def create(self, kind: Kind, namespace: str, body: Json) -> Json:
        """The object as created; raises AlreadyExists."""

    def patch(self, kind: Kind, namespace: str, name: str, body: Json, subresource: str = "") -> Json | None:
        """Merge patch; None if the object is gone; raises Conflict when body names another uid or version."""

    def delete(self, kind: Kind, namespace: str, name: str, uid: str) -> bool:
        """Delete exactly the object with that uid; False if it is gone already."""


class _NoDiscovery:
    """Paths are known here: no discovery requests, no cache file."""

    def __init__(self, *_: object) -> None: ...


class RealCluster:
    """:class:`Cluster` over the official client; safe for threads."""

    def __init__(self, api: client.ApiClient | None = None) -> None:
        self._dynamic = DynamicClient(api or client.ApiClient(), discoverer=_NoDiscovery)

    @classmethod
    def connect(cls) -> RealCluster:
        """In a pod by its service account, elsewhere by the kubeconfig."""
        try:
            config.load_incluster_config()
        except config.ConfigException:
            config.load_kube_config()
        return cls()

    def _request(self, method: str, path: str, body: Json | None = None, **params: Any) -> Json:
        # Headers and query are given afresh: the client's own defaults are mutable and shared.
        params = {"query_params": [], "header_params": {}, **params}
        try:
            response = self._dynamic.request(
                method, path, body=body, serialize=False, _request_timeout=TIMEOUT, **params
            )
        except ApiException as error:
            raise _named(error) from error
        except Exception as error:  # urllib3 raises many kinds when there is no answer
            raise ClusterError(f"the API server does not answer: {error}") from error
        return json.loads(response.data)

    def get(self, kind: Kind, namespace: str, name: str) -> Json | None:
        try:
            return self._request("get", kind.path(namespace, name))
        except ClusterError as error:
            if error.status == 404:
                return None
            raise

    def list(self, kind: Kind, namespace: str, labels: str = "") -> Sequence[Json]:
        found: Any = []
        token = ""
        while True:
            query = [("limit", 500)] + ([("continue", token)] if token else [])
            query += [("labelSelector", labels)] if labels else []
            page = self._request("get", kind.path(namespace), query_params=query)
            found += page.get("items") or []
            token = (page.get("metadata") or {}).get("continue", "")
            if not token:
                return found

    def create(self, kind: Kind, namespace: str, body: Json) -> Json:
        return self._request("post", kind.path(namespace), body)

    def patch(self, kind: Kind, namespace: str, name: str, body: Json, subresource: str = "") -> Json | None:
        path = kind.path(namespace, name, subresource)
        try:
            return self._request("patch", path, body, content_type="application/merge-patch+json")
        except ClusterError as error:
            if error.status == 404:
                return None
            raise

    def delete(self, kind: Kind, namespace: str, name: str, uid: str) -> bool:
        options: Json = {"apiVersion": "v1", "kind": "DeleteOptions", "preconditions": {"uid": uid}}
        try:
            self._request("delete", kind.path(namespace, name), options)
        except Conflict:
            return False  # another object has taken the name: the one that was meant is gone
        except ClusterError as error:
            if error.status == 404:
                return False
            raise
        return True


def _named(error: ApiException) -> ClusterError:
    try:
        body = json.loads(error.body or "{}")
    except ValueError:
        body = {}
    message = body.get("message") or error.reason or str(error)
    if error.status == 409:
        kind = AlreadyExists if body.get("reason") == "AlreadyExists" else Conflict
        return kind(message, 409)
    return ClusterError(message, error.status or 0)
