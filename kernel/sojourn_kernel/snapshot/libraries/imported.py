"""Objects that a library's module holds and that cells took by name: ``from mpmath import mp``, ``config = dask.config.config``.

They come back as the library's own, so that ``mpmath.mp is mp`` still holds. An object that was changed in ways that are not known
to be made again comes back by value instead, like anything of the user's.
"""

from __future__ import annotations

import ast
import enum
import importlib
import re
import sys
import types
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from ...observe.cell_tree import nodes_of
from ...observe.setting_calls import names_of
from .. import rebuild
from ..looking.attributes import attributes_of, name_of
from ..looking.classes import module_of
from . import library_parts, places, seen
from .seen import look

CONTAINERS = seen.CONTAINERS
_ELSEWHERE = ("os", "sys", "builtins", "typing", "sojourn_kernel")
_TAKES = re.compile(r"=[^\n]*\w\.[^\W\d]")
_seen: dict[str, seen.Seen] = {}
"""Places that cells imported from → what was seen of the object then."""
_parts: set[str] = set()
"""Dotted names that cells import, or may; those that are modules are attributes of their packages once they are imported."""


def note(source: str, namespace: Mapping[str, Any], is_users: Callable[[types.ModuleType], bool]) -> None:
    """Remember what a cell took by name. is_users: whether a module is the user's, whose objects are kept by value."""
    if "import" not in source and not _TAKES.search(source):
        return
    _parts.update(_dotted(nodes_of(source)))
    note_taken(source, namespace, is_users)


def note_taken(statement: str, namespace: Mapping[str, Any], is_users: Callable[[types.ModuleType], bool]) -> None:
    """Remember what a statement has just taken by name, which the next may change."""
    nodes = nodes_of(statement)
    for place, value in (*_imported(nodes, namespace, is_users), *_taken(nodes, namespace, is_users)):
        if place not in _seen and _is_kept(value):
            seen_again(place, value)


def parts_of(name: str) -> tuple[str, ...]:
    """Submodules of a module that cells imported: ``import urllib.request`` binds ``urllib``."""
    return tuple(sorted(part for part in _parts if part.startswith(name + ".") and _is_there(part)))


def _is_there(module: str) -> bool:
    """Whether a module was imported; a library may have taken it out of ``sys.modules`` since, to have it imported again."""
    package, _, name = module.rpartition(".")
    held: Any = attributes_of(sys.modules.get(package)).get(name)  # a package's own __getattr__ is not to run
    return module in sys.modules or (issubclass(type(held), types.ModuleType) and held.__name__ == module)


def module_with(name: str, parts: tuple[str, ...]) -> types.ModuleType:
    """A module, with those of its submodules that cells imported."""
    found = rebuild.module(name)
    for part in parts:
        try:
            importlib.import_module(part)
        except Exception:  # using it says what is missing
            continue
        _parts.add(part)
    return found


def _dotted(nodes: Iterable[ast.AST]) -> Iterator[str]:
    for node in nodes:
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            text = node.args[0].value  # importlib.import_module("a.b")
            names = [text] if isinstance(text, str) and any("import" in part for part in names_of(node.func)) else []
        yield from (name for name in names if "." in name)


def seen_again(place: str, value: Any) -> None:
    """A cell has taken it by its place, or a restore found it there."""
    seen_as(place, value)
    library_parts.note(place, value)


def seen_as(place: str, contents: Any) -> None:
    """What a library has at a place was like this when it was first seen."""
    if place not in _seen:
        _seen[place] = look(contents)


def as_seen(library: str) -> list[str]:
    """Places of a library's objects that are as they were seen: what a call does to them from here on is the call's doing."""
    found = []
    for place, then in _seen.items():
        exists, value = places.get(place) if places.library_of(place) == library else (False, None)
        if exists and seen.kind_of(value) is None and look(value) == then:
            found.append(place)
    return found


def see_again(changed: Iterable[str]) -> None:
    """What stands at these places was changed by a call that is made again by each restore."""
    for place in changed:
        exists, value = places.get(place)
        if exists:
            _seen[place] = look(value)


def _is_librarys(module: Any, is_users: Callable[[types.ModuleType], bool]) -> bool:
    name = name_of(module) if isinstance(module, types.ModuleType) else "__main__"
    if name == "__main__" or is_users(module):
        return False
    return name.partition(".")[0] not in _ELSEWHERE and sys.modules.get(name) is module


def _taken(
    nodes: Iterable[ast.AST], namespace: Mapping[str, Any], is_users: Callable[[types.ModuleType], bool]
) -> Iterator[tuple[str, Any]]:
    """``config = dask.config.config``: a name for what a module holds."""
    for node in nodes:
        values = node.value.elts if isinstance(node, ast.Assign) and isinstance(node.value, ast.Tuple) else []
        if isinstance(node, (ast.Assign, ast.AnnAssign, ast.NamedExpr)) and isinstance(node.value, ast.Attribute):
            values = [node.value]
        for chain in map(names_of, values):
            owner = by_way_of_modules(chain[:-1], namespace)
            if _is_librarys(owner, is_users) and chain[-1] in vars(owner):
                yield f"{owner.__name__}:{chain[-1]}", vars(owner)[chain[-1]]


