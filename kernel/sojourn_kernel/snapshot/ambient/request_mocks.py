"""Mockers of requests_mock that were started and stand in the place of what requests sends with."""

from __future__ import annotations

import inspect
import sys
from typing import Any

from ..lost import told_of
from .provider import LATE, Provider, provide


def _started(shell: Any, _: Any) -> list[Any] | None:
    """In the order in which they were started: each holds what it has replaced."""
    library = sys.modules.get("requests_mock.mocker")
    requests = sys.modules.get("requests")
    if library is None or requests is None:
        return None
    found: list[Any] = []
    send: Any = requests.Session.send
    while isinstance(one := _mocker_in(send), library.MockerCore):
        found.insert(0, one)
        send = one._last_send
    of_sessions = [one for one in list(shell.user_ns.values()) if issubclass(type(one), library.MockerCore)]
    found += [one for one in of_sessions if one._last_send and not isinstance(one._mock_target, type)]
    return found or None


def _mocker_in(send: Any) -> Any:
    return inspect.getclosurevars(send).nonlocals.get("self") if inspect.isfunction(send) else None


def _start_again(_: Any, state: list[Any]) -> None:
    for one in state:
        if told_of(one) is None and not one._last_send:
            one.start()


provide(Provider("requests_mock", "mockers that stand in for requests", LATE, lambda _: None, _started, _start_again))
