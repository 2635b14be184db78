"""User modules: their source as it was imported, their data, and what the user set on other people's modules and classes.

A :class:`Watch` looks at ``sys.modules`` after every cell, cheaply; :func:`roots` turns what it knows into roots among the
others, so that an object that a module holds and a variable names is one object after a restore as well.
"""

from __future__ import annotations

import functools
import hashlib
import re
import sys
import sysconfig
import types
import weakref
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ..told import Cause, Told
from . import function_state, patches, places, rebuild
from .lost import told_of
from .patches import PATCH

MODULE, INSIDE = "@module/", "()"
TEXT_LIMIT = 1 << 20  # bytes of a module's source that a checkpoint keeps
_CODE = (types.FunctionType, types.BuiltinFunctionType, type)
_OF_IMPORT = {"__name__", "__spec__", "__loader__", "__package__", "__file__", "__path__", "__cached__", "__builtins__"}
_LEADING = re.compile(
    r"^\s*(?:import|from) __main__|modules\b.*__main__|get_ipython|_getframe|currentframe|\bf_(?:globals|locals|back)\b|user_ns",
    re.M,
)
_IMMUTABLE = (int, float, complex, str, bytes, bool, type(None))


@dataclass
class Known:
    """A user's module: where it came from, and the functions, classes and names that it had when it was first seen.

    text: its source then, None if it has none (a C extension) or too much. made: built in a cell, not found by import.
    reaches: its source names what leads to the session's namespace. former: functions and classes from before it was reloaded.
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


@dataclass
class Watch:
    """What is known of the user's modules."""

    start: frozenset[str] = frozenset()
    seen: set[str] = field(default_factory=set)
    known: dict[str, Known] = field(default_factory=dict)

    def note(self, namespace: dict[str, Any], source: str = "") -> list[Known]:
        """Look for modules that are new or were reloaded, and return them. ``source``: the cell that ran."""
        before = dict(self.known)
        if len(sys.modules) != len(self.seen) or "sys.modules" in source:
            for name in [name for name in sys.modules if name not in self.seen]:
                self.seen.add(name)
                module = sys.modules.get(name)
                if isinstance(module, types.ModuleType) and is_users(module):
                    self.known[name] = _known(module)
        for name, one in list(self.known.items()):
            now = sys.modules.get(name)
            if not one.made and now is not None and (now is not one.module or now.__spec__ is not one.spec):
                former = [ref for ref in one.former if ref() is not None]
                former += map(weakref.ref, one.code.values())
                self.known[name] = replace(_known(now), former=former)  # reloaded, or imported again
        for name, module in rebuild.MADE.items():
            if name not in self.known or self.known[name].module is not module:
                self.known[name] = Known(module, None, getattr(module, "__file__", None), None, True)
        if "ModuleType" in source or "module_from_spec" in source or "sys.modules" in source or "new_module" in source:
            self._find_made(namespace)
        return [one for name, one in self.known.items() if before.get(name) is not one]

    def _find_made(self, namespace: dict[str, Any]) -> None:
        """Modules that no import would find: made by hand, or loaded from a file past ``sys.modules``."""
        for module in [value for value in namespace.values() if type(value) is types.ModuleType]:
            name = module.__name__
            if name in self.known or name in self.start or name == "__main__":
                continue
            spec = module.__spec__
            if sys.modules.get(name) is module and spec is not None and spec.loader is not None:
                continue
            rebuild.MADE[name] = module
            self.note(namespace)


def start() -> Watch:
    return Watch(start=frozenset(sys.modules), seen=set(sys.modules))


def is_users(module: types.ModuleType) -> bool:
    """Loaded from a file that belongs to neither Python nor an installed package."""
    file, name = getattr(module, "__file__", None), module.__name__
    if not isinstance(file, str) or name in ("__main__", "__mp_main__") or name.split(".")[0] == "sojourn_kernel":
        return False
    return is_users_file(file if file.startswith("/") else str(Path.cwd() / file))


@functools.lru_cache(maxsize=4096)
def is_users_file(file: str) -> bool:
    """Cached: every pickler asks it of the classes that it meets."""
    return not file.startswith("<") and not {"site-packages", "dist-packages"} & set(Path(file).parts) and not any(
        file.startswith(folder + "/") for folder in _installed()
    ) and not _is_beside_metadata(file)  # fmt: skip


def _is_beside_metadata(file: str) -> bool:
    """Whether it lies in a folder of the module path that an installer filled (``pip install --target``); not the user's own folder."""
    folders = [
        folder
        for folder in sys.path
        if folder and file.startswith(folder.rstrip("/") + "/") and Path(folder) != Path.cwd()
    ]
    return any(next(Path(folder).glob("*.dist-info"), None) is not None for folder in folders)


