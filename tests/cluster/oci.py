"""OCI archives of an image on disk, with all its layers or only with those that a node lacks."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Container
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar"


@dataclass(frozen=True)
class Image:
    """An image on disk: its name, the folder of blobs that holds it (and others), and its manifest's digest."""

    reference: str
    blobs: Path
    digest: str

    def blob(self, digest: str) -> Path:
        return self.blobs / digest.replace(":", "/")


def write_archive(image: Image, target: Path, known: Container[str] = frozenset()) -> None:
    """Write an archive that ``ctr images import`` takes; ``known`` are digests that the other side has already."""
    manifest: dict[str, Any] = json.loads(image.blob(image.digest).read_text())
    digests = [image.digest, manifest["config"]["digest"], *(layer["digest"] for layer in manifest["layers"])]
    entry = {
        "mediaType": MANIFEST,
        "digest": image.digest,
        "size": image.blob(image.digest).stat().st_size,
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
                archive.add(image.blob(digest), f"blobs/{digest.replace(':', '/')}")


def _add(archive: tarfile.TarFile, name: str, text: str) -> None:
    data = text.encode()
    entry = tarfile.TarInfo(name)
    entry.size = len(data)
    archive.addfile(entry, io.BytesIO(data))
