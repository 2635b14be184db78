"""What cells took away from the interpreter: builtins, and finders of modules that were there at the start."""

from __future__ import annotations

import builtins
import sys
from typing import Any

from .provider import LATE, Provider, provide

_LISTS: dict[str, list[Any]] = {"meta_path": sys.meta_path, "path_hooks": sys.path_hooks}


def _named(one: Any) -> str:
    named = one if hasattr(one, "__qualname__") else type(one)
    return f"{named.__module__}:{named.__qualname__}"


def _at_start(_: Any) -> dict[str, list[str]]:
    return {"builtins": list(vars(builtins)), **{name: list(map(_named, held)) for name, held in _LISTS.items()}}


def _gone(_: Any, base: dict[str, list[str]]) -> dict[str, list[str]] | None:
    now = _at_start(_)
    gone = {name: [one for one in names if one not in now[name] and one != "_"] for name, names in base.items()}
    return gone if any(gone.values()) else None


def _take_away(_: Any, state: dict[str, list[str]]) -> None:
    for name in state["builtins"]:
        vars(builtins).pop(name, None)
    for name, held in _LISTS.items():
        held[:] = [one for one in held if _named(one) not in state[name]]


provide(Provider("removed", "what was taken away from the interpreter", LATE, _at_start, _gone, _take_away))
