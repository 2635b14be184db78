"""Image archives made of plain folders and files, without a container engine."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from collections.abc import Sequence
from pathlib import Path


def docker_archive(layer: Path, target: Path, reference: str, entrypoint: Sequence[str] = (), path: str = "") -> None:
    """Write an archive in ``docker save``'s format with one image of one layer (a tar file), under ``reference``."""
    digest = _sha256(layer)
    settings = {"Entrypoint": list(entrypoint), "Env": [f"PATH={path}"] if path else []}
    rootfs = {"type": "layers", "diff_ids": [f"sha256:{digest}"]}
    history = [{"created_by": f"tests.cluster: {reference}"}]  # buildah counts layers by it
    about = {"architecture": "amd64", "os": "linux", "config": settings, "rootfs": rootfs, "history": history}
    config = json.dumps(about).encode()
    name = f"{hashlib.sha256(config).hexdigest()}.json"
    manifest = [{"Config": name, "RepoTags": [reference], "Layers": [f"{digest}/layer.tar"]}]
    part = target.with_suffix(".part")
    with tarfile.open(part, "w") as archive:
        _add(archive, name, config)
        archive.add(layer, f"{digest}/layer.tar")
        _add(archive, "manifest.json", json.dumps(manifest).encode())
    part.rename(target)


def program_archive(program: Path, target: Path, reference: str) -> None:
    """An image that holds one static program and runs it."""
    layer = target.with_suffix(".layer")
    with tarfile.open(layer, "w") as tar:
        tar.add(program, program.name)
    docker_archive(layer, target, reference, [f"/{program.name}"])
    layer.unlink()


def _add(archive: tarfile.TarFile, name: str, data: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = len(data)
    archive.addfile(entry, io.BytesIO(data))


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as content:
        while block := content.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
