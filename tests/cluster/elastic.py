"""The project's side of a hub: its spawner, the store, and pods that opted in."""

from __future__ import annotations

from tests.cluster.hub import STOCK, Hub, Settings
from tests.cluster.hub.objects import KEY
from tests.cluster.images import ROOT
from tests.cluster.s3 import pod_settings, put_secret
from tests.seaweedfs import S3

SPAWNER = ROOT / "operator/sojourn_operator/hub/sojourn_spawner.py"
KEY_OF_EACH_USER = f"c.SojournSpawner.key_file = {KEY!r}"
ENABLED = {"sojourn.dev/enabled": "true"}


def settings(server: S3, version: int = 6, stock: bool = False, grace: int = 60) -> Settings:
    """A hub whose users' sessions are kept in the store and may be moved; ``stock``: with KubeSpawner as it is."""
    pods = pod_settings(server)
    # KubeSpawner mounts no service account, so the session's identity gets its namespace this way.
    namespace = {"name": "POD_NAMESPACE", "valueFrom": {"fieldRef": {"fieldPath": "metadata.namespace"}}}
    store = {name: value for name, value in pods["environment"].items() if stock or name != "SOJOURN_KEY_FILE"}
    own = {} if stock else {SPAWNER.name: SPAWNER.read_text()}
    return Settings(
        version=version,
        spawner=STOCK if stock else f"{SPAWNER.stem}.SojournSpawner",
        files=own,
        extra_config=[] if stock else [f"import {SPAWNER.stem}\n{SPAWNER.stem}.install()", KEY_OF_EACH_USER],
        environment={**store, "POD_NAMESPACE": namespace, "SOJOURN_GRACE": str(grace)},
        volumes=pods["volumes"],
        mounts=pods["mounts"],
        labels=ENABLED,
        grace=grace,
    )


def prepare(hub: Hub, server: S3) -> Hub:
    """Put what the users' pods need beside the hub: the store's Secret."""
    put_secret(hub.cluster, server, hub.namespace)
    return hub
