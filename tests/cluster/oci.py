"""OCI archives of an image on disk, with all its layers or only with those that a node lacks."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Container
from pathlib import Path
from typing import Any

from tests.cluster.buildah import Image

MANIFEST = "application/vnd.oci.image.manifest.v1+json"


def write_archive(image: Image, target: Path, known: Container[str] = frozenset()) -> None:
    """Write an archive that ``ctr images import`` takes; ``known`` are digests that the other side has already."""
    manifest: dict[str, Any] = json.loads(_blob(image, image.digest).read_text())
    digests = [image.digest, manifest["config"]["digest"], *(layer["digest"] for layer in manifest["layers"])]
    entry = {
        "mediaType": manifest.get("mediaType", MANIFEST),
        "digest": image.digest,
        "size": _blob(image, image.digest).stat().st_size,
        "annotations": {
            "io.containerd.image.name": image.reference,
            "org.opencontainers.image.ref.name": image.reference.rpartition(":")[2],
        },
    }
    with tarfile.open(target, "w") as archive:
        _add(archive, "oci-layout", json.dumps({"imageLayoutVersion": "1.0.0"}))
        _add(archive, "index.json", json.dumps({"schemaVersion": 2, "manifests": [entry]}))
        for digest in dict.fromkeys(digests):
            if digest not in known:
                archive.add(_blob(image, digest), f"blobs/{digest.replace(':', '/')}")


def _blob(image: Image, digest: str) -> Path:
    return image.layout / "blobs" / digest.replace(":", "/")


def _add(archive: tarfile.TarFile, name: str, text: str) -> None:
    data = text.encode()
    entry = tarfile.TarInfo(name)
    entry.size = len(data)
    archive.addfile(entry, io.BytesIO(data))
