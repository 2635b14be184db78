"""Source of code that libraries generated (attrs' methods): tracebacks and inspect find it by the name it was compiled under."""

from __future__ import annotations

import linecache
from typing import Any

from .provider import LATE, Provider, provide

SOURCES = "generated sources"


def remember_source(name: str, text: str) -> None:
    """Let inspect and tracebacks find a source by the name that it was compiled under, though no file has it."""
    linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)


def _names(_: Any) -> set[str]:
    return set(linecache.cache)


def _generated(shell: Any, base: set[str]) -> dict[str, str] | None:
    """What is in no file and never read again: cells' own source comes with the record of the cells."""
    of_cells = shell.compile._filename_map
    found = {
        name: "".join(entry[2])
        for name, entry in list(linecache.cache.items())
        if len(entry) == 4 and entry[1] is None and name[:1] == "<" and name not in base and name not in of_cells
    }
    return found or None


def put_sources(_: Any, state: dict[str, str]) -> None:
    for name, text in state.items():
        if name not in linecache.cache:
            remember_source(name, text)


provide(Provider(SOURCES, "sources of generated code", LATE, _names, _generated, put_sources))
