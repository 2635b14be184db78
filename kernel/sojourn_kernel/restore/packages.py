"""Packages that cells had installed, installed again where a session goes on without them: if its settings say so."""

from __future__ import annotations

import importlib
import logging
import subprocess
import sys
from typing import Any

from ..snapshot.libraries.environment import requirements
from ..told import Cause, Told

SECONDS = 300.0  # until pip is given up

log = logging.getLogger(__name__)


def install_again(described: dict[str, Any]) -> list[Told]:
    """Install what ``described`` (:func:`..snapshot.libraries.environment.describe`) had from cells, in the same versions.

    What that could not bring back is told here with pip's reason, and once more where the environments are compared.
    """
    wanted = requirements(described)
    if not wanted:
        return []
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *wanted]
    log.warning("Sojourn: installing %s, as cells of this session had.", ", ".join(wanted))
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=SECONDS, check=False
        )
        problem = (done.stderr.strip() or f"pip ended with {done.returncode}") if done.returncode else ""
    except (OSError, subprocess.TimeoutExpired) as error:
        problem = str(error)
    importlib.invalidate_caches()
    if not problem:
        return []
    last = problem.splitlines()[-1].removeprefix("ERROR: ")[:300]
    return [Told("packages", Cause.MISSING_MODULE, f"{', '.join(wanted)} could not be installed again: {last}")]
