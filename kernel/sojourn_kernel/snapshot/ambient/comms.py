"""Comms that are open: the front end has their other ends, and goes on to send to them by their ids."""

from __future__ import annotations

import sys
from typing import Any

from ..lost import told_of
from ..reducers.lib_comm import open_comms
from .provider import LATE, Provider, provide


def _capture(*_: Any) -> dict[str, tuple[Any, bool]] | None:
    """By id, each comm, and whether it takes itself for closed."""
    return {number: (one, getattr(one, "_closed", False)) for number, one in list(open_comms().items())} or None


def _put(_: Any, state: dict[str, tuple[Any, bool]]) -> None:
    """Register them; opening them again would make a second model in the front end."""
    manager = sys.modules["comm"].get_comm_manager()
    for number, (comm, closed) in state.items():
        if told_of(comm) is None:
            comm._closed = closed
            manager.comms[number] = comm


provide(Provider("comms", "open comms", LATE, lambda _: None, _capture, _put))
