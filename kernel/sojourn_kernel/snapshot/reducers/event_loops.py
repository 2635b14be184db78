"""Event loops that cells made: one that waits for nothing is made anew, one at work is lost."""

from __future__ import annotations

import asyncio
from typing import Any

from ...told import Cause
from . import CannotKeep, reducer


@reducer("asyncio.events:AbstractEventLoop")
def event_loop(value: Any) -> Any:
    """Its settings are kept, and whether it is closed."""
    if type(value) is not asyncio.SelectorEventLoop or (not value.is_closed() and _is_at_work(value)):
        raise CannotKeep(Cause.LIVE_RESOURCE, "an event loop runs in its process only")
    state = {
        "debug": value.get_debug(),
        "slow": value.slow_callback_duration,
        "handler": value.get_exception_handler(),
        "factory": value.get_task_factory(),
        "closed": value.is_closed(),
    }
    return asyncio.SelectorEventLoop, (), state, None, None, fill_loop


def _is_at_work(loop: Any) -> bool:
    """Whether it runs, or has something to do: only that it can be woken is nothing."""
    watched = len(loop._selector.get_map() or ())
    busy = loop._ready or loop._scheduled or loop._signal_handlers or loop._default_executor is not None
    return bool(loop.is_running() or busy or watched > loop._internal_fds)


def fill_loop(made: Any, state: dict[str, Any]) -> None:
    made.set_debug(state["debug"])
    made.slow_callback_duration = state["slow"]
    made.set_exception_handler(state["handler"])
    made.set_task_factory(state["factory"])
    if state["closed"]:
        made.close()
