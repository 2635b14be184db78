"""A virtual environment for each peer, made once from PyPI in the cache folder."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

SAME = (
    "numpy",
    "pandas",
    "scikit-learn",
    "pyarrow",
    "ipykernel",
    "ipython",
    "dill",
)  # as in the project's own environment
ALSO = ("setuptools", "pip")  # peers import them without asking for them


def cache_folder() -> Path:
    """Where the peers' environments live."""
    root = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return root / "sojourn-bench"


def python_of(peer: str, requirement: str) -> str:
    """The interpreter of a peer's environment; made on first use."""
    folder = cache_folder() / peer
    python = folder / "bin" / "python"
    marker = folder / "requirement"
    if marker.is_file() and marker.read_text() == requirement:
        return str(python)
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
    install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*install, requirement, *_pins(), *ALSO], check=True)
    marker.write_text(requirement)
    return str(python)


def _pins() -> list[str]:
    pins = []
    for name in SAME:
        try:
            pins.append(f"{name}=={version(name)}")
        except PackageNotFoundError:
            continue
    return pins
