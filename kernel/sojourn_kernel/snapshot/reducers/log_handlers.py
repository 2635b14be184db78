"""Handlers of logs: logging knows them by name, and flushes those in its list when the process ends."""

from __future__ import annotations

import logging
from typing import Any

from .. import rebuild
from . import reducer


@reducer("logging:Handler")
def handler(value: logging.Handler) -> Any:
    reduced = value.__reduce_ex__(5)
    if not isinstance(reduced, tuple) or len(reduced) != 5 or type(reduced[2]) is not dict or reduced[3] or reduced[4]:
        return NotImplemented
    known = logging._handlers.get(value.name or "") is value  # type: ignore[attr-defined]
    listed = any(one() is value for one in logging._handlerList)  # type: ignore[attr-defined]
    return reduced[0], reduced[1], (reduced[2], known, listed), None, None, fill_handler


def fill_handler(made: Any, state: tuple[dict[str, Any], bool, bool]) -> None:
    attributes, known, listed = state
    rebuild.give_state(made, attributes)
    if known:
        logging._handlers[made.name] = made  # type: ignore[attr-defined]
    if listed:
        logging._addHandlerRef(made)  # type: ignore[attr-defined]
    if hasattr(made, "lock"):
        logging._register_at_fork_reinit_lock(made)  # type: ignore[attr-defined]
