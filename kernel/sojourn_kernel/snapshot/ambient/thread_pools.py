"""How many threads the pools of native libraries may use, where cells limited them (``threadpoolctl``), and how joblib works in parallel."""

from __future__ import annotations

import sys
from typing import Any

from .provider import LATE, Provider, provide

_LIBRARY = "threadpoolctl"


def _limits(shell: Any, _: Any) -> dict[str, int] | None:
    if _LIBRARY not in sys.modules or not any("threadpool" in cell for cell in shell.user_ns.get("_ih", ())):
        return None
    return {f"{pool.prefix} {pool.internal_api}": pool.num_threads for pool in _pools()} or None


def _pools() -> list[Any]:
    import threadpoolctl

    return list(threadpoolctl.ThreadpoolController().lib_controllers)


def _put(_: Any, state: dict[str, int]) -> None:
    for pool in _pools():
        wanted = state.get(f"{pool.prefix} {pool.internal_api}")
        if wanted is not None and pool.num_threads != wanted:
            pool.set_num_threads(wanted)


provide(Provider("thread pools", "limits of thread pools", LATE, lambda _: None, _limits, _put))


# joblib's configuration in force (``joblib.parallel_config(…)``), which is the main thread's own


def _configuration(*_: Any) -> Any:
    joblib: Any = sys.modules.get("joblib.parallel")
    now = getattr(getattr(joblib, "_backend", None), "config", None)
    return None if now is None or now is joblib.default_parallel_config else now


def _configure(_: Any, state: Any) -> None:
    from joblib import parallel

    parallel._backend.config = state


provide(Provider("joblib", "joblib's configuration", LATE, lambda _: None, _configuration, _configure))
