"""Programs built from Go modules, once, and kept outside the tree under a key made of their sources."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.cluster.commands import progress, run

SOURCES = Path(__file__).parent / "go"
COMPONENTS = ("kube-apiserver", "kube-controller-manager", "kube-scheduler", "kube-proxy", "kubelet", "kubectl")
# What to build in each module, and about how long it takes on two cores.
PACKAGES = {"kube": ".", "dns": ".", "pause": ".", "helm": "helm.sh/helm/v3/cmd/helm", "kind": "sigs.k8s.io/kind"}
TAKES = {"kube": "7 minutes", "dns": "90 seconds", "pause": "a second", "helm": "2 minutes", "kind": "10 seconds"}
# Components tell each other, and charts ask, which version they are.
KUBERNETES = "v1.34.4"
VERSION_FLAGS = {
    "kube": f" -X k8s.io/component-base/version.gitVersion={KUBERNETES}",
    "helm": "".join(
        f" -X helm.sh/helm/v3/pkg/{package}.k8sVersion{part}={KUBERNETES[1:].split('.')[index]}"
        for package in ("chartutil", "lint/rules")
        for index, part in enumerate(("Major", "Minor"))
    ),
}


class NoGo(RuntimeError):
    """There is no Go to build the cluster's programs with."""


@dataclass(frozen=True)
class Tools:
    """Where the built programs are. ``bin`` holds a link for each Kubernetes component."""

    bin: Path
    coredns: Path
    pause: Path

    @property
    def kubectl(self) -> Path:
        return self.bin / "kubectl"


def cache_root() -> Path:
    """Where all that is slow to make is kept: ``$SOJOURN_CACHE``, else ``~/.cache/sojourn``."""
    return Path(os.environ.get("SOJOURN_CACHE") or Path.home() / ".cache/sojourn")


@contextmanager
def locked(name: str) -> Iterator[None]:
    """Only one process at a time in here, for one name."""
    path = cache_root() / "locks" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


@cache
def go() -> str:
    """Path of the Go tool. Raises NoGo with what to do."""
    for candidate in (shutil.which("go"), "/usr/local/go/bin/go"):
        if candidate and Path(candidate).exists():
            return candidate
    raise NoGo("the test cluster is compiled from Go modules: install Go 1.24 or later (https://go.dev/dl)")


def source_key(module: Path) -> str:
    """Twelve hexadecimal digits that change with a module's sources, its dependencies or the build flags."""
    digest = hashlib.sha256(f"1 {VERSION_FLAGS.get(module.name)}\0".encode())
    for path in sorted([*module.glob("go.*"), *module.glob("*.go")]):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]


def build(name: str) -> Path:
    """The program of one module under ``go/``: built when it isn't in the cache."""
    module = SOURCES / name
    target = cache_root() / "tools" / f"{name}-{source_key(module)}" / name
    if target.exists():
        return target
    with locked(f"tool-{name}"):
        if not target.exists():
            with progress(f"compiling {name} (once; about {TAKES[name]})"):
                _compile(module, PACKAGES[name], target)
    return target


def _compile(module: Path, package: str, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
        made = Path(scratch) / target.name
        env = {**os.environ, "CGO_ENABLED": "0", "GOFLAGS": "-buildvcs=false"}
        flags = "-s -w" + VERSION_FLAGS.get(module.name, "")
        argv = ["nice", go(), "build", "-mod=readonly", "-trimpath", "-ldflags", flags, "-o", made, package]
        run(*argv, cwd=module, env=env, timeout=3600)
        made.rename(target)


def tools() -> Tools:
    """All that the local cluster runs."""
    kube = build("kube")
    for component in COMPONENTS:
        link = kube.parent / component
        if not link.exists():
            with locked("tool-links"):
                link.unlink(missing_ok=True)
                link.symlink_to(kube.name)
    return Tools(bin=kube.parent, coredns=build("dns"), pause=build("pause"))


def helm() -> Path:
    """Helm: the one in PATH when there is one, else built."""
    return Path(found) if (found := shutil.which("helm")) else build("helm")
