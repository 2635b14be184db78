"""Data of the user's modules, of their classes and functions, and what the user set on other people's modules: roots among the others.

So an object that a module holds and a variable names is one object after a restore as well.
"""

from __future__ import annotations

import functools
import hashlib
import sys
import types
from collections.abc import Iterator
from typing import Any

from ...told import Cause, Told
from .. import rebuild
from ..looking.attributes import attributes_of, name_of
from ..lost import told_of
from . import function_state, patches, places
from .modules import CODE, Known, Watch
from .patches import PATCH

MODULE, INSIDE = "@module/", "()"
_OF_IMPORT = {"__name__", "__spec__", "__loader__", "__package__", "__file__", "__path__", "__cached__", "__builtins__"}
_OF_IMPORTER = {"__spec__", "__loader__", "__package__", "__cached__"}
_CLASS = "__class__"
_IMMUTABLE = (int, float, complex, str, bytes, bool, type(None))


# Saving


def sources(watch: Watch) -> list[dict[str, Any]]:
    """The modules as plain data, in the order in which they were imported: parents come before children."""
    found = []
    for name, one in watch.known.items():
        if not one.made and sys.modules.get(name) is not one.module:
            continue
        path = attributes_of(one.module).get("__path__")
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
        if not one.made and sys.modules.get(name) is not one.module:
            continue  # nothing imports it again
        flat: dict[str, Any] = {}
        for attribute, value in list(attributes_of(one.module).items()):
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
        if one.made and type(one.module) is not types.ModuleType:
            found[f"{MODULE}{name}:{_CLASS}"] = type(one.module)
        gone += [f"{name}:{lost}" for lost in one.names - set(attributes_of(one.module)) if not lost.startswith("__")]
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
    classes = [(f"{key}.", value) for key, value in list(attributes_of(one.module).items()) if isinstance(value, type)]
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
        and (not isinstance(value, CODE) or value.__module__ == "__main__")
    )


def _is_data(one: Known, name: str, value: Any) -> bool:
    if name.startswith("__") and name.endswith("__"):
        return one.made and (name not in _OF_IMPORT or (name in _OF_IMPORTER and value is not None))
    if isinstance(value, types.ModuleType):
        return one.made  # there is no source to import it again
    if isinstance(value, CODE):
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
        if isinstance(value, (*CODE, property, classmethod, staticmethod)) or hasattr(type(value), "__get__"):
            continue
        yield f"{prefix}.{name}", value


def _filled_caches(module: types.ModuleType) -> list[str]:
    """Functions that remember results: imported again, they have forgotten them."""
    return [
        name
        for name, value in list(attributes_of(module).items())
        if type(value) is functools._lru_cache_wrapper and value.cache_info().currsize
    ]


def _lines_of_code(one: Known) -> dict[str, int]:
    """What the module's code defined, and the lines of its functions: importing it again may go another way."""
    held = attributes_of(one.module)
    return {
        name: value.__code__.co_firstlineno if isinstance(value, types.FunctionType) and not one.patched else 0
        for name, value in one.code.items()
        if held.get(name) is value and value.__module__ == name_of(one.module)
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
            if attribute and attribute != _CLASS and isinstance(value, CODE) and name not in rebuild.MADE:
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
        elif attribute == _CLASS:
            if told_of(value) is None:
                told += _put_class(name, module, value)
        elif told_of(value) is None or attribute not in attributes_of(module):
            if type(module) is types.ModuleType:
                places.put(f"{name}:{attribute}", value)
            else:  # its class may be one that hears of what is set
                attributes_of(module)[attribute] = value
    return told


def _put_class(name: str, module: types.ModuleType, cls: type) -> list[Told]:
    try:
        module.__class__ = cls
    except TypeError as error:  # it has slots
        return [Told(name, Cause.UNLOADABLE, f"its class {cls.__qualname__} can't be given to it here ({error}).")]
    return []


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
