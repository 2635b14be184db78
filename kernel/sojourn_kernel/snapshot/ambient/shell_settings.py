"""The shell's log, and its stack of directories."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from ...told import Cause, Told
from .provider import LATE, Provider, provide

# the log of %logstart

_LOG = ("logfname", "loghead", "logmode", "log_output", "timestamp", "log_raw_input", "log_active")


def _log(shell: Any, _: Any) -> dict[str, Any] | None:
    logger = shell.logger
    if getattr(logger, "logfile", None) is None:
        return None
    path = os.path.realpath(f"/proc/self/fd/{logger.logfile.fileno()}")  # its name may be relative to another directory
    return {name: getattr(logger, name) for name in _LOG} | {"path": path}


def _put_log(shell: Any, state: dict[str, Any]) -> list[Told]:
    """Go on at the end of the file, whatever the mode in which it was begun."""
    logger, path = shell.logger, Path(state["path"])
    if not path.is_file():
        return [Told("%logstart", Cause.FILE, f"its file {path} is not here; start it again.")]
    logger.logstart(
        str(path), state["loghead"], "append", state["log_output"], state["timestamp"], state["log_raw_input"]
    )
    logger.logfname, logger.logmode, logger.log_active = state["logfname"], state["logmode"], state["log_active"]
    return []


provide(Provider("ipython.log", "the log of %logstart", LATE, lambda _: None, _log, _put_log))


def _put_stack(shell: Any, state: list[str]) -> None:
    shell.dir_stack[:] = state


provide(
    Provider(
        "ipython.dirs", "the stack of %pushd", LATE, lambda _: None, lambda s, _: list(s.dir_stack) or None, _put_stack
    )
)
