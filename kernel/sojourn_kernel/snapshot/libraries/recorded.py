"""Importing the user's modules as they were: from their files if these are unchanged, else from the source that the checkpoint has.

What a module's code did to the world when it was first imported is not done again (:mod:`.left_out`).
"""

from __future__ import annotations

import ast
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import sys
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from ...told import Cause, Told
from .. import rebuild
from .after_import import found_behind, put_first
from .left_out import Again, LeftOut
from .modules import made_from, source_in

_FILE_LOADER = importlib.machinery.SourceFileLoader


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


class _Guarded(importlib.abc.Loader):
    """Stands in for a module's loader while the module is made, and runs its code without what would reach outside."""

    def __init__(self, loader: Any, finder: _Finder) -> None:
        self.loader, self.finder = loader, finder

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType | None:
        return self.loader.create_module(spec)  # type: ignore[no-any-return]

    def exec_module(self, module: types.ModuleType) -> None:
        spec = module.__spec__
        assert spec is not None
        spec.loader = module.__loader__ = self.loader

        def parse() -> ast.Module:
            path = self.loader.get_filename(spec.name)
            return ast.parse(self.loader.get_data(path), path)

        again = Again(module, parse, lambda error: self.finder.goes_on(spec.name, error))
        try:
            again.run(self.loader.get_code(spec.name))
        finally:
            self.finder.left_out += again.left_out


class _Finder(importlib.abc.MetaPathFinder):
    """Finds the user's modules while a session is restored: those whose file is gone or was edited as they are recorded.

    known: all that the checkpoint names. is_users: whether a file is the user's.
    """

    def __init__(self, is_users: Callable[[str], bool]) -> None:
        self.is_users = is_users
        self.known: dict[str, dict[str, Any]] = {}
        self.changed: set[str] = set()
        self.left_out: list[LeftOut] = []
        self._asking = False
        "Whether what is imported now is imported to find out what is the user's."

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> Any:
        entry = self.known.get(fullname)
        spec = self._spec(fullname, entry, path, target)
        if spec is not None and self._is_to_be_guarded(spec):
            spec.loader = _Guarded(spec.loader, self)
        return spec

    def _spec(self, fullname: str, entry: dict[str, Any] | None, path: Any, target: Any) -> Any:
        if entry is not None and fullname in self.changed:
            loader = _Source(entry["file"], entry["text"])
            return importlib.util.spec_from_file_location(
                fullname, entry["file"], loader=loader, submodule_search_locations=entry["package"]
            )
        if (spec := found_behind(self, fullname, path, target)) is not None:
            return spec
        if entry is None or not str(entry["file"]).endswith(".py"):
            return None
        return importlib.util.spec_from_file_location(  # its folder is no longer on the path of modules
            fullname, entry["file"], submodule_search_locations=entry["package"]
        )

    def _is_to_be_guarded(self, spec: importlib.machinery.ModuleSpec) -> bool:
        kind = type(spec.loader)
        if kind is _Source:
            return True
        own = all(
            getattr(kind, name, None) is getattr(_FILE_LOADER, name)
            for name in ("exec_module", "get_code", "source_to_code", "get_data")
        )
        return own and (spec.name in self.known or self._is_of_users(str(spec.origin)))

    def _is_of_users(self, file: str) -> bool:
        if self._asking:
            return False
        self._asking = True
        try:
            return self.is_users(file)
        finally:
            self._asking = False

    def goes_on(self, name: str, error: Exception) -> bool:
        """Whether a module is finished though a statement raised: it was imported before, so something is different here."""
        return name in self.known and (bool(self.left_out) or not isinstance(error, (ImportError, SyntaxError)))

    def is_librarys(self, called: Any) -> bool:
        """Whether what a statement calls belongs to a library, whose state no checkpoint has."""
        if not isinstance(called, (types.ModuleType, types.FunctionType, type)):
            return False
        name = called.__name__ if isinstance(called, types.ModuleType) else called.__module__ or ""
        file = getattr(sys.modules.get(name), "__file__", None)
        return name.partition(".")[0] not in sys.stdlib_module_names and file is not None and not self.is_users(file)


_finder: _Finder | None = None


