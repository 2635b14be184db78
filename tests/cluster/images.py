"""The images that the tests run: the project's own Dockerfiles on bases of ours, each tagged by a key of its contents.

A base is slow and seldom changes; a project image is a thin layer on it. What is built already is not built again.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.cluster import buildah, rootfs, tools
from tests.cluster.commands import progress, run
from tests.cluster.oci import Image

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).resolve().parents[2]
RECIPES = Path(__file__).parent / "images"
LOCK = ROOT / "requirements/ci.lock"
PREFIX = "localhost/sojourn"
# What of the tree goes into the project's images; a change to anything else rebuilds nothing.
SOURCES = ("pyproject.toml", "README.md", "LICENSE", "kernel", "operator")
NOTEBOOK = ("jupyterlab", "jupyterhub", "ipywidgets", "numpy", "pandas", "scikit-learn", "matplotlib", "scipy")
HUB = ("jupyterhub", "jupyterhub-kubespawner")

PROJECT = ("notebook", "notebook-jh5", "operator", "hub", "hub-jh5")


@dataclass(frozen=True)
class Recipe:
    """How one image is made: from the tree's sources (``project``), or of ``packages`` in the lock's versions."""

    dockerfile: str
    base: str
    packages: tuple[str, ...] = ()
    project: bool = False
    argument: str = "BASE_IMAGE"


def recipes() -> dict[str, Recipe]:
    """All images by name. A base comes before what stands on it."""
    older = ("jupyterhub==5.*",)
    return {
        "plain": Recipe("python.Dockerfile", "debian", (*NOTEBOOK, *extra("kernel"))),
        "plain-jh5": Recipe("more.Dockerfile", "plain", older),
        "service": Recipe("python.Dockerfile", "debian", (*HUB, *extra("operator"))),
        "hub": Recipe("proxy.Dockerfile", "service"),
        "hub-jh5": Recipe("more.Dockerfile", "hub", older),
        "notebook": Recipe("Dockerfile.kernel", "plain", project=True),
        "notebook-jh5": Recipe("Dockerfile.kernel", "plain-jh5", project=True),
        "operator": Recipe("Dockerfile.operator", "service", project=True),
    }


def extra(name: str) -> tuple[str, ...]:
    """The requirements of one of the project's extras."""
    with (ROOT / "pyproject.toml").open("rb") as handle:
        return tuple(tomllib.load(handle)["project"]["optional-dependencies"][name])


def key(name: str) -> str:
    """Twelve hexadecimal digits that change with anything that goes into the image."""
    if name == "debian":
        return rootfs.KEY
    recipe = recipes()[name]
    digest = hashlib.sha256(f"1 {key(recipe.base)}\0{recipe.packages}\0".encode())
    digest.update(_dockerfile(recipe).read_bytes())
    if recipe.packages:
        digest.update(_constraints(recipe).encode())
    if recipe.project:
        for path in _sources():
            digest.update(f"{path.relative_to(ROOT)}\0{path.stat().st_mode & 0o111}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def reference(name: str) -> str:
    """The full name of an image, with its key as the tag."""
    return rootfs.REFERENCE if name == "debian" else f"{PREFIX}/{name}:{key(name)}"


def build(name: str) -> str:
    """Build an image, and first what it stands on, unless it is there. Returns its full name."""
    full = reference(name)
    with tools.locked("images"):
        _build(name, full)
    return full


def export(name: str) -> Image:
    """An image on disk, built if need be: what ``Cluster.load`` takes."""
    full, blobs = reference(name), tools.cache_root() / "blobs"
    note = blobs / "exported" / full.rpartition("/")[2].replace(":", "-")
    if not note.exists():  # a full name stands for its contents, so what was written once stays right
        with tools.locked("images"):
            _build(name, full)
            image = buildah.export(full, blobs)
            note.parent.mkdir(parents=True, exist_ok=True)
            note.write_text(image.digest)
    return Image(full, blobs, note.read_text())


def _build(name: str, full: str) -> None:
    if buildah.exists(full):
        return
    if name == "debian":
        archive = rootfs.archive()
        with progress("taking the base image over"):
            buildah.pull_archive(archive, full)
        return
    recipe = recipes()[name]
    base = reference(recipe.base)
    _build(recipe.base, base)
    with progress(f"building image {name}"), _context(recipe) as context:
        buildah.build(_dockerfile(recipe), context, full, {recipe.argument: base}, steps=not recipe.project)
    buildah.forget_others(full)


def _dockerfile(recipe: Recipe) -> Path:
    return ROOT / recipe.dockerfile if recipe.project else RECIPES / recipe.dockerfile


@contextmanager
def _context(recipe: Recipe) -> Iterator[Path]:
    """A folder with only what the image is made of."""
    with tempfile.TemporaryDirectory() as scratch:
        context = Path(scratch)
        if recipe.project:
            for path in _sources():
                target = context / path.relative_to(ROOT)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(path, target)
            shutil.copytree(_wheel(context), context / "dist")
        else:
            (context / "packages.txt").write_text("\n".join(recipe.packages) + "\n")
            (context / "constraints.txt").write_text(_constraints(recipe))
        yield context


def _wheel(context: Path) -> Path:
    """A folder with the project's wheel, built once from the sources in ``context``: the Dockerfiles take it from dist/."""
    digest = hashlib.sha256()
    for path in sorted(file for file in context.rglob("*") if file.is_file()):
        digest.update(f"{path.relative_to(context)}\0".encode() + path.read_bytes())
    home = tools.cache_root() / "wheels"
    target = home / digest.hexdigest()[:12]
    if not target.exists():
        shutil.rmtree(home, ignore_errors=True)
        part = home / "part"
        run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", part, context, timeout=300)
        part.rename(target)
    return target


def _constraints(recipe: Recipe) -> str:
    """The lock's versions, without those that the recipe sets itself."""
    own = {_project(package) for package in recipe.packages if "==" in package}
    lines = LOCK.read_text().splitlines()
    return "\n".join(line for line in lines if line[:1].isalnum() and _project(line) not in own) + "\n"


def _project(requirement: str) -> str:
    """The normalised name of the project that a requirement asks for."""
    return re.sub(r"[-_.]+", "-", re.split(r"[^A-Za-z0-9._-]", requirement, maxsplit=1)[0]).lower()


def _sources() -> list[Path]:
    found = []
    for name in SOURCES:
        path = ROOT / name
        found += [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]
    return sorted(path for path in found if "__pycache__" not in path.parts)
