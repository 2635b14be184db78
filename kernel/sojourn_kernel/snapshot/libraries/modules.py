"""User modules: where they came from and their source as it was imported.

A :class:`Watch` looks at ``sys.modules`` after every cell, cheaply; :mod:`.module_data` turns what it knows into roots among the
others.
"""

from __future__ import annotations

import re
import sys
import types
import weakref
import zipimport
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from IPython.core.getipython import get_ipython

from .. import rebuild
from ..looking.attributes import attributes_of
from ..looking.classes import module_of
from .whose import imported_as, is_loaded_by_users_code, is_made_by_hand, is_users

TEXT_LIMIT = 1 << 20  # bytes of a module's source that a checkpoint keeps
CODE = (types.FunctionType, types.BuiltinFunctionType, type)
_LEADING = re.compile(
    r"^\s*(?:import|from) __main__|modules\b.*__main__|get_ipython|_getframe|currentframe|\bf_(?:globals|locals|back)\b|user_ns",
    re.M,
)


@dataclass
class Known:
    """A user's module: where it came from, and the functions, classes and names that it had when it was first seen.

    text: its source then, None if it has none (a C extension) or too much. made: built in a cell, not found by import.
    reaches: its source names what leads to the session's namespace. former: functions and classes from before it was reloaded.
    for_autoreload: what ``%autoreload`` takes for its source; it puts changed functions into the module, without reloading it.
    patched: it has done so, so that functions do not say the lines where they stand.
    """

    module: types.ModuleType
    spec: Any
    file: str | None
    text: str | None
    made: bool = False
    code: dict[str, Any] = field(default_factory=dict)
    names: frozenset[str] = frozenset()
    reaches: bool = False
    former: list[weakref.ref[Any]] = field(default_factory=list)
    for_autoreload: str | None = None
    patched: bool = False


_texts: dict[str, tuple[Any, str]] = {}
"Of modules that a restore imported, their spec and the source that they were made from; the file may be another, gone, or edited since."


_for_autoreload: dict[str, str] = {}
"What ``%autoreload`` took for the sources of modules when the session came back: its next cell may bring one to its file."


def made_from(module: types.ModuleType, text: str) -> None:
    """A restore has imported a module from this source."""
    _texts[module.__name__] = module.__spec__, text


def autoreload_goes_on(sources: dict[str, str]) -> None:
    """A restore has handed ``%autoreload`` the sources that it had."""
    _for_autoreload.update(sources)
    sources_of_autoreload().update(sources)


_MAKING = ("ModuleType", "module_from_spec", "sys.modules", "new_module")  # how cells make modules by hand


@dataclass
class Watch:
    """What is known of the user's modules."""

    start: frozenset[str] = frozenset()
    seen: set[str] = field(default_factory=set)
    known: dict[str, Known] = field(default_factory=dict)

    def note(self, namespace: dict[str, Any], source: str = "") -> list[Known]:
        """Look for modules that are new or were reloaded, and return them. ``source``: the cell that ran."""
        before = dict(self.known)
        added: list[types.ModuleType] = []
        if len(sys.modules) != len(self.seen) or "sys.modules" in source:
            for name in [name for name in sys.modules if name not in self.seen]:
                self.seen.add(name)
                module = sys.modules.get(name)
                if isinstance(module, types.ModuleType) and is_loaded_by_users_code(module):
                    rebuild.MADE[name] = module
                elif isinstance(module, types.ModuleType) and is_users(module):
                    self.known[name] = _known(module)
                elif isinstance(module, types.ModuleType) and name in source:
                    added.append(module)
        patched = sources_of_autoreload()
        for name, one in list(self.known.items()):
            now, source_now = sys.modules.get(name), patched.get(name)
            if not one.made and now is not None and now is not one.module and _is_made(now):
                rebuild.MADE[name] = now  # in the place of an imported one
            elif not one.made and now is not None and (now is not one.module or now.__spec__ is not one.spec):
                self.known[name] = replace(_known(now), former=_former(one))  # reloaded, or imported again
            elif source_now is not None and source_now is not one.for_autoreload:
                self.known[name] = _as_patched(one, source_now)
        self._follow_names()
        for name, module in rebuild.MADE.items():
            if name not in self.known or self.known[name].module is not module:
                self.known[name] = Known(module, None, attributes_of(module).get("__file__"), None, True)
        if any(word in source for word in _MAKING) or _cells_have_classes_of_modules():
            self._find_made(namespace, added)
        return [one for name, one in self.known.items() if before.get(name) is not one]

    def _follow_names(self) -> None:
        """Where ``sys.modules`` has another module now under the name of one that cells made, the name leads to that one."""
        for name, module in list(rebuild.MADE.items()):
            now = sys.modules.get(name)
            if now is None or now is module or not issubclass(type(now), types.ModuleType):
                continue
            del rebuild.MADE[name]
            self.known.pop(name, None)
            if is_loaded_by_users_code(now) or _is_made(now):
                rebuild.MADE[name] = now
            elif is_users(now):
                self.known[name] = _known(now)

    def _find_made(self, namespace: dict[str, Any], added: list[types.ModuleType]) -> None:
        """Modules that no import would find: made by hand, or loaded from a file past ``sys.modules``. added: those that a cell put there by name."""
        for module in [value for value in (*namespace.values(), *added) if _may_be_made(type(value))]:
            own = attributes_of(module)
            name, spec = own.get("__name__"), own.get("__spec__")
            if not isinstance(name, str) or name in self.known or name in self.start or name == "__main__":
                continue
            if sys.modules.get(imported_as(module)) is module and spec is not None and spec.loader is not None:
                continue
            other = sys.modules.get(name)
            if isinstance(other, types.ModuleType) and other is not module:
                continue  # another has its name
            rebuild.MADE[name] = module
            self.note(namespace)


