"""Files of fsspec's file system in memory, which is one for the whole process (``memory://``)."""

from __future__ import annotations

import sys
from typing import Any

from .provider import LATE, Provider, provide


def _files(*_: Any) -> Any:
    module = sys.modules.get("fsspec.implementations.memory")
    found = getattr(module, "MemoryFileSystem", None)
    if found is None or not (found.store or found.pseudo_dirs != [""]):
        return None
    return {"store": dict(found.store), "folders": list(found.pseudo_dirs)}


def _put(_: Any, state: dict[str, Any]) -> None:
    from fsspec.implementations.memory import MemoryFileSystem

    MemoryFileSystem.store.update(state["store"])
    MemoryFileSystem.pseudo_dirs[:] = dict.fromkeys([*MemoryFileSystem.pseudo_dirs, *state["folders"]])


provide(Provider("fsspec.memory", "fsspec's files in memory", LATE, lambda _: None, _files, _put))
