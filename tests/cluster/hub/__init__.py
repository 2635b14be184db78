"""A JupyterHub in the test cluster: hub, proxy, KubeSpawner, homes that all nodes see, and a service named sojourn."""

from __future__ import annotations

import hashlib
import json
import secrets
from base64 import b64decode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.cluster import images
from tests.cluster.cluster import Cluster
from tests.cluster.commands import progress
from tests.cluster.hub.objects import Object, hub_pod, named, permissions, proxy_pod, service, singleton

STOCK = "kubespawner.KubeSpawner"
# What the operator asks of the hub, and no more.
SCOPES = ("list:users", "read:servers", "servers", "admin:server_state", "access:servers")
PULL = "IfNotPresent"  # nothing is ever pulled: the images are on the nodes
CONFIG = Path(__file__).parent / "jupyterhub_config.py"


@dataclass(frozen=True)
class Settings:
    """How the hub and its users' pods are made.

    ``version``: JupyterHub's major version, 5 or 6, for hub and pods. ``notebook``: the pods' image; ``plain`` is one
    without Sojourn. ``files`` are laid beside the hub's configuration and can be imported there. ``environment``,
    ``volumes``, ``mounts``, ``labels``, ``annotations`` and ``args`` are the users' pods'. ``grace`` in seconds.
    """

    version: int = 6
    notebook: str = "notebook"
    spawner: str = STOCK
    files: Mapping[str, str] = field(default_factory=dict)
    extra_config: Sequence[str] = ()
    environment: Mapping[str, Any] = field(default_factory=dict)
    volumes: Sequence[Object] = ()
    mounts: Sequence[Object] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)
    args: Sequence[str] = ()
    scopes: Sequence[str] = SCOPES
    grace: int = 60


@dataclass(frozen=True)
class Hub:
    """A hub that answers. ``url`` is the proxy's, as users see it."""

    cluster: Cluster
    namespace: str
    settings: Settings
    url: str
    password: str = field(repr=False)
    service_token: str = field(repr=False)

    @property
    def inside(self) -> str:
        """The hub's API for programs in the cluster."""
        return f"http://hub.{self.namespace}.svc.cluster.local:8081/hub/api"

    @property
    def outside(self) -> str:
        """The hub's API for programs on this machine."""
        return f"{self.url}/hub/api"

    def run_in_hub(self, *argv: str) -> str:
        """Standard output of a program run in the hub's pod."""
        return self.cluster.kubectl("exec", "-n", self.namespace, "daemonset/hub", "-c", "hub", "--", *argv)


def deploy(cluster: Cluster, namespace: str = "hub", settings: Settings | None = None) -> Hub:
    """Deploy a hub into a namespace of its own, or change the one that is there, and return once it answers."""
    settings = settings or Settings()
    suffix = "" if settings.version >= 6 else f"-jh{settings.version}"
    hub, notebook = images.export(f"hub{suffix}"), images.export(settings.notebook + suffix)
    cluster.load(hub)
    cluster.load(notebook)
    keys = _keys(cluster, namespace)
    files = {CONFIG.name: CONFIG.read_text(), **settings.files}
    text = json.dumps(_config(cluster, namespace, notebook.reference, settings))
    node = sorted(cluster.nodes)[0]
    stamp = _stamp(text, *files, *files.values())
    state = {name: cluster.shared(f"{namespace}-{name}") for name in ("state", "homes")}
    with progress(f"JupyterHub {settings.version} in namespace {namespace}"):
        cluster.apply(
            named("Namespace", namespace, None),
            *permissions(namespace),
            named("Secret", "hub", namespace, stringData=keys),
            named("ConfigMap", "hub", namespace, data=files),
            service("hub", "hub", namespace, 8081),
            service("proxy-api", "proxy", namespace, 8001),
            service("proxy-public", "proxy", namespace, 8000, outside=True),
            singleton("proxy", namespace, node, proxy_pod(hub.reference, PULL), stamp=keys["proxy"][:8]),
            singleton("hub", namespace, node, hub_pod(hub.reference, PULL, text, state), stamp),
        )
        for name in ("proxy", "hub"):
            cluster.kubectl("rollout", "status", "-n", namespace, f"daemonset/{name}", "--timeout=120s")
    port = cluster.get("service", "proxy-public", "-n", namespace)["spec"]["ports"][0]["nodePort"]
    url = f"http://{cluster.addresses()[node]}:{port}"
    return Hub(cluster, namespace, settings, url, keys["password"], keys["service"])


def remove(hub: Hub) -> None:
    """Delete the hub's namespace, and with it the users' pods and all else; without waiting for the end of it."""
    hub.cluster.kubectl("delete", "namespace", hub.namespace, "--wait=false")


def _keys(cluster: Cluster, namespace: str) -> dict[str, str]:
    """The hub's secrets: those of the hub that is there, so that a change of settings logs nobody out, or new ones."""
    found = cluster.get("secrets", "-n", namespace, "--field-selector=metadata.name=hub")["items"]
    if found:
        return {name: b64decode(value).decode() for name, value in found[0]["data"].items()}
    return {name: secrets.token_hex(32) for name in ("proxy", "service", "password", "root")}


def _config(cluster: Cluster, namespace: str, image: str, settings: Settings) -> dict[str, Any]:
    home = {"name": "home", "mountPath": "/home/jovyan", "subPath": "{username}"}
    return {
        "image": image,
        "pull_policy": PULL,
        "spawner": settings.spawner,
        "scopes": list(settings.scopes),
        "args": list(settings.args),
        "environment": {"HOME": "/home/jovyan", **settings.environment},
        "volumes": [{"name": "home", **cluster.shared(f"{namespace}-homes")}, *settings.volumes],
        "mounts": [home, *settings.mounts],
        "labels": dict(settings.labels),
        "annotations": dict(settings.annotations),
        "grace": settings.grace,
        "extra_config": list(settings.extra_config),
    }


def _stamp(*texts: str) -> str:
    """Changes with the hub's settings, so that a change starts the hub again."""
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:16]
