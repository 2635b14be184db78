"""Whose something is: made by cells, of a module of the user's, or of a library's or Python's own."""

from __future__ import annotations

import functools
import sys
import sysconfig
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .. import rebuild
from ..looking.attributes import attributes_of, name_of
from ..looking.classes import module_of


def of_cells(name: str) -> bool:
    """Whether what a module of this name holds was made by cells: the session's namespace, and modules that cells built."""
    return name == "__main__" or name in rebuild.MADE


def of_the_users(name: str) -> bool:
    """Whether what a module of this name holds is the user's: made by cells, or by code in files of theirs."""
    module = sys.modules.get(name)
    return of_cells(name) or (isinstance(module, types.ModuleType) and is_users(module))


def users(value: Any) -> bool:
    """Made in a cell: a function or class, a method or partial of one, or an instance of such a class."""
    value = getattr(value, "__func__", getattr(value, "func", value))
    if isinstance(value, types.FunctionType) and value.__globals__ is vars(sys.modules["__main__"]):
        return True
    return of_cells((value if isinstance(value, (types.FunctionType, type)) else type(value)).__module__)


def is_users(module: types.ModuleType) -> bool:
    """Loaded from a file that belongs to neither Python nor an installed package."""
    file, name = attributes_of(module).get("__file__"), name_of(module)  # torch.classes has one of its class's
    if not isinstance(file, str) or name in ("__main__", "__mp_main__") or name.split(".")[0] == "sojourn_kernel":
        return False
    return is_users_file(file if file.startswith("/") else str(Path.cwd() / file))


def is_of_the_session(module: types.ModuleType) -> bool:
    """Whether it is the user's, or cells made it, or an importer of theirs did."""
    return name_of(module) in rebuild.MADE or is_users(module) or is_loaded_by_users_code(module)


def is_loaded_by_users_code(module: types.ModuleType) -> bool:
    """Whether an importer of the session's made it (``sys.meta_path.append(Finder())``), of what it alone can read."""
    loader = getattr(attributes_of(module).get("__spec__"), "loader", None)
    return of_the_users(module_of(loader if isinstance(loader, type) else type(loader)))


def is_made_by_hand(module: types.ModuleType) -> bool:
    """Whether no importer made it, of any file or archive (``types.ModuleType(name)``)."""
    own = attributes_of(module)
    return getattr(own.get("__spec__"), "loader", None) is None and own.get("__file__") is None


def imported_as(module: types.ModuleType) -> str:
    """The name that a library's module is imported by, where C code calls it otherwise (scipy's ``uarray._uarray``)."""
    name = name_of(module)
    if sys.modules.get(name) is module or rebuild.MADE.get(name) is module or is_users(module):
        return name
    if "__file__" not in attributes_of(module):
        return name
    return next((key for key, held in list(sys.modules.items()) if held is module), name)


@functools.lru_cache(maxsize=4096)
def is_users_file(file: str) -> bool:
    """Cached: every pickler asks it of the classes that it meets."""
    return not file.startswith("<") and not {"site-packages", "dist-packages"} & set(Path(file).parts) and not any(
        file.startswith(folder + "/") for folder in installed()
    ) and not _is_beside_metadata(file)  # fmt: skip


def _is_beside_metadata(file: str) -> bool:
    """Whether it lies in a folder of the module path that an installer filled (``pip install --target``); not the user's own folder."""
    folders = [
        folder
        for folder in sys.path
        if folder and file.startswith(folder.rstrip("/") + "/") and Path(folder) != Path.cwd()
    ]
    return any(next(Path(folder).glob("*.dist-info"), None) is not None for folder in folders)


def others() -> Iterator[tuple[str, types.ModuleType]]:
    """Name and module of all that is imported, but for the session's own, which is there under multiprocessing's name as well."""
    own = sys.modules["__main__"]
    for name, module in list(sys.modules.items()):
        if issubclass(type(module), types.ModuleType) and module is not own:
            yield name, module


def users_classes() -> Iterator[type]:
    """Classes of the user's modules."""
    for name in users_modules():
        for value in list(getattr(sys.modules.get(name), "__dict__", {}).values()):
            if isinstance(value, type) and value.__module__ == name:
                yield value


def users_modules() -> tuple[str, ...]:
    """Names of the user's modules that are imported."""
    return _users_modules(len(sys.modules))


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
def installed() -> set[str]:
    """Folders of Python's own modules and of what installers bring. Asks sysconfig, which imports for its first answer."""
    paths = sysconfig.get_paths()
    return {paths[key] for key in ("stdlib", "platstdlib", "purelib", "platlib")}