def by_way_of_modules(chain: list[str], namespace: Mapping[str, Any]) -> Any:
    """What names stand for, without asking an object for an attribute; None where that leads elsewhere."""
    found = namespace.get(chain[0]) if chain else None
    for step in chain[1:]:
        found = vars(found).get(step) if isinstance(found, types.ModuleType) else None
    return found


def _imported(
    nodes: Iterable[ast.AST], namespace: Mapping[str, Any], is_users: Callable[[types.ModuleType], bool]
) -> Iterator[tuple[str, Any]]:
    for node in nodes:
        module = sys.modules.get(node.module or "") if isinstance(node, ast.ImportFrom) and not node.level else None
        if not isinstance(node, ast.ImportFrom) or module is None or not _is_librarys(module, is_users):
            continue
        for alias in node.names:
            for name in _names_of(module, alias.name):
                if name in vars(module):
                    yield f"{module.__name__}:{name}", vars(module)[name]
                else:  # a module's own __getattr__ has found it in another
                    value = namespace.get(alias.asname or name)
                    if (place := places.of_object_in(module.__name__, name, value)) is not None:
                        yield place, value


def _names_of(module: types.ModuleType, name: str) -> Iterable[str]:
    """What a cell gets by a name that it imports: by ``*`` all that the module shows."""
    if name != "*":
        return (name,)
    shown = vars(module).get("__all__")
    return list(map(str, shown)) if shown is not None else [one for one in vars(module) if not one.startswith("_")]


def _is_kept(value: Any) -> bool:
    cls = type(value)
    if cls in CONTAINERS:
        return not _is_namespace(value)
    home = getattr(cls, "__module__", None)
    if (
        not isinstance(home, str)
        or home in ("__main__", "builtins")
        or issubclass(cls, (enum.Enum, BaseException, *places.NAMED))
    ):
        return False
    return bool(cls.__dictoffset__) or seen.kind_of(value) is not None or seen.has_slots(cls)


def _is_namespace(value: Any) -> bool:
    """Whether it is a module's own dictionary: a star takes ``__builtins__`` along where ``__all__`` names it."""
    return type(value) is dict and "__name__" in value and "__spec__" in value


def held(set_places: set[str]) -> dict[str, Any]:
    """Place → object, of those that come back as the library's own. set_places: those that settings are put in again."""
    found: dict[str, Any] = {}
    for place, then in _seen.items():
        exists, value = places.get(place)
        if not exists or not _is_kept(value) or place in set_places:
            continue
        made_again = any(one.startswith((f"{place}.", f"{place}[")) for one in set_places)
        if made_again or type(value) in CONTAINERS or (then.is_whole and _has_its_attributes(value, then)):
            found[place] = value
    return found


def _has_its_attributes(value: Any, then: seen.Seen) -> bool:
    """Whether an object is as it was, but for what properties of its class remember; asked again, they import what they need (sympy's ``Q``);
    what a container holds is put in again."""
    now = seen.attributes_in(value)
    held = {name: one for name, one in now.items() if name in then.attributes or not _is_remembered(value, name)}
    return bool(held == then.attributes)


def _is_remembered(owner: Any, name: str) -> bool:
    """Whether an attribute is an object of the owner's library that a property without a setter keeps."""
    cls, held = type(owner), type(attributes_of(owner).get(name))
    shown = next((vars(one)[name[1:]] for one in cls.__mro__ if name.startswith("_") and name[1:] in vars(one)), None)
    of_its_library = module_of(held).partition(".")[0] == module_of(cls).partition(".")[0]
    return type(shown) is property and shown.fset is None and of_its_library


def changed() -> dict[str, Any]:
    """Place → contents of the containers that are not as they were imported; what stands there already as ``Stays``."""
    found: dict[str, Any] = {}
    for place, then in _seen.items():
        exists, value = places.get(place)
        if not exists or not places.is_ours(place) or not seen.has_changed(then, value):
            continue
        if not places.is_kept_elsewhere(value) and _has_its_attributes(value, then):
            found[place] = seen.contents_since(then, value)
    return found


def put(place: str, contents: Any) -> None:
    """Give a container of a library's its contents; containers in it stay the ones that they are."""
    _, value = places.get(place)
    seen_as(place, value)  # as a fresh process has it: the next save compares with that
    if not _is_namespace(value):
        seen.fill(value, contents)
        rebuild.filled[id(value)] = value


def places_by_id() -> dict[int, tuple[str, Any]]:
    """Where the objects with attributes stand that cells took by name, with these."""
    found: dict[int, tuple[str, Any]] = {}
    for place in _seen:
        exists, one = places.get(place)
        if exists and seen.kind_of(one) is None and _is_kept(one):
            found.setdefault(id(one), (place, one))
    return found


def of_value(value: Any) -> str | None:
    """The place that a value was imported from."""
    for place in _seen:
        exists, one = places.get(place)
        if exists and one is value:
            return place
    return None
