"""A small Debian with Python, made by debootstrap: what all our images stand on where no registry can be reached."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from pathlib import Path

from tests.cluster import tools
from tests.cluster.archives import docker_archive
from tests.cluster.commands import progress, run

SUITE = "bookworm"
MIRROR = "http://deb.debian.org/debian"
PACKAGES = ("python3", "python3-venv", "tini", "ca-certificates")
# Nothing in a container reads these; they are a third of the size.
DROPPED = ("var/cache/apt", "var/lib/apt/lists", "usr/share/doc", "usr/share/man", "usr/share/locale", "usr/share/info")
KEY = hashlib.sha256(repr((SUITE, PACKAGES, DROPPED, "2")).encode()).hexdigest()[:12]
REFERENCE = f"localhost/sojourn/debian:{KEY}"
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def archive() -> Path:
    """A docker archive of the base image; made once, in about 40 seconds."""
    target = tools.cache_root() / "rootfs" / f"{SUITE}-{KEY}.tar"
    if target.exists():
        return target
    with tools.locked("rootfs"):
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            with progress("base image by debootstrap (once; about 40 seconds)"):
                _make(target)
    return target


def _make(target: Path) -> None:
    with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
        root, layer = Path(scratch) / "root", Path(scratch) / "layer.tar"
        include = f"--include={','.join(PACKAGES)}"
        run("debootstrap", "--variant=minbase", include, SUITE, root, MIRROR, timeout=1800)
        for folder in DROPPED:
            shutil.rmtree(root / folder, ignore_errors=True)
            (root / folder).mkdir(parents=True)
        for path in ("etc/resolv.conf", "etc/hostname"):  # this machine's, copied by debootstrap
            (root / path).unlink(missing_ok=True)
        run("tar", "--numeric-owner", "--sort=name", "-C", root, "-cf", layer, ".", timeout=300)
        docker_archive(layer, target, REFERENCE, path=PATH)