def _cells_have_classes_of_modules() -> bool:
    return any(module_of(cls) == "__main__" for cls in types.ModuleType.__subclasses__())


def _is_made(module: Any) -> bool:
    return _may_be_made(type(module)) and is_made_by_hand(module)


def _may_be_made(cls: type) -> bool:
    return cls is types.ModuleType or (issubclass(cls, types.ModuleType) and module_of(cls) == "__main__")


def start() -> Watch:
    return Watch(start=frozenset(sys.modules), seen=set(sys.modules))


def source_in(file: Path) -> bytes:
    """The bytes of a module's file, which may lie in an archive on the path of modules. Raises OSError."""
    if not file.is_file() and (archive := next((one for one in file.parents if one.is_file()), None)) is not None:
        try:
            return bytes(zipimport.zipimporter(str(archive)).get_data(str(file)))
        except zipimport.ZipImportError as error:
            raise OSError(str(error)) from None
    return file.read_bytes()


_stands_at: weakref.WeakKeyDictionary[types.FunctionType, tuple[str, ...]] = weakref.WeakKeyDictionary()
"Where modules of the user's have functions by another name than the functions say (closures, lambdas): module, class if any, name."


def _note_functions(module: types.ModuleType) -> None:
    own = vars(module)
    owners: list[tuple[tuple[str, ...], Any]] = [((), own)]
    owners += [((n,), vars(c)) for n, c in own.items() if isinstance(c, type) and module_of(c) == module.__name__]
    for above, held in owners:
        for name, value in list(held.items()):
            function = value.__func__ if type(value) is staticmethod else value
            if type(function) is types.FunctionType and function.__globals__ is own and "<" in function.__qualname__:
                _stands_at.setdefault(function, (module.__name__, *above, name))


def home_of_function(function: Any) -> tuple[Any, str] | None:
    """The module of the user's, or a class of it, that made a function inside of another and has it, and under which name: importing
    makes it again.
    """
    place = _stands_at.get(function) if type(function) is types.FunctionType else None
    if place is None:
        return None
    owner: Any = sys.modules.get(place[0])
    for name in place[1:-1]:
        owner = getattr(owner, "__dict__", {}).get(name)
    found = getattr(owner, "__dict__", {}).get(place[-1])
    return (owner, place[-1]) if function is (found.__func__ if type(found) is staticmethod else found) else None


def _former(one: Known) -> list[weakref.ref[Any]]:
    return [ref for ref in one.former if ref() is not None] + [weakref.ref(value) for value in one.code.values()]


def sources_of_autoreload() -> dict[str, str]:
    """By module, what ``%autoreload`` has brought it to, and compares its file with; without it nothing."""
    if "IPython.extensions.autoreload" not in sys.modules or (shell := get_ipython()) is None:
        return {}
    reloader = getattr(shell.magics_manager.registry.get("AutoreloadMagics"), "_reloader", None)
    return getattr(getattr(reloader, "deduper_reloader", None), "source_by_modname", {})


def _as_patched(one: Known, source: str) -> Known:
    """Where it is seen for the first time, ``%autoreload`` has only read the file."""
    if one.for_autoreload is None or one.made:
        return replace(one, for_autoreload=source)
    now = _known(one.module, source if len(source) <= TEXT_LIMIT else None)
    return replace(now, former=_former(one), for_autoreload=source, patched=True)


def _known(module: types.ModuleType, text: str | None = None) -> Known:
    file = getattr(module, "__file__", None)
    spec, recorded = _texts.get(module.__name__, (None, ""))
    as_restored = text is None and spec is not None and spec is module.__spec__
    if as_restored:
        text = recorded
    if text is None and isinstance(file, str) and file.endswith(".py"):
        try:
            data = source_in(Path(file))
            text = data.decode() if len(data) <= TEXT_LIMIT else None
        except (OSError, UnicodeDecodeError):
            text = None
    code = {name: value for name, value in vars(module).items() if isinstance(value, CODE)}
    _note_functions(module)
    reaches = text is not None and _LEADING.search(text) is not None
    had = _for_autoreload.get(module.__name__) if as_restored else None
    return Known(module, module.__spec__, file, text, False, code, frozenset(vars(module)), reaches, for_autoreload=had)
