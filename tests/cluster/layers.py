"""An image in buildah's storage, written down as OCI blobs: each layer once, as a plain tar, so that a rebuilt image costs
only its new layers."""

from __future__ import annotations

import hashlib
import json
import os
import stat
import tarfile
import tempfile
from pathlib import Path
from typing import Any

from tests.cluster.oci import CONFIG, LAYER, MANIFEST, Image

OPAQUE = "trusted.overlay.opaque"


def write(storage: Path, reference: str, settings: dict[str, Any], blobs: Path) -> Image:
    """Write the image's manifest, configuration and layers to ``blobs``; ``settings`` are its environment, user and so on."""
    digests = [_layer(storage, identity, blobs) for identity in _chain(storage, reference)]
    rootfs = {"type": "layers", "diff_ids": digests}
    about = {"architecture": "amd64", "os": "linux", "config": settings, "rootfs": rootfs}
    config = _put(blobs, json.dumps(about, sort_keys=True).encode())
    manifest = {
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "config": _described(blobs, CONFIG, config),
        "layers": [_described(blobs, LAYER, digest) for digest in digests],
    }
    return Image(reference, blobs, _put(blobs, json.dumps(manifest, sort_keys=True).encode()))


def _chain(storage: Path, reference: str) -> list[str]:
    """Identities of an image's layers in the storage, the lowest first."""
    listed = json.loads((storage / "overlay-images/images.json").read_text())
    image = next(entry for entry in listed if reference in entry.get("names", []))
    parents = {entry["id"]: entry.get("parent") for entry in json.loads(_layers(storage).read_text())}
    chain, identity = [], image["layer"]
    while identity:
        chain.append(identity)
        identity = parents[identity]
    return chain[::-1]


def _layers(storage: Path) -> Path:
    return storage / "overlay-layers/layers.json"


def _layer(storage: Path, identity: str, blobs: Path) -> str:
    """The digest of a layer, written when it is new: a layer in the storage never changes under its identity."""
    note = blobs / "layers" / identity
    if note.exists():
        return note.read_text()
    note.parent.mkdir(parents=True, exist_ok=True)
    part = note.with_suffix(".part")
    with tarfile.open(part, "w", format=tarfile.PAX_FORMAT) as archive:
        _add_tree(archive, storage / "overlay" / identity / "diff")
    digest = _keep(blobs, part)
    note.write_text(digest)
    return digest


def _add_tree(archive: tarfile.TarFile, root: Path) -> None:
    """Add what a layer changes, overlayfs's marks for what it removes turned into those of image layers."""
    for folder, folders, files in os.walk(root):
        folders.sort()
        here = Path(folder)
        name = here.relative_to(root)
        archive.add(here, name, recursive=False)
        if _opaque(here):
            archive.addfile(tarfile.TarInfo(str(name / ".wh..wh..opq")))
        links = [entry for entry in folders if (here / entry).is_symlink()]
        for entry in sorted([*files, *links]):
            if _removed(here / entry):
                archive.addfile(tarfile.TarInfo(str(name / f".wh.{entry}")))
            else:
                archive.add(here / entry, name / entry, recursive=False)


def _opaque(folder: Path) -> bool:
    try:
        return os.getxattr(folder, OPAQUE) == b"y"
    except OSError:
        return False


def _removed(path: Path) -> bool:
    status = path.lstat()
    return stat.S_ISCHR(status.st_mode) and status.st_rdev == 0


def _described(blobs: Path, kind: str, digest: str) -> dict[str, Any]:
    size = (blobs / digest.replace(":", "/")).stat().st_size
    return {"mediaType": kind, "digest": digest, "size": size}


def _put(blobs: Path, data: bytes) -> str:
    with tempfile.NamedTemporaryFile(dir=blobs, delete=False) as part:
        part.write(data)
    return _keep(blobs, Path(part.name))


def _keep(blobs: Path, part: Path) -> str:
    """Give a finished blob the name of its digest."""
    hashed = hashlib.sha256()
    with part.open("rb") as content:
        while block := content.read(1 << 20):
            hashed.update(block)
    target = blobs / "sha256" / hashed.hexdigest()
    target.parent.mkdir(parents=True, exist_ok=True)
    part.rename(target)
    return f"sha256:{hashed.hexdigest()}"