def bring_back(entries: list[dict[str, Any]], is_users: Callable[[str], bool]) -> list[Told]:
    """Make modules of cells again, empty, and import the others, in the order in which they were imported.

    Until :func:`finish`, what is imported besides is guarded as well.
    """
    global _finder
    told: list[Told] = []
    _finder = finder = _Finder(is_users)
    for entry in entries:
        for name in entry.get("filled", ()):
            reason = "its cache is empty: what an imported module's function remembered is not kept."
            told.append(Told(f"{entry['name']}.{name}", Cause.STALE, reason))
        if entry["made"]:
            _make(entry)
            continue
        finder.known[entry["name"]] = entry
        if reason := _difference(entry):
            told.append(Told(entry["name"], Cause.FILE, reason))
            if entry["text"] is not None:
                finder.changed.add(entry["name"])
    put_first(finder)
    for name, entry in finder.known.items():
        try:
            module = importlib.import_module(name)
        except Exception as error:  # the user's code; of others, whatever needs the module says so
            if name in finder.changed:
                reason = f"importing it from its recorded source raised {type(error).__name__}: {error}."
                told.append(Told(name, Cause.UNLOADABLE, reason))
        else:
            if entry["text"] is not None:
                made_from(module, entry["text"])
    return told


def finish() -> list[Told]:
    """All that modules hold is back: tell what was left out and did not come from the checkpoint."""
    global _finder
    finder, _finder = _finder, None
    if finder is None:
        return []
    sys.meta_path[:] = [one for one in sys.meta_path if one is not finder]
    told = [told for one in finder.left_out for told in _missing(one, finder)]
    known = {one.name for one in told}
    others = (one for entry in finder.known.values() for one in _other_code(entry))
    return told + [one for one in others if one.name not in known]


def _other_code(entry: dict[str, Any]) -> Iterator[Told]:
    """Functions and classes that the module's code did not make here, or made elsewhere in it: it went another way."""
    module = sys.modules.get(entry["name"])
    if module is None or module.__spec__ is None:
        return
    for name, line in entry.get("code", {}).items():
        here = vars(module).get(name)
        if here is None or (line and isinstance(here, types.FunctionType) and here.__code__.co_firstlineno != line):
            what = "is not made" if here is None else "is another"
            reason = f"it {what} by its module here: importing that again, in other surroundings, went another way."
            yield Told(f"{entry['name']}.{name}", Cause.STALE, reason)


def _missing(one: LeftOut, finder: _Finder) -> list[Told]:
    module = sys.modules.get(one.module)
    if module is None:
        return []
    said = f"line {one.line} of its module was left out when the module was imported again here, since {one.why}."
    if one.raised or (not one.names and finder.is_librarys(vars(module).get(one.called))):
        return [Told(one.module, Cause.STALE, said)]
    lost = [name for name in one.names if not _has(module, name)]
    return [Told(f"{one.module}.{name}", Cause.STALE, f"it is not here: {said}") for name in lost]


def _has(module: types.ModuleType, name: str) -> bool:
    owner, _, attribute = name.rpartition(".")
    return attribute in vars(vars(module).get(owner, module) if owner else module)


def _difference(entry: dict[str, Any]) -> str:
    file, text = Path(entry["file"]), entry["text"]
    if text is None:
        return (
            ""
            if file.is_file()
            else f"its file {file} is not here, and it was too large or not text, so it was not recorded."
        )
    try:
        same = source_in(file) == text.encode()
    except FileNotFoundError:
        return f"its file {file} is not here; the session goes on with the code that it had imported."
    except OSError as error:
        said = error.strerror or error
        return f"its file {file} can't be read ({said}); the session goes on with the code it had imported."
    if same:
        return ""
    return f"its file {file} was edited after it was imported; the session goes on with the code it had (reload to change)."


def _make(entry: dict[str, Any]) -> None:
    name = entry["name"]
    made = types.ModuleType(name)
    if entry["file"] is not None:
        made.__file__ = entry["file"]
    if entry["package"] is not None:
        made.__path__ = entry["package"]
    rebuild.MADE[name] = made
    if not entry["loose"]:
        sys.modules[name] = made
