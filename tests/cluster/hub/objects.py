"""The Kubernetes objects of a JupyterHub, in the shape that zero-to-jupyterhub gives them."""

from __future__ import annotations

from typing import Any

Object = dict[str, Any]
KEY = "/srv/keys/key"  # in the hub's pod: the key from which the spawner derives the users' own


def named(kind: str, name: str, namespace: str | None, api: str = "v1", **rest: Any) -> Object:
    """An object of a kind; ``rest`` are its top-level fields beside the metadata."""
    metadata = {"name": name, **({"namespace": namespace} if namespace else {})}
    return {"apiVersion": api, "kind": kind, "metadata": metadata, **rest}


def service(name: str, app: str, namespace: str, port: int, outside: bool = False) -> Object:
    """A service on one port; ``outside``: a NodePort, reachable at each node's address."""
    ports = [{"port": port, "targetPort": port}]
    spec = {"type": "NodePort" if outside else "ClusterIP", "selector": {"app": app}, "ports": ports}
    return named("Service", name, namespace, spec=spec)


def singleton(name: str, namespace: str, node: str, pod: Object, stamp: str) -> Object:
    """One pod kept running on one node; a DaemonSet, which `kubectl drain` leaves alone: tests drain that node too."""
    labels = {"app": name}
    template = {
        "metadata": {"labels": labels, "annotations": {"stamp": stamp}},
        "spec": {
            "nodeSelector": {"kubernetes.io/hostname": node},
            "tolerations": [{"operator": "Exists"}],
            "terminationGracePeriodSeconds": 5,
            **pod,
        },
    }
    spec = {"selector": {"matchLabels": labels}, "template": template}
    return named("DaemonSet", name, namespace, "apps/v1", spec=spec)


def permissions(namespace: str) -> list[Object]:
    """What zero-to-jupyterhub lets its hub do."""
    rules = [
        {
            "apiGroups": [""],
            "resources": ["pods", "persistentvolumeclaims", "secrets", "services"],
            "verbs": ["get", "watch", "list", "create", "delete"],
        },
        {"apiGroups": [""], "resources": ["events"], "verbs": ["get", "watch", "list"]},
    ]
    rbac = "rbac.authorization.k8s.io"
    subject = {"kind": "ServiceAccount", "name": "hub", "namespace": namespace}
    role = {"apiGroup": rbac, "kind": "Role", "name": "hub"}
    return [
        named("ServiceAccount", "hub", namespace),
        named("Role", "hub", namespace, f"{rbac}/v1", rules=rules),
        named("RoleBinding", "hub", namespace, f"{rbac}/v1", roleRef=role, subjects=[subject]),
    ]


def proxy_pod(image: str, pull_policy: str) -> Object:
    """configurable-http-proxy: users on port 8000, its own API on 8001."""
    words = ["configurable-http-proxy", "--ip=0.0.0.0", "--port=8000", "--api-ip=0.0.0.0", "--api-port=8001"]
    words += ["--default-target=http://hub:8081", "--error-target=http://hub:8081/hub/error", "--log-level=info"]
    container = {
        "name": "chp",
        "image": image,
        "imagePullPolicy": pull_policy,
        "command": ["/usr/bin/tini", "-g", "--", *words],
        "env": [from_secret("CONFIGPROXY_AUTH_TOKEN", "proxy")],
        "readinessProbe": {"httpGet": {"path": "/_chp_healthz", "port": 8000}, "periodSeconds": 1},
    }
    return {"containers": [container], "automountServiceAccountToken": False}


def hub_pod(image: str, pull_policy: str, settings: str, volumes: dict[str, Object]) -> Object:
    """JupyterHub as user 1000; ``volumes``: its own state and the users' homes, by the names state and homes."""
    mounts = [{"name": name, "mountPath": f"/srv/{name}"} for name in volumes]
    owner = {
        "name": "owner",
        "image": image,
        "imagePullPolicy": pull_policy,
        "command": ["chown", "1000:1000", *(mount["mountPath"] for mount in mounts)],
        "securityContext": {"runAsUser": 0},
        "volumeMounts": mounts,
    }
    secrets = [("CONFIGPROXY_AUTH_TOKEN", "proxy"), ("SOJOURN_TOKEN", "service"), ("PASSWORD", "password")]
    container = {
        "name": "hub",
        "image": image,
        "imagePullPolicy": pull_policy,
        "command": ["/usr/bin/tini", "-g", "--", "jupyterhub", "-f", "/etc/jupyterhub/jupyterhub_config.py"],
        "env": [
            {"name": "SETTINGS", "value": settings},
            {"name": "POD_NAMESPACE", "valueFrom": {"fieldRef": {"fieldPath": "metadata.namespace"}}},
            *(from_secret(variable, key) for variable, key in secrets),
        ],
        "securityContext": {"runAsUser": 1000},
        "workingDir": "/srv/state",
        "volumeMounts": [
            *mounts,
            {"name": "config", "mountPath": "/etc/jupyterhub"},
            {"name": "key", "mountPath": KEY.rpartition("/")[0]},
        ],
        "readinessProbe": {"httpGet": {"path": "/hub/health", "port": 8081}, "periodSeconds": 1},
    }
    sources = [{"name": name, **source} for name, source in volumes.items()]
    config = {"name": "config", "configMap": {"name": "hub"}}
    key = {"name": "key", "secret": {"secretName": "hub", "items": [{"key": "root", "path": KEY.rpartition("/")[2]}]}}
    return {
        "serviceAccountName": "hub",
        "initContainers": [owner],
        "containers": [container],
        "volumes": [*sources, config, key],
    }


def from_secret(variable: str, key: str) -> Object:
    return {"name": variable, "valueFrom": {"secretKeyRef": {"name": "hub", "key": key}}}
