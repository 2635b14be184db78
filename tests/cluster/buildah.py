"""Building images from Dockerfiles without a container daemon, and writing the images down as OCI blobs."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from tests.cluster import layers, tools
from tests.cluster.commands import run, succeeds
from tests.cluster.oci import Image

AUTHORITIES = Path("/etc/ssl/certs/ca-certificates.crt")


def exists(reference: str) -> bool:
    """Whether an image of that name has been built."""
    return succeeds(*_buildah("inspect", "--type", "image", reference))


def pull_archive(archive: Path, reference: str) -> None:
    """Take the image of a docker archive over, under a name."""
    image = run(*_buildah("pull", "--quiet", f"docker-archive:{archive}"), timeout=600).split()[-1]
    run(*_buildah("tag", image, reference))


def build(dockerfile: Path, context: Path, reference: str, arguments: Mapping[str, str], steps: bool = True) -> None:
    """Build an image. pip in it works as it does on this machine: same index, same authorities; neither stays in it.

    ``steps``: keep each step as a layer, so that a build that is broken off goes on from there.
    """
    with tempfile.TemporaryDirectory() as scratch:
        settings = Path(scratch) / "pip.conf"
        settings.write_text(_pip_settings())
        options = [
            "--isolation",
            "chroot",
            "--network",
            "host",
            "--pull-never",
            f"--layers={str(steps).lower()}",
            "--force-rm",
        ]
        options += ["--volume", f"{settings}:/etc/pip.conf:ro"]
        if AUTHORITIES.exists():
            options += ["--volume", f"{AUTHORITIES}:{AUTHORITIES}:ro"]
        for name, value in arguments.items():
            options += ["--build-arg", f"{name}={value}"]
        run(*_buildah("build", *options, "--file", dockerfile, "--tag", reference, context), timeout=1800)


def export(reference: str, blobs: Path) -> Image:
    """Write an image to a folder of blobs. Layers that are there already are not written again."""
    blobs.mkdir(parents=True, exist_ok=True)
    about = json.loads(run(*_buildah("inspect", "--type", "image", reference)))
    return layers.write(_storage(), reference, about["OCIv1"]["config"], blobs)


def forget_others(reference: str) -> None:
    """Forget older builds of the same image."""
    name = reference.rpartition(":")[0]
    listed = run(*_buildah("images", "--noheading", "--format", "{{.Name}}:{{.Tag}}")).split()
    for other in listed:
        if other != reference and other.startswith(f"{name}:"):
            succeeds(*_buildah("rmi", "--force", other), timeout=300)


def _storage() -> Path:
    return tools.cache_root() / "buildah/storage"


def _buildah(*words: str | os.PathLike[str]) -> tuple[str | os.PathLike[str], ...]:
    run_root = tools.cache_root() / "buildah/run"
    return ("buildah", "--root", _storage(), "--runroot", run_root, "--storage-driver", "overlay", *words)


def _pip_settings() -> str:
    """This machine's settings for pip, wherever they come from."""
    listed = run(sys.executable, "-m", "pip", "config", "list").splitlines()
    pairs = [line.partition("=") for line in listed]
    wanted = {"index-url", "extra-index-url", "trusted-host", "proxy", "timeout", "retries"}
    values = {name.rpartition(".")[2].lower(): value.strip("'\"") for name, _, value in pairs}
    lines = [f"{name} = {value}" for name, value in values.items() if name in wanted]
    return "\n".join(["[global]", f"cert = {AUTHORITIES}", "break-system-packages = true", *lines, ""])
