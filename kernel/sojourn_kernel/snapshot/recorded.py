"""Importing a user's module as it was: from the file if it is unchanged, else from the source that the checkpoint has."""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import sys
import types
from pathlib import Path
from typing import Any

from ..told import Cause, Told
from . import rebuild


class _Source(importlib.abc.SourceLoader):
    """A loader of recorded text; the file's name stays what it was."""

    def __init__(self, path: str, text: str) -> None:
        self.path, self.text = path, text

    def get_filename(self, fullname: str) -> str:
        return self.path

    def get_data(self, path: str) -> bytes:
        if path != self.path:
            raise OSError(f"{path} is not recorded")
        return self.text.encode()


class _Finder(importlib.abc.MetaPathFinder):
    """Finds the modules whose file is gone or was edited; in force only while they are imported."""

    def __init__(self, entries: dict[str, dict[str, Any]]) -> None:
        self.entries = entries

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> Any:
        entry = self.entries.get(fullname)
        if entry is None:
            return None
        return importlib.util.spec_from_file_location(
            fullname,
            entry["file"],
            loader=_Source(entry["file"], entry["text"]),
            submodule_search_locations=entry["package"],
        )


def bring_back(entries: list[dict[str, Any]]) -> list[Told]:
    """Make modules of cells again, empty, and import those whose file is not what it was. The rest import themselves."""
    told: list[Told] = []
    changed: dict[str, dict[str, Any]] = {}
    for entry in entries:
        for name in entry.get("filled", ()):
            reason = "its cache is empty: what an imported module's function remembered is not kept."
            told.append(Told(f"{entry['name']}.{name}", Cause.STALE, reason))
        if entry["made"]:
            _make(entry)
        elif reason := _difference(entry):
            told.append(Told(entry["name"], Cause.FILE, reason))
            if entry["text"] is not None:
                changed[entry["name"]] = entry
    if not changed:
        return told
    finder = _Finder(changed)
    sys.meta_path.insert(0, finder)
    try:
        for name in changed:
            try:
                importlib.import_module(name)
            except Exception as error:  # the user's code
                reason = f"importing it from its recorded source raised {type(error).__name__}: {error}."
                told.append(Told(name, Cause.UNLOADABLE, reason))
    finally:
        sys.meta_path.remove(finder)
    return told


def _difference(entry: dict[str, Any]) -> str:
    file = Path(entry["file"])
    if not file.is_file():
        if entry["text"] is None:
            return f"its file {file} is not here, and it was too large or not text, so it was not recorded."
        return f"its file {file} is not here; the session goes on with the code that it had imported."
    if entry["text"] is None:
        return ""
    try:
        same = file.read_bytes() == entry["text"].encode()
    except OSError as error:
        return f"its file {file} can't be read ({error.strerror}); the session goes on with the code it had imported."
    if same:
        return ""
    return f"its file {file} was edited after it was imported; the session goes on with the code it had (reload to change)."


def _make(entry: dict[str, Any]) -> None:
    name = entry["name"]
    made = types.ModuleType(name)
    if entry["file"] is not None:
        made.__file__ = entry["file"]
    rebuild.MADE[name] = made
    if not entry["loose"]:
        sys.modules[name] = made
