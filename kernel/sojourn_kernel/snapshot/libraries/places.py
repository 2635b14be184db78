"""Places of values inside modules, as text that another process understands: ``json:encoder.FLOAT_REPR``, ``mpmath:mp.dps``,
``plotly.io:templates['mine']``, ``vectorbt:settings['plotting']['width']``. A place has an owner, which is reached from a module, and an attribute or a key.
"""

from __future__ import annotations

import _collections_abc
import ast
import functools
import sys
import types
from collections.abc import Iterator
from typing import Any

from .. import rebuild
from ..looking.attributes import attributes_of, name_of
from ..looking.classes import qualname_of
from ..objects.definitions import is_definition
from ..process import lifted

# Set by the interpreter or the kernel itself, or kept by a provider of process state.
_NOT_OURS = {
    "sys:stdout", "sys:stderr", "sys:stdin", "sys:path", "sys:argv", "sys:modules", "sys:meta_path", "sys:path_hooks",
    "sys:excepthook", "sys:displayhook", "sys:unraisablehook", "sys:ps1", "sys:ps2", "os:environ", "warnings:showwarning",
    "warnings:filters", "tempfile:tempdir", "sys:dont_write_bytecode", "sys:last_exc", "sys:last_type", "sys:last_value",
    "sys:last_traceback", "sys:flags", "matplotlib:rcParams", "matplotlib.pyplot:rcParams",
}  # fmt: skip
_MODULES = "sys:modules"
_BUILT_IN = ("builtin_function_or_method", "_ArrayFunctionDispatcher")  # the latter are numpy's functions
_PARTS = {
    types.FunctionType: ("__code__", "__defaults__", "__kwdefaults__", "__doc__", "__name__"),
    type: ("__bases__", "__name__"),
}  # which no dictionary holds
NAMED = (types.ModuleType, type, types.FunctionType)  # owners that know their own names


def of_attribute(owner: Any, attribute: str) -> str | None:
    """The place of a module's, class's or function's attribute; None for what is kept in other ways."""
    if isinstance(owner, types.ModuleType):
        name = name_of(owner)
        place = f"{name}:{attribute}"
        good = name != "__main__" and sys.modules.get(name) is owner
    else:
        module = getattr(owner, "__module__", None) or ""
        place = f"{module}:{owner.__qualname__}.{attribute}"
        good = module != "__main__" and not is_definition(owner) and owner_of(place)[0] is owner
    return place if good and is_ours(place) else None


def inside(owner: str, part: str) -> str | None:
    """The place of an attribute (``.name``) or a key (``['key']``) of what is at another place."""
    return owner + part if (is_ours(owner) or owner == _MODULES) and is_ours(owner + part) else None


def of_object(name: str, value: Any) -> str | None:
    """The place of an object that a library made and a module of it holds under this name; None if there is no such."""
    home = getattr(type(value), "__module__", None)
    if not isinstance(home, str) or home in ("__main__", "builtins", *rebuild.MADE) or issubclass(type(value), NAMED):
        return None
    return of_object_in(home, name, value)


def of_class(value: type) -> str | None:
    """The place of a class that says another module's name than one that can be imported: ``_wrappers`` is ``wrapt._wrappers``."""
    home, name = value.__module__, value.__qualname__
    if home == "builtins" and vars(_collections_abc).get(name) is value:  # of views and iterators of containers
        return f"_collections_abc:{name}"
    if isinstance(home, str) and not type(home) is type(name) is str:  # of which pickle can't make a name
        place = f"{str.__str__(home)}:{str.__str__(name)}"
        return place if home != "__main__" and get(place)[1] is value else None
    if not isinstance(home, str) or home in sys.modules or "<" in name:
        return None
    for other, module in list(sys.modules.items()):
        if other.endswith(home) and isinstance(module, types.ModuleType) and vars(module).get(name) is value:
            return f"{other}:{name}"
    return _below_a_module(value, home, name)


