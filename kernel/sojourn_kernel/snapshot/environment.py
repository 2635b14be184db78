"""What the session stands on: Python, packages, devices; compared in the new place, where every difference is told."""

from __future__ import annotations

import platform
import re
import sys
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path
from typing import Any

from ..told import Cause, Told

_INSTALL = re.compile(r"^\s*[%!]{1,2}\s*(?:\S*python\S*\s+-m\s+)?(?:uv\s+)?(pip3?|conda|mamba)\s+install\s+(.*)$", re.M)
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
    found = {}
    for top, names in _distributions().items():
        if top in loaded:
            for name in names:
                try:
                    found[name] = metadata.version(name)
                except metadata.PackageNotFoundError:  # removed while the session ran
                    continue
    return dict(sorted(found.items()))


_cache: tuple[tuple[float, ...], dict[str, list[str]]] | None = None


def _distributions() -> dict[str, list[str]]:
    """Distributions by top-level module, read again only when a folder of packages has changed."""
    global _cache
    stamp = tuple(Path(p).stat().st_mtime if Path(p).is_dir() else 0.0 for p in sys.path)
    if _cache is None or _cache[0] != stamp:
        _cache = stamp, {top: list(names) for top, names in metadata.packages_distributions().items()}
    return _cache[1]


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
    """What would have to be installed for the session to find what it had: ``name==version``, missing or different here."""
    return [f"{name}=={was}" for name, was, now in _differences(old) if was != now]


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
    asked = {re.split(r"[\[<>=!~; ]", one)[0].lower().replace("_", "-") for one in old["installed"]}
    for name, was, now in _differences(old):
        by_cell = " It was installed from a cell." if name.lower().replace("_", "-") in asked else ""
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
    for name, was in old["packages"].items():
        try:
            now: str | None = metadata.version(name)
        except metadata.PackageNotFoundError:
            now = None
        if now != was:
            found.append((name, was, now))
    return found


def _has_cuda_device() -> bool:
    return any(Path("/dev").glob("nvidia[0-9]*")) or _cuda() > 0
