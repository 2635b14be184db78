"""What the session stands on: Python, packages, devices; compared in the new place, where every difference is told."""

from __future__ import annotations

import platform
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ...told import Cause, Told

_INSTALL = re.compile(r"^\s*[%!]{1,2}\s*(?:\S*python\S*\s+-m\s+)?(?:uv\s+)?(pip3?|conda|mamba)\s+install\s+(.*)$", re.M)
_TOP = re.compile(r"^([A-Za-z_]\w*)(?=/|\.py,|\.[\w-]*\.?so,)", re.M)
_OPTION_WITH_VALUE = {
    "-r",
    "-c",
    "-i",
    "-f",
    "-t",
    "--index-url",
    "--extra-index-url",
    "--find-links",
    "--target",
    "-n",
}


def describe(installs: Iterable[str] = ()) -> dict[str, Any]:
    """Plain data: versions of Python and of the packages that are imported, what cells installed, and devices."""
    return {
        "python": platform.python_version(),
        "implementation": sys.implementation.name,
        "machine": platform.machine(),
        "system": sys.platform,
        "packages": imported(),
        "installed": sorted(set(installs)),
        "cuda": _cuda(),
    }


def imported() -> dict[str, str]:
    """Version of each distribution that has a module in ``sys.modules``, by distribution name."""
    loaded = {name.partition(".")[0] for name in list(sys.modules)} - sys.stdlib_module_names
    versions = installed()
    owners: dict[str, list[str] | None] = {}
    for top in loaded:
        same = _normal(top)
        owners[top] = [same] if same in versions else _owned.get(top)
        if owners[top] is None:
            owners[top] = _owned[top] = _owners(top)
    names = {name for found in owners.values() for name in found or ()}
    return {versions[name][0]: versions[name][1] for name in sorted(names)}


_listed: tuple[tuple[float, ...], dict[str, tuple[str, str, Path]]] | None = None
_owned: dict[str, list[str]] = {}
_tops: dict[Path, frozenset[str]] = {}


def installed() -> dict[str, tuple[str, str, Path]]:
    """Name, version and folder of each distribution, by normalised name: from the folders' names, read when one changed."""
    global _listed
    folders = [Path(entry) for entry in sys.path if entry and Path(entry).is_dir()]
    stamp = tuple(folder.stat().st_mtime for folder in folders)
    if _listed is None or _listed[0] != stamp:
        found: dict[str, tuple[str, str, Path]] = {}
        for folder in folders:
            for info in folder.glob("*.*-info"):
                name, _, version = info.name.rpartition(".")[0].partition("-")
                if version:
                    found.setdefault(_normal(name), (name, version.split("-py3")[0], info))  # fmt: skip
        _listed = stamp, found
        _owned.clear()
    return _listed[1]


def _owners(top: str) -> list[str]:
    """Distributions that installed a top-level module under another name than theirs."""
    return [name for name, (_, _, info) in installed().items() if top in _top_level(info)]


def _top_level(info: Path) -> frozenset[str]:
    found = _tops.get(info)
    if found is None:
        listed, record = info / "top_level.txt", info / "RECORD"
        try:
            if listed.is_file():
                found = frozenset(listed.read_text().split())
            else:
                found = frozenset(_TOP.findall(record.read_text())) if record.is_file() else frozenset()
        except (OSError, UnicodeDecodeError):
            found = frozenset()
        _tops[info] = found
    return found


def _cuda() -> int:
    torch = sys.modules.get("torch")
    cuda = getattr(torch, "cuda", None)
    return cuda.device_count() if cuda is not None and cuda.is_available() else 0


def installs_in(source: str) -> list[str]:
    """Requirements that a cell's text installs by ``%pip``, ``!pip``, ``%conda`` and the like; options are left out."""
    found: list[str] = []
    for match in _INSTALL.finditer(source):
        words = iter(match[2].split("#")[0].split())
        for word in words:
            if word in _OPTION_WITH_VALUE:
                next(words, None)
            elif word in ("&&", ";", "|", ">"):
                break
            elif not word.startswith("-"):
                found.append(word.strip("\"'"))
    return found


def requirements(old: dict[str, Any]) -> list[str]:
    """What cells had installed and is missing or different here: ``name==version``."""
    asked = _asked(old)
    return [f"{name}=={was}" for name, was, _ in _differences(old) if _normal(name) in asked]


def _asked(old: dict[str, Any]) -> set[str]:
    """Distributions that cells asked for, by normalised name."""
    return {_normal(re.split(r"[\[<>=!~; ]", one)[0]) for one in old["installed"]}


def _normal(name: str) -> str:
    """The one spelling of a distribution's name, however it is written."""
    return name.lower().replace("-", "_").replace(".", "_")


def compare(old: dict[str, Any]) -> list[Told]:
    """What is different here from where the session was saved, as far as the session has imported it."""
    told = []
    here = platform.python_version()
    if old["python"].split(".")[:2] != here.split(".")[:2]:
        reason = (
            f"the session ran in Python {old['python']}, this is {here}; functions are made again from their cells."
        )
        told.append(Told("Python", Cause.ENVIRONMENT, reason))
    if (old["machine"], old["system"]) != (platform.machine(), sys.platform):
        reason = f"the session ran on {old['system']} {old['machine']}, this is {sys.platform} {platform.machine()}."
        told.append(Told("platform", Cause.ENVIRONMENT, reason))
    asked = _asked(old)
    for name, was, now in _differences(old):
        by_cell = " It was installed from a cell." if _normal(name) in asked else ""
        if now is None:
            reason = f"the session used {name} {was}, which is not installed here.{by_cell}"
            told.append(Told(name, Cause.MISSING_MODULE, f"{reason} To have it again: %pip install {name}=={was}"))
        else:
            reason = f"the session used {name} {was}, here it is {now}.{by_cell}"
            told.append(Told(name, Cause.ENVIRONMENT, reason))
    if old["cuda"] and not _has_cuda_device():
        told.append(Told("cuda", Cause.ENVIRONMENT, "the session had a CUDA device, there is none here."))
    return told


def _differences(old: dict[str, Any]) -> list[tuple[str, str, str | None]]:
    found: list[tuple[str, str, str | None]] = []
    versions = installed()
    for name, was in old["packages"].items():
        here = versions.get(_normal(name))
        if here is None or here[1] != was:
            found.append((name, was, here[1] if here else None))
    return found


def _has_cuda_device() -> bool:
    return any(Path("/dev").glob("nvidia[0-9]*")) or _cuda() > 0
