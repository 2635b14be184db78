"""Settings of a kernel, from its environment. Each says its unit, its default and why."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass
from pathlib import Path

from . import protocol

MOST = 1e7  # of any number: seconds beyond it are more than the system's clocks take
_ON, _OFF = {"1", "yes", "on", "true"}, {"0", "no", "off", "false"}


@dataclass(frozen=True)
class Settings:
    """What a kernel needs to know about saving."""

    store: str
    session: str
    grace: float = protocol.DEFAULT_GRACE
    "Seconds between the stop signal and SIGKILL: the pod's terminationGracePeriodSeconds."
    idle: float = 0.1
    "Seconds without a cell before a background checkpoint: short, and long enough that a run of cells makes one."
    keep: int = 5
    "Checkpoints kept per session."
    background: bool = True
    "Save behind the user's back; without it, only on signals, shutdown and request."
    on_shutdown: bool = True
    "Save on Jupyter's own shutdown and restart as well."
    replay: bool = True
    "Make unserialisable objects again by running their cells, where that is provably safe."
    install: bool = False
    "Install what cells had installed, where the session goes on without it; before anything else is loaded."
    problems: tuple[str, ...] = ()
    "A sentence for each variable that made no sense and was ignored: a kernel starts whatever its environment says."


def from_environment(kernel_id: str = "") -> Settings:
    """Settings from SOJOURN_*; the store defaults to a directory of the user's, the session to the notebook's path."""
    env, default = os.environ, Settings("", "")
    problems: list[str] = []

    def number(name: str, otherwise: float, least: float) -> float:
        text = env.get(name, "")
        try:
            value = float(text) if text else otherwise
        except ValueError:
            value = math.nan
        if math.isfinite(value) and least <= value <= MOST:
            return value
        problems.append(f"{name}={text!r} is not a number from {least:g} to {MOST:g}; {otherwise:g} is used")
        return otherwise

    def switch(name: str, otherwise: bool) -> bool:
        text = env.get(name, "").strip().lower()
        if text and text not in _ON | _OFF:
            problems.append(f"{name}={text!r} is neither 1 nor 0; {int(otherwise)} is used")
        return text in _ON if text in _ON | _OFF else otherwise

    return Settings(
        store=env.get(protocol.ENV_STORE) or f"file://{default_directory()}",
        session=env.get(protocol.ENV_SESSION) or _default_session(kernel_id),
        grace=number(protocol.ENV_GRACE, default.grace, 0),
        idle=number("SOJOURN_IDLE", default.idle, 0),
        keep=int(number("SOJOURN_KEEP", default.keep, 1)),
        background=switch("SOJOURN_BACKGROUND", default.background),
        on_shutdown=switch("SOJOURN_ON_SHUTDOWN", default.on_shutdown),
        replay=switch("SOJOURN_REPLAY", default.replay),
        install=switch("SOJOURN_INSTALL", default.install),
        problems=tuple(problems),
    )


def default_directory() -> Path:
    from jupyter_core.paths import jupyter_data_dir

    return Path(jupyter_data_dir()) / "sojourn" / "store"


def _default_session(kernel_id: str) -> str:
    notebook = os.environ.get("JPY_SESSION_NAME")
    return f"local/{os.environ.get('USER', 'user')}/{notebook or kernel_id or os.getpid()}"
