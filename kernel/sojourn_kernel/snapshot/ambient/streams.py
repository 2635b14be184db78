"""Random streams, the working directory and the environment."""

from __future__ import annotations

import os
import random
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ...told import Cause, Told
from .provider import FIRST, LATE, Provider, provide

SECRET = re.compile(r"TOKEN|SECRET|PASSW|CREDENTIAL|APIKEY|API_KEY|PRIVATE|_KEY$|^AWS_", re.IGNORECASE)
OURS = re.compile(r"^(JUPYTER|JPY_|KUBERNETES|SOJOURN|HOSTNAME$|PWD$|OLDPWD$|_$|NB_PREFIX|.*_SERVICE_|.*_PORT(_|$))")

NO_SECRETS = "secrets of the environment are never written to a checkpoint; set it again."


def _changed(now: dict[str, str], base: dict[str, str] | None) -> dict[str, str | None]:
    base = base or {}
    changed: dict[str, str | None] = {k: v for k, v in now.items() if base.get(k) != v}
    return changed | dict.fromkeys(base.keys() - now.keys())


def _environ(_: Any, base: Any) -> dict[str, Any] | None:
    changed = {k: v for k, v in _changed(dict(os.environ), base).items() if not OURS.search(k)}
    kept = {k: v for k, v in changed.items() if not SECRET.search(k)}
    secret = sorted(changed.keys() - kept.keys())
    return {"set": kept, "secret": secret} if changed else None


def _put_environ(_: Any, state: dict[str, Any]) -> list[Told]:
    for name, value in state["set"].items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
    return [
        Told(f"os.environ[{name!r}]", Cause.ENVIRONMENT, NO_SECRETS)
        for name in state["secret"]
        if name not in os.environ
    ]


def _hold_environ(_: Any) -> Callable[[], object]:
    before = dict(os.environ)

    def put_back() -> None:
        for name, value in _changed(before, dict(os.environ)).items():
            if value is not None:
                os.environ[name] = value
            elif not (SECRET.search(name) or OURS.search(name)):  # which no checkpoint has
                del os.environ[name]

    return put_back


def _put_cwd(_: Any, state: str) -> list[Told]:
    try:
        os.chdir(state)
    except OSError as error:
        return [Told("os.getcwd()", Cause.FILE, f"the working directory {state} is not here: {error.strerror}.")]
    return []


def _hold_cwd(_: Any) -> Callable[[], object]:
    before = os.open(".", os.O_RDONLY)  # also of one that has been removed since

    def put_back() -> None:
        try:
            os.fchdir(before)
        finally:
            os.close(before)

    return put_back


def _numpy_state() -> Any:
    numpy = sys.modules.get("numpy")
    return numpy.random.get_state(legacy=False) if numpy and "numpy.random" in sys.modules else None


def _put_numpy(_: Any, state: Any) -> None:
    import numpy

    numpy.random.set_state(state)


def _torch_state(*_: Any) -> Any:
    torch = sys.modules.get("torch")
    return torch.get_rng_state().numpy().copy() if torch and hasattr(torch, "get_rng_state") else None


def _put_torch(_: Any, state: Any) -> None:
    import torch

    torch.set_rng_state(torch.from_numpy(state))


def _hold_torch(_: Any) -> Callable[[], object]:
    before = _torch_state()
    return lambda: _put_torch(None, before) if before is not None else None


def _cwd(_: Any, base: Any) -> str | None:
    try:
        now = str(Path.cwd())
    except OSError:  # it was removed: told where the session goes on without it
        return os.readlink("/proc/self/cwd").removesuffix(" (deleted)") if sys.platform == "linux" else None  # noqa: PTH115
    return now if now != base else None


provide(
    Provider(
        "environ",
        "the environment",
        FIRST,
        lambda _: dict(os.environ),
        _environ,
        _put_environ,
        hold=_hold_environ,
    )
)
provide(Provider("cwd", "the working directory", FIRST, lambda _: str(Path.cwd()), _cwd, _put_cwd, hold=_hold_cwd))
provide(
    Provider(
        "random",
        "the random module's stream",
        LATE,
        lambda _: None,
        lambda *_: random.getstate(),
        lambda _, s: random.setstate(s),
    )
)
provide(Provider("numpy.random", "numpy's global stream", LATE, lambda _: None, lambda *_: _numpy_state(), _put_numpy))
provide(Provider("torch.random", "torch's stream", LATE, lambda _: None, _torch_state, _put_torch, hold=_hold_torch))
