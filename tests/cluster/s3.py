"""The store of the test cluster: a real S3 server on this machine, at the address where pods reach it."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests import seaweedfs
from tests.cluster.cluster import Cluster
from tests.cluster.local.layout import MARK, state_dir
from tests.seaweedfs import S3

SECRET = "sojourn-store"
CREDENTIALS = "/var/run/secrets/sojourn/store"


@contextmanager
def serve(cluster: Cluster) -> Iterator[S3]:
    """An S3 server that pods reach, for the length of a ``with`` block; its data ends with it."""
    with tempfile.TemporaryDirectory(prefix="sojourn-s3-") as folder:
        # The mark lets `python -m tests.cluster down` find it after a crash.
        server = seaweedfs.start(Path(folder), address=cluster.host, environment={MARK: str(state_dir())})
        try:
            yield server
        finally:
            seaweedfs.stop(server)


def put_secret(cluster: Cluster, server: S3, namespace: str) -> None:
    """Put the credentials, and a key that signs manifests, into a namespace. A key that is there already stays."""
    existing = cluster.get("secrets", "-n", namespace, f"--field-selector=metadata.name={SECRET}")["items"]
    data = {"aws_access_key_id": server.access_key, "aws_secret_access_key": server.secret_key}
    secret: dict[str, Any] = {"apiVersion": "v1", "kind": "Secret", "stringData": data}
    secret["metadata"] = {"name": SECRET, "namespace": namespace}
    secret["data"] = {"key": existing[0]["data"]["key"]} if existing else {}
    if not existing:
        data["key"] = secrets.token_hex(32)
    cluster.apply(secret)


def pod_settings(server: S3, prefix: str = "test") -> dict[str, Any]:
    """What a notebook pod needs to use the store: ``environment``, ``volumes`` and ``mounts``."""
    return {
        "environment": {
            "SOJOURN_STORE": server.url(prefix),
            "SOJOURN_CREDENTIALS_DIR": CREDENTIALS,
            "SOJOURN_KEY_FILE": f"{CREDENTIALS}/key",
        },
        "volumes": [{"name": "sojourn-store", "secret": {"secretName": SECRET}}],
        "mounts": [{"name": "sojourn-store", "mountPath": CREDENTIALS, "readOnly": True}],
    }