def users_classes() -> Iterator[type]:
    """Classes of the user's modules."""
    for name in _users_modules(len(sys.modules)):
        for value in list(getattr(sys.modules.get(name), "__dict__", {}).values()):
            if isinstance(value, type) and value.__module__ == name:
                yield value


@functools.lru_cache(maxsize=1)
def _users_modules(_: int) -> tuple[str, ...]:
    """Looked for again when modules were imported."""
    held = list(sys.modules.items())
    return tuple(name for name, module in held if isinstance(module, types.ModuleType) and is_users(module))


def has_class(cls: type) -> bool:
    """Whether a class is of a module of the user's."""
    module = sys.modules.get(getattr(cls, "__module__", None) or "")
    return module is not None and is_users(module)


@functools.cache
def _installed() -> set[str]:
    paths = sysconfig.get_paths()
    return {paths[key] for key in ("stdlib", "platstdlib", "purelib", "platlib")}


def _known(module: types.ModuleType) -> Known:
    file = getattr(module, "__file__", None)
    text = None
    if isinstance(file, str) and file.endswith(".py"):
        try:
            data = Path(file).read_bytes()
            text = data.decode() if len(data) <= TEXT_LIMIT else None
        except (OSError, UnicodeDecodeError):
            text = None
    code = {name: value for name, value in vars(module).items() if isinstance(value, _CODE)}
    reaches = text is not None and _LEADING.search(text) is not None
    return Known(module, module.__spec__, file, text, False, code, frozenset(vars(module)), reaches)


# Saving


def sources(watch: Watch) -> list[dict[str, Any]]:
    """The modules as plain data, in the order in which they were imported: parents come before children."""
    found = []
    for name, one in watch.known.items():
        if not one.made and sys.modules.get(name) is not one.module:
            continue
        path = getattr(one.module, "__path__", None)
        found.append(
            {
                "name": name,
                "file": one.file,
                "text": one.text,
                "digest": _digest(one.text),
                "package": list(path) if path is not None else None,
                "made": one.made,
                "loose": one.made and sys.modules.get(name) is not one.module,
                "filled": _filled_caches(one.module),
                "code": _lines_of_code(one),
            }
        )
    return found


def roots(watch: Watch) -> dict[str, Any]:
    """Data of the user's modules and of their classes, and what was patched elsewhere, by root key."""
    found: dict[str, Any] = {}
    gone: list[str] = []
    for name, one in watch.known.items():
        flat: dict[str, Any] = {}
        for attribute, value in list(vars(one.module).items()):
            if not _is_data(one, attribute, value) and not _is_replaced(watch, value):
                if isinstance(value, type) and value.__module__ == name and not one.made:
                    found.update(_class_data(f"{MODULE}{name}:{attribute}", value))
                elif isinstance(value, types.FunctionType) and value.__module__ == name and vars(value):
                    found.update({f"{MODULE}{name}:{attribute}.{k}": v for k, v in _attributes(value)})
            elif isinstance(value, _IMMUTABLE) and not (isinstance(value, float) and value != value):
                flat[attribute] = value
            else:
                found[f"{MODULE}{name}:{attribute}"] = value
        found.update(_function_data(name, one))
        if flat:
            found[MODULE + name] = flat
        gone += [f"{name}:{lost}" for lost in one.names - set(vars(one.module)) if not lost.startswith("__")]
    for place in sorted(patches.SET):
        if "[" in place and place.partition(":")[0] in watch.known and ".__kwdefaults__[" not in place:
            continue  # part of the module's data
        exists, value = places.get(place)
        if exists and MODULE + place not in found:
            found[PATCH + place] = value
    gone += [place for place in sorted(patches.DELETED) if not places.get(place)[0]]
    if gone:
        found[PATCH] = sorted(set(gone))
    return found


def _function_data(name: str, one: Known) -> Iterator[tuple[str, Any]]:
    """State inside the functions and methods that the module's code made."""
    if one.made:
        return
    seen: set[int] = set()
    classes = [(f"{key}.", value) for key, value in list(vars(one.module).items()) if isinstance(value, type)]
    for prefix, owner in [("", one.module), *((key, cls) for key, cls in classes if cls.__module__ == name)]:
        for path, function in function_state.functions_of(owner):
            if function.__module__ == name and (state := function_state.read(function, one.file, seen)) is not None:
                yield f"{MODULE}{name}:{prefix}{path}{INSIDE}", state


