"""Settings of a kernel, from its environment. Each says its unit, its default and why."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from . import protocol


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


def from_environment(kernel_id: str = "") -> Settings:
    """Settings from SOJOURN_*; the store defaults to a directory of the user's, the session to the notebook's path."""
    env = os.environ
    session = env.get(protocol.ENV_SESSION) or _default_session(kernel_id)
    return Settings(
        store=env.get(protocol.ENV_STORE) or f"file://{default_directory()}",
        session=session,
        grace=_number("SOJOURN_GRACE", Settings.grace),
        idle=_number("SOJOURN_IDLE", Settings.idle),
        keep=max(1, int(_number("SOJOURN_KEEP", Settings.keep))),
        background=_switch("SOJOURN_BACKGROUND", True),
        on_shutdown=_switch("SOJOURN_ON_SHUTDOWN", True),
        replay=_switch("SOJOURN_REPLAY", True),
        install=_switch("SOJOURN_INSTALL", False),
    )


def default_directory() -> Path:
    from jupyter_core.paths import jupyter_data_dir

    return Path(jupyter_data_dir()) / "sojourn" / "store"


def _default_session(kernel_id: str) -> str:
    notebook = os.environ.get("JPY_SESSION_NAME")
    return f"local/{os.environ.get('USER', 'user')}/{notebook or kernel_id or os.getpid()}"


class BadSetting(ValueError):
    """A SOJOURN_* variable has a value that makes no sense."""


def _number(name: str, default: float) -> float:
    value = os.environ.get(name, "")
    try:
        return float(value) if value else default
    except ValueError:
        raise BadSetting(f"{name} must be a number, not {value!r}") from None


def _switch(name: str, default: bool) -> bool:
    value = os.environ.get(name, "").lower()
    return default if not value else value not in ("0", "no", "off", "false")