def of_class_elsewhere(value: type) -> str | None:
    """The place of a library's class that its own module has not, and another of the library's has: ``mpmath.matrix`` is ``mp``'s."""
    home, name = value.__module__, value.__qualname__
    if home == "builtins":  # of C code that says no module, as of Arrow
        return _in_any_module(name, value)
    own = sys.modules.get(home) if isinstance(home, str) and home != "__main__" else None
    if own is None or not name.isidentifier() or vars(own).get(name) is value:
        return None
    return of_object_in(home, name, value)


def of_class_by_another_name(value: type) -> str | None:
    """The place of a class that its module has under another name than its own: ``_csv.reader`` is ``_csv.Reader``."""
    home = value.__module__
    own = sys.modules.get(home) if isinstance(home, str) and home not in ("__main__", "builtins") else None
    names = (name for name, held in list(vars(own).items()) if held is value) if own is not None else ()
    return next((f"{home}:{name}" for name in names), None)


def made_by_metaclass(value: type) -> type | None:
    """A class that a module has by its name, of a metaclass that none has, as those of binding generators are (``pybind11_type``)."""
    if not issubclass(value, type):
        return None
    todo, seen = [object], set[int]()
    while todo:
        for cls in type.__subclasses__(todo.pop()):
            if id(cls) in seen or issubclass(cls, type):
                continue
            seen.add(id(cls))
            todo.append(cls)
            home = type.__getattribute__(cls, "__module__") if type(cls) is value else None
            if isinstance(home, str) and home != "__main__" and get(f"{home}:{qualname_of(cls)}")[1] is cls:
                return cls
    return None


def _in_any_module(name: str, value: type) -> str | None:
    for other, module in list(sys.modules.items()):
        if isinstance(module, types.ModuleType) and other != "__main__" and attributes_of(module).get(name) is value:
            return f"{other}:{name}"
    return None


def of_object_in(home: str, name: str, value: Any) -> str | None:
    """The place of what any module of a library has under this name."""
    for module in map(sys.modules.get, _modules_of(home, len(sys.modules))):
        if isinstance(module, types.ModuleType) and vars(module).get(name) is value:
            return f"{module.__name__}:{name}"
    return None


def _below_a_module(value: type, home: str, name: str) -> str | None:
    """The place of a class whose module is an attribute of an importable one, as in libraries that are one extension module."""
    above, inside = home, name
    while above not in sys.modules:
        above, dot, last = above.rpartition(".")
        if not dot:
            return None
        inside = f"{last}.{inside}"
    place = f"{above}:{inside}"
    return place if get(place)[1] is value else None


def library_of(place: object) -> str:
    """The library that a place, or a module's name, is in."""
    return str(place).partition(":")[0].partition(".")[0]


def modules_of_library(library: str) -> Iterator[tuple[str, types.ModuleType]]:
    """Names and modules of a library that are imported."""
    for name, module in list(sys.modules.items()):
        if isinstance(module, types.ModuleType) and name.partition(".")[0] == library:
            yield name, module


@functools.lru_cache(maxsize=64)
def _modules_of(home: str, _: int) -> tuple[str, ...]:
    """Names of a library's modules, likely ones first; looked for again when modules were imported."""
    top = home.partition(".")[0]
    return tuple(
        dict.fromkeys([top, home, top.lstrip("_"), *(n for n in list(sys.modules) if n.startswith(top + "."))])
    )


def is_ours(place: str) -> bool:
    """Whether what is set at a place is kept by its place, and not by a provider of process state."""
    if place.startswith(_MODULES + "['"):  # a module under another name, or something in a module's place
        return True
    kept_elsewhere = any(place == other or place.startswith((other + "[", other + ".")) for other in _NOT_OURS)
    return not kept_elsewhere and not place.startswith(("sojourn_kernel", "builtins:"))


def is_kept_elsewhere(value: Any) -> bool:
    """Whether an object is one that a provider of process state keeps, at whatever place it was found."""
    held = (place for place in _NOT_OURS if place.partition(":")[0] in sys.modules)
    return any(get(place)[1] is value for place in held)


