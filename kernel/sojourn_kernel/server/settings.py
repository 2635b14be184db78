"""What the agent is told by its environment, read once and checked."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from jupyter_core.paths import jupyter_data_dir

from .. import protocol
from ..settings import MOST

ENV_LINGER = "SOJOURN_LINGER"  # seconds that the server stays after the stop signal, so that its route goes first
ENV_RESTORE_PATIENCE = "SOJOURN_RESTORE_PATIENCE"  # seconds that requests wait for an unreachable store
DEFAULT_LINGER_IN_CLUSTER = 1.0
DEFAULT_RESTORE_PATIENCE = 120.0


@dataclass(frozen=True)
class Settings:
    """The agent's settings. Times are in seconds.

    session: id of this server's session. store: URL.
    grace: from the stop signal to SIGKILL. linger: least time from the stop signal to the server's end.
    restore_patience: how long requests are held while the store cannot be reached.
    token_file: file with the API's own token. pod: name of this pod or host.
    problems: a sentence for each setting that was ignored.
    """

    session: str
    store: str
    grace: float
    linger: float
    restore_patience: float
    token_file: Path | None
    pod: str
    problems: tuple[str, ...] = ()

    @property
    def stop_budget(self) -> float:
        """Seconds that the agent allows itself after the stop signal: the grace less what Jupyter needs to end."""
        return max(1.0, self.grace - max(2.0, 0.1 * self.grace))


def read_settings(env: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from the environment; a value that makes no sense is ignored and named in ``problems``."""
    env = os.environ if env is None else env
    problems: list[str] = []

    def seconds(name: str, default: float) -> float:
        text = env.get(name)
        if not text:
            return default
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not (math.isfinite(value) and 0 <= value <= MOST):
            problems.append(f"{name}={text!r} is not a number of seconds; {default:g} is used.")
            return default
        return value

    in_cluster = any(env.get(name) for name in ("KUBERNETES_SERVICE_HOST", "JUPYTERHUB_API_URL", "NB_PREFIX"))
    token_file = env.get(protocol.ENV_AGENT_TOKEN_FILE)
    return Settings(
        session=protocol.server_session(dict(env)),
        store=env.get(protocol.ENV_STORE) or f"file://{jupyter_data_dir()}/sojourn/store",
        grace=seconds(protocol.ENV_GRACE, protocol.DEFAULT_GRACE),
        linger=seconds(ENV_LINGER, DEFAULT_LINGER_IN_CLUSTER if in_cluster else 0.0),
        restore_patience=seconds(ENV_RESTORE_PATIENCE, DEFAULT_RESTORE_PATIENCE),
        token_file=Path(token_file) if token_file else None,
        pod=env.get("HOSTNAME") or os.uname().nodename,
        problems=tuple(problems),
    )
