"""The error that ended a cell last: what ``%tb`` shows, ``%debug`` goes into, and ``sys.last_value`` is."""

from __future__ import annotations

import sys
from typing import Any

from .provider import LATE, Provider, provide


def _last(_: Any, base: Any) -> tuple[BaseException, Any] | None:
    value = getattr(sys, "last_value", None)
    if value is None or value is base:
        return None
    return value, getattr(sys, "last_traceback", None)


def _put_last(_: Any, state: tuple[BaseException, Any]) -> None:
    value, traceback = state
    if isinstance(value, BaseException):
        sys.last_type, sys.last_value, sys.last_traceback = type(value), value, traceback
        if sys.version_info >= (3, 12):
            sys.last_exc = value


provide(
    Provider("ipython.last_error", "the last error", LATE, lambda _: getattr(sys, "last_value", None), _last, _put_last)
)
