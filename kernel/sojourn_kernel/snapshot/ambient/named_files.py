"""Files that cells name in their code and that are there at a save: told where the session goes on without them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from ...told import Cause, Told
from .provider import LATE, Provider, provide

MOST = 50  # strings of a cell that are looked at
KEPT = 1000  # files of a session; the oldest are forgotten first
_STRING = re.compile(r"""(['"])((?:(?!\1)[^\n\\]){1,300})\1""")
_EXTENSION = re.compile(r"\.\w{1,8}$")

_named: dict[str, int] = {}
"Absolute path to the execution count of the cell that named it last."


def note(shell: Any, source: str) -> None:
    """Remember the files that a cell names, as seen from the directory that it leaves behind."""
    looked = 0
    for found in _STRING.finditer(source):
        text = found[2]
        if "/" not in text and not _EXTENSION.search(text):
            continue
        looked += 1
        if looked > MOST:
            return
        path = str(Path.cwd() / (Path.home() / text[2:] if text.startswith("~/") else text))
        if _is_file(path):
            _named.pop(path, None)
            _named[path] = shell.execution_count - 1
            while len(_named) > KEPT:
                _named.pop(next(iter(_named)))


def _is_file(path: str) -> bool:
    try:
        return Path(path).is_file()
    except (OSError, ValueError):  # too long for a name, or not for us to look at
        return False


def _capture(shell: Any, _: Any) -> dict[str, int] | None:
    return {path: number for path, number in _named.items() if _is_file(path)} or None


def _restore(shell: Any, state: dict[str, int]) -> list[Told]:
    told = []
    for path, number in state.items():
        if _is_file(path):
            _named.setdefault(path, number)
            continue
        reason = f"cell [{number}] names this file, which is not here: files are not part of a session. Write or fetch it again."
        told.append(Told(path, Cause.FILE, reason, "", number))
    return told


provide(Provider("named files", "the files that cells name", LATE, lambda _: _named.clear(), _capture, _restore))