def owner_of(place: str) -> tuple[Any, str]:
    """The object that holds the value, imported if need be, and the last step: an attribute's name or ``[key]``.

    The owner is None where there is none.
    """
    from ..rebuild import module as find_module

    name, _, chain = place.partition(":")
    owners, last = _split(chain)
    try:
        owner: Any = find_module(name)
        for one in owners:
            owner = owner[key_of(one)] if one.startswith("[") else lifted.held(owner, one)
    except Exception:  # importing runs the user's code, which may raise anything
        return None, last
    return owner, last


@functools.lru_cache(maxsize=1024)
def _steps(text: str) -> tuple[str, ...]:
    """``("['a']", "b", '[1]')`` of ``['a'].b[1]``."""
    found: list[str] = []
    node: ast.expr = ast.parse(f"_{text}", mode="eval").body
    while isinstance(node, (ast.Subscript, ast.Attribute)):
        found.insert(0, node.attr if isinstance(node, ast.Attribute) else f"[{ast.unparse(node.slice)}]")
        node = node.value
    return tuple(found)


def _split(chain: str) -> tuple[list[str], str]:
    names, bracket, rest = chain.partition("[")
    steps = [*names.split("."), *(_steps(bracket + rest) if bracket else ())]
    return steps[:-1], steps[-1]


def key_of(last: str) -> Any:
    """The key of a place's last step ``[key]``."""
    return ast.literal_eval(last[1:-1])


def get(place: str) -> tuple[bool, Any]:
    """Whether there is a value of its own at a place, and the value; descriptors of classes as they are."""
    owner, last = owner_of(place)
    if owner is None:
        return False, None
    try:
        if last.startswith("["):
            return True, owner[key_of(last)]
        held = lifted.namespace(owner) if isinstance(owner, NAMED) else {}
        if last in held:
            return True, held[last]
        if isinstance(owner, type) and _is_of_metaclass(owner, last):
            return True, getattr(owner, last)
        if last in _PARTS.get(type(owner), ()) or (isinstance(owner, type) and last in _PARTS[type]):
            return True, getattr(owner, last)
        if type(owner) in (types.ModuleType, types.FunctionType) or isinstance(owner, type):
            return False, None
        return True, getattr(owner, last)
    except Exception:  # an object of a library's may answer with anything
        return False, None


def get_here(place: str) -> tuple[bool, Any]:
    """The same where a session goes on: a module is asked for what it makes as it is first asked for it (PEP 562)."""
    exists, value = get(place)
    owner, last = (None, "") if exists else owner_of(place)
    if not issubclass(type(owner), types.ModuleType) or "__getattr__" not in attributes_of(owner):
        return exists, value
    try:
        return True, getattr(owner, last)
    except Exception:  # whatever a library's code says
        return False, None


def _is_of_metaclass(owner: type, name: str) -> bool:
    """Whether a class's own class computes an attribute of it, and takes another value for it: ``settings.verbosity = 3``."""
    bases = type.mro(type(owner))
    held = next((vars(base)[name] for base in bases if base not in (type, object) and name in vars(base)), None)
    return isinstance(held, property) and held.fset is not None


REPLACED: dict[str, Any] = {}
"""By place: the functions and classes that stood there before this process put others in their place, or none."""


def has_a_name(value: Any) -> bool:
    """A function or class, which streams refer to by where it stands."""
    return isinstance(value, NAMED[1:]) or type(value).__name__ in _BUILT_IN


def _remember(place: str) -> None:
    exists, value = get(place)
    if exists and has_a_name(value):
        REPLACED.setdefault(place, value)


def put(place: str, value: Any) -> None:
    """Set the value at a place, and remember what stood there. Raises what the owner raises."""
    _remember(place)
    owner, last = owner_of(place)
    if last.startswith("["):
        owner[key_of(last)] = value
    else:
        lifted.put(owner, last, value)


def remove(place: str) -> None:
    """Remove the value at a place, if there is one, and remember it."""
    _remember(place)
    owner, last = owner_of(place)
    if not get(place)[0]:
        return
    if last.startswith("["):
        del owner[key_of(last)]
    else:
        lifted.remove(owner, last)
