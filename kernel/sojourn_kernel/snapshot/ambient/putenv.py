"""Variables that programs inherit and that ``os.environ`` does not show: cells set them by ``os.putenv``, or took one away by ``os.unsetenv``."""

from __future__ import annotations

import ctypes
import os
import re
import sys
from typing import Any

from ...told import Cause, Told
from .provider import FIRST, Provider, provide
from .streams import NO_SECRETS, OURS, SECRET

_SETS = re.compile(r"\b(putenv|unsetenv)\b")
_cells_set = False
"Whether cells of this session set variables so, in this life or in one before: libraries of C do as well, for themselves."


def note(source: str) -> None:
    """Remember whether cells set variables past ``os.environ``."""
    global _cells_set
    _cells_set = _cells_set or bool(_SETS.search(source))


def inherited() -> dict[str, str]:
    """The environment as programs that are started get it."""
    lines = ctypes.POINTER(ctypes.c_char_p).in_dll(ctypes.CDLL(None), "environ")
    found: dict[str, str] = {}
    number = 0
    while lines and (line := lines[number]) is not None:
        name, _, value = line.partition(b"=")
        found[os.fsdecode(name)] = os.fsdecode(value)
        number += 1
    return found


def _capture(*_: Any) -> dict[str, Any] | None:
    if not _cells_set or sys.platform != "linux":
        return None
    now, shown = inherited(), dict(os.environ)
    other = [name for name in sorted(now.keys() | shown) if now.get(name) != shown.get(name) and not OURS.search(name)]
    secret = [name for name in other if SECRET.search(name)]
    return {"set": {name: now.get(name) for name in other if name not in secret}, "secret": secret}


def _put(_: Any, state: dict[str, Any]) -> list[Told]:
    for name, value in state["set"].items():
        if value is None:
            os.unsetenv(name)
        else:
            os.putenv(name, value)
    note("putenv")
    return [Told(f"os.putenv({name!r}, …)", Cause.ENVIRONMENT, NO_SECRETS) for name in state["secret"]]


provide(Provider("putenv", "what programs inherit", FIRST, lambda _: None, _capture, _put))
