"""Runs of mlflow that cells started and have not ended: what is logged next belongs to the last of them."""

from __future__ import annotations

import sys
import threading
from typing import Any

from ..lost import told_of
from .provider import LATE, Provider, provide


def _started(*_: Any) -> list[Any] | None:
    """Those of the thread that runs the cells, outermost first; what ``get`` gives is anew in a forked child."""
    stack = getattr(sys.modules.get("mlflow.tracking.fluent"), "_active_run_stack", None)
    runs = stack.get_all_thread_values().get(threading.main_thread().ident) if stack is not None else None
    return list(runs) if runs else None


def _go_on(_: Any, state: list[Any]) -> None:
    from mlflow.tracking import fluent  # type: ignore[import-not-found,unused-ignore]

    fluent._active_run_stack.set([run for run in state if told_of(run) is None])


provide(Provider("mlflow.runs", "runs of mlflow under way", LATE, lambda _: None, _started, _go_on))
