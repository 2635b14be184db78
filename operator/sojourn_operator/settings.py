"""What the admin can set, from environment variables (the chart's values); a wrong value is one clear sentence."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import get_type_hints

PREFIX = "SOJOURN_OPERATOR_"


class BadSetting(ValueError):
    """A setting that cannot be used; the message names the variable and says what it takes."""


@dataclass(frozen=True)
class Settings:
    """Operator settings; each is the environment variable ``SOJOURN_OPERATOR_<NAME>``. Times are in seconds."""

    namespaces: str = ""  # comma-separated; empty: the whole cluster
    hub_api_url: str = ""  # e.g. http://hub.jhub:8081/hub/api; empty: no JupyterHub
    hub_namespace: str = ""  # namespace whose KubeSpawner pods belong to that hub; empty: any
    hub_token_file: str = "/etc/sojourn/hub/token"
    agent_token_file: str = "/etc/sojourn/agent/token"
    deadline: float = 600.0  # for a whole move, unless a policy or the Migration says otherwise
    checkpoint_deadline: float = 120.0  # for one checkpoint
    checkpoint_attempts: int = 3
    start_attempts: int = 3
    max_parallel: int = 10  # moves under way in the cluster
    max_parallel_per_node: int = 3  # moves under way off one node
    retry_after: float = 300.0  # before a failed move is tried again while its cause stands; doubles each time
    max_moves_retried: int = 3  # failed moves of one pod for one standing cause
    migration_ttl: float = 86400.0  # ended Migrations are removed after this; 0: never
    session_ttl: float = 604800.0  # Sessions without a pod are removed after this; 0: never
    session_interval: float = 60.0  # between two looks at a running session's agent
    avoid_source_node: bool = True  # may put a soft taint on the node that is left, for seconds
    workers: int = 32
    metrics_port: int = 9090  # 0: none
    health_port: int = 8080  # 0: none
    log_level: str = "INFO"

    def __post_init__(self) -> None:
        for name in ("deadline", "checkpoint_deadline", "retry_after", "session_interval"):
            if not 0 < getattr(self, name) < math.inf:  # false for nan as well
                raise BadSetting(f"{PREFIX}{name.upper()} must be a number of seconds above 0")
        for name in ("checkpoint_attempts", "start_attempts", "max_parallel", "max_parallel_per_node", "workers"):
            if getattr(self, name) < 1:
                raise BadSetting(f"{PREFIX}{name.upper()} must be a whole number of at least 1")
        if self.hub_api_url and not self.hub_api_url.startswith(("http://", "https://")):
            raise BadSetting(f"{PREFIX}HUB_API_URL must start with http:// or https://, not {self.hub_api_url!r}")
        if self.log_level not in ("DEBUG", "INFO", "WARNING", "ERROR"):
            raise BadSetting(f"{PREFIX}LOG_LEVEL must be DEBUG, INFO, WARNING or ERROR")

    @property
    def namespace_list(self) -> tuple[str, ...]:
        return tuple(part.strip() for part in self.namespaces.split(",") if part.strip())

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> Settings:
        """Settings from the environment; raises :class:`BadSetting`."""
        env = os.environ if env is None else env
        hints = get_type_hints(cls)
        given: dict[str, object] = {}
        for field in fields(cls):
            variable = PREFIX + field.name.upper()
            if variable in env:
                given[field.name] = _parse(variable, env[variable], hints[field.name])
        return cls(**given)  # type: ignore[arg-type]


def _parse(variable: str, text: str, kind: type) -> object:
    if kind is bool:
        if text.lower() in ("true", "1", "yes"):
            return True
        if text.lower() in ("false", "0", "no"):
            return False
        raise BadSetting(f"{variable} must be true or false, not {text!r}")
    if kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            word = "a whole number" if kind is int else "a number"
            raise BadSetting(f"{variable} must be {word}, not {text!r}") from None
    return text


def read_token(path: str) -> str:
    """The token in a mounted Secret, read anew each time so that a rotation takes effect; empty when there is none."""
    file = Path(path)
    return file.read_text().strip() if path and file.is_file() else ""