def _attributes(function: types.FunctionType) -> Iterator[tuple[str, Any]]:
    """What was set on a function; not what a decorator of a library's hung on it."""
    return (
        (name, value)
        for name, value in vars(function).items()
        if name != "__wrapped__"
        and not isinstance(value, types.MappingProxyType)
        and (not isinstance(value, _CODE) or value.__module__ == "__main__")
    )


def _is_data(one: Known, name: str, value: Any) -> bool:
    if name.startswith("__") and name.endswith("__"):
        return one.made and name not in _OF_IMPORT
    if isinstance(value, types.ModuleType):
        return one.made  # there is no source to import it again
    if isinstance(value, _CODE):
        changed = one.code.get(name) is not value or f"{one.module.__name__}:{name}" in patches.SET
        return one.made or changed
    return True


def _is_replaced(watch: Watch, value: Any) -> bool:
    """A function or class that its own module had before it was reloaded; another module still has it."""
    home = watch.known.get(value.__module__ or "") if isinstance(value, (types.FunctionType, type)) else None
    if home is None or not any(ref() is value for ref in home.former):
        return False
    return not any(value is one for one in home.code.values())


def _class_data(prefix: str, cls: type) -> Iterator[tuple[str, Any]]:
    """Attributes of a user's class that hold state: not what a class statement makes by itself."""
    if hasattr(cls, "__members__") or issubclass(cls, tuple):
        return
    for name, value in list(vars(cls).items()):
        if (name.startswith("__") and name.endswith("__")) or name.startswith(("_abc", "__pydantic")):
            continue
        if isinstance(value, (*_CODE, property, classmethod, staticmethod)) or hasattr(type(value), "__get__"):
            continue
        yield f"{prefix}.{name}", value


def _filled_caches(module: types.ModuleType) -> list[str]:
    """Functions that remember results: imported again, they have forgotten them."""
    return [
        name
        for name, value in list(vars(module).items())
        if type(value) is functools._lru_cache_wrapper and value.cache_info().currsize
    ]


def _lines_of_code(one: Known) -> dict[str, int]:
    """What the module's code defined, and the lines of its functions: importing it again may go another way."""
    held = vars(one.module)
    return {
        name: value.__code__.co_firstlineno if isinstance(value, types.FunctionType) else 0
        for name, value in one.code.items()
        if held.get(name) is value and value.__module__ == one.module.__name__
    }


def _digest(text: str | None) -> str:
    return hashlib.sha256((text or "").encode()).hexdigest()


# Restoring


def put_data(values: dict[str, Any]) -> list[Told]:
    """Set the data of the user's modules, by root key. A placeholder does not replace what importing made anew."""
    told: list[Told] = []
    for root, value in values.items():
        if root.startswith(MODULE):
            name, _, attribute = root[len(MODULE) :].partition(":")
            told += _put(name, {attribute: value} if attribute else value)
            if attribute and isinstance(value, _CODE):
                patches.SET.add(root[len(MODULE) :])
    return told


def put_patches(values: dict[str, Any]) -> list[Told]:
    """Set and delete what cells changed of other people's modules; last of all, since the restore itself uses them."""
    told: list[Told] = []
    set_here = [root[len(PATCH) :] for root in values if root.startswith(PATCH) and root != PATCH]
    for place in sorted(set_here, key=lambda place: "[" not in place):  # entries first: settings may name them
        patches.SET.add(place)
        told += _put_at(place, values[PATCH + place])
    for place in values.get(PATCH, ()):
        patches.DELETED.add(place)
        places.remove(place)
    return told


def _put(name: str, data: Any) -> list[Told]:
    try:
        module = rebuild.module(name)
    except Exception as error:
        return [Told(name, Cause.MISSING_MODULE, f"the module can't be imported here ({_shown(error)}).")]
    told: list[Told] = []
    for attribute, value in data.items():
        if attribute.endswith(INSIDE):
            function_state.put(module, attribute.removesuffix(INSIDE), value)
        elif "." in attribute:
            told += _put_at(f"{name}:{attribute}", value)
        elif told_of(value) is None or attribute not in vars(module):
            places.put(f"{name}:{attribute}", value)
    return told


def _put_at(place: str, value: Any) -> list[Told]:
    shown = place.replace(":", ".")
    if places.owner_of(place)[0] is None:
        return [Told(shown, Cause.MISSING_MODULE, f"{place.partition(':')[0]} has no such place here.")]
    exists, now = places.get(place)
    if exists and (now is value or told_of(value) is not None):
        return []
    try:
        places.put(place, value)
    except Exception as error:  # a setter of a library's may raise anything
        return [Told(shown, Cause.UNLOADABLE, f"it can't be set here ({_shown(error)}).")]
    return []


def _shown(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
