"""Settings of the event loop that cells run on, and asyncio's policy."""

from __future__ import annotations

import asyncio
import sys
import warnings
from typing import Any

from ..libraries.whose import users
from ..lost import told_of
from .provider import LATE, Provider, provide


def _settings(*_: Any) -> dict[str, Any] | None:
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        return None
    now = {
        "debug": loop.get_debug(),
        "slow": getattr(loop, "slow_callback_duration", 0.1),
        "handler": loop.get_exception_handler(),
        "factory": loop.get_task_factory(),
        "executor": _executor_of_the_users(loop),
    }
    as_it_is = {"debug": sys.flags.dev_mode, "slow": 0.1, "handler": None, "factory": None, "executor": None}
    return now if now != as_it_is else None


def _executor_of_the_users(loop: Any) -> Any:
    """What runs the loop's blocking calls, unless that is what the loop made for itself."""
    now = getattr(loop, "_default_executor", None)
    return None if getattr(now, "_thread_name_prefix", None) == "asyncio" else now


def _put_settings(_: Any, state: dict[str, Any]) -> None:
    loop = asyncio.get_event_loop()
    loop.set_debug(state["debug"])
    loop.slow_callback_duration = state["slow"]  # type: ignore[attr-defined]
    loop.set_exception_handler(state["handler"])
    loop.set_task_factory(state["factory"])
    if (executor := state.get("executor")) is not None and told_of(executor) is None:
        loop.set_default_executor(executor)


provide(Provider("asyncio.loop", "the event loop's settings", LATE, lambda _: None, _settings, _put_settings))


def _policy(*_: Any) -> tuple[Any] | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # policies are on their way out of Python
        now = asyncio.get_event_loop_policy()
    return (now,) if users(now) else None


def _put_policy(_: Any, state: tuple[Any]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        asyncio.set_event_loop_policy(state[0])


provide(Provider("asyncio.policy", "asyncio's policy", LATE, lambda _: None, _policy, _put_policy))


def _generator_hooks(*_: Any) -> dict[str, Any] | None:
    """What hears of asynchronous generators, if it is the user's and not the running loop's."""
    return {name: hook for name, hook in zip(_HOOKS, sys.get_asyncgen_hooks(), strict=True) if users(hook)} or None


def _put_generator_hooks(_: Any, state: dict[str, Any]) -> None:
    sys.set_asyncgen_hooks(**state)


_HOOKS = ("firstiter", "finalizer")
provide(
    Provider(
        "asyncgen.hooks",
        "hooks of asynchronous generators",
        LATE,
        lambda _: None,
        _generator_hooks,
        _put_generator_hooks,
    )
)
