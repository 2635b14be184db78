"""What cells set inside modules that are not theirs: ``np.my = 3``, ``pd.DataFrame.peek = f``, ``mpmath.mp.dps = 40``.

It is found in the code, not by walking the libraries. What is set by calls is :mod:`.ambient.library_calls`' business.
"""

from __future__ import annotations

import ast
import re
import sys
import types
from collections import ChainMap
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ...observe.cell_tree import nodes_of
from ..looking.attributes import name_of
from ..looking.classes import module_of
from . import entered_patches, imported, places, whose

PATCH = "@patch/"
_MAYBE = re.compile(r"(?:\.\s*\w+|\])\s*(?:[-+*/%&|^@]|//|\*\*|<<|>>)?=(?!=)|setattr|\bdel\b|\.\w+\s*:")


SET: set[str] = set()
DELETED: set[str] = set()
"""Places that were set and deleted in this process, by cells or by a restore: modules belong to the process."""


def note(source: str, namespace: Mapping[str, Any]) -> None:
    """Remember what a cell's code set and deleted."""
    stored, deleted = find(source, namespace)
    SET.update(place for place in stored if not any(place.startswith((one + "[", one + ".")) for one in stored | SET))
    DELETED.update(deleted)
    DELETED.difference_update(stored)
    entered_patches.note(source, namespace, lambda owner, name: _place(owner, name, namespace))
    SET.update((*entered_patches.in_force(), *entered_patches.note_dicts()))


def note_functions(source: str, module: types.ModuleType) -> None:
    """Remember what the functions of a user's module set when they are called; what it sets itself it sets whenever it is imported."""
    if _MAYBE.search(source):
        defined = [node for node in nodes_of(source) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]
        for function in defined:
            note(ast.unparse(function), vars(module))


def find(source: str, namespace: Mapping[str, Any]) -> tuple[set[str], set[str]]:
    """Places that a cell's code sets and deletes; names are looked up as they are after the cell ran."""
    if not _MAYBE.search(source):
        return set(), set()
    nodes = nodes_of(source)
    names: Mapping[str, Any] = ChainMap(namespace, dict(imports(nodes)))  # type: ignore[arg-type]
    stored: set[str] = set()
    deleted: set[str] = set()
    for node, last, removed in _targets(nodes, names):
        place = _place(node, last, names)
        if place is not None:
            (deleted if removed else stored).add(place)
    return stored - deleted, deleted - stored


def _targets(nodes: Iterable[ast.AST], names: Mapping[str, Any]) -> Iterator[tuple[ast.expr, str, bool]]:
    """Owner, attribute or ``[key]``, and whether it is deleted."""
    for node in nodes:
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, (ast.Store, ast.Del)):
            yield node.value, node.attr, isinstance(node.ctx, ast.Del)
        elif isinstance(node, ast.Subscript) and isinstance(node.ctx, (ast.Store, ast.Del)):
            key = _constant(node.slice)
            if isinstance(node.slice, ast.Name):
                key = names.get(node.slice.id)
            if _is_text_or_number(key):
                yield node.value, f"[{key!r}]", isinstance(node.ctx, ast.Del)
        elif isinstance(node, ast.Call) and len(node.args) >= 2 and _called(node) in ("setattr", "delattr"):
            name = node.args[1]
            if isinstance(name, ast.Constant) and isinstance(name.value, str):
                yield node.args[0], name.value, _called(node) == "delattr"


def _constant(node: ast.expr) -> Any:
    """The value of a constant, or of a tuple of constants; None for other expressions."""
    try:
        return ast.literal_eval(node) if isinstance(node, (ast.Constant, ast.Tuple, ast.UnaryOp)) else None
    except ValueError:
        return None


def _is_text_or_number(key: Any) -> bool:
    """Whether a key can be written into a place; a tuple of such keys can."""
    return type(key) in (str, int) or (type(key) is tuple and all(map(_is_text_or_number, key)))


def _called(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else ""


def imports(nodes: Iterable[ast.AST]) -> Iterator[tuple[str, Any]]:
    """Names that imports among the nodes bind, a function's own among them."""
    for node in nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                module = alias.name if alias.asname else alias.name.split(".")[0]
                if module in sys.modules:
                    yield alias.asname or module, sys.modules[module]
        elif isinstance(node, ast.ImportFrom) and node.module in sys.modules and not node.level:
            home = sys.modules[node.module]
            held = vars(home) if whose.is_users(home) else None  # its own __getattr__ is not to run once more
            for alias in node.names:
                if hasattr(home, alias.name) if held is None else alias.name in held:
                    yield alias.asname or alias.name, getattr(home, alias.name)


def _place(node: ast.expr, last: str, names: Mapping[str, Any]) -> str | None:
    """The place of ``<node>.last`` or ``<node>[key]``, if the owner is part of a library."""
    found = _find(node, names)
    if found is None:
        return None
    owner, place = found
    if last.startswith("["):
        return places.inside(place, last) if ":" in place and _is_librarys(owner) else None
    if isinstance(owner, places.NAMED):
        return places.of_attribute(owner, last)
    return places.inside(place, f".{last}") if _is_librarys(owner) else None


def _is_one(value: Any, kinds: Any) -> bool:
    """Without asking an object of the session's own classes, which may count what it is asked."""
    cls = type(value)
    return issubclass(cls, kinds) or (module_of(cls) != "__main__" and isinstance(value, kinds))


def _find(node: ast.expr, names: Mapping[str, Any]) -> tuple[Any, str] | None:
    """The object that a chain of names stands for, and its place; a module's place has no colon."""
    if isinstance(node, ast.Name):
        value: Any = names.get(node.id)
        if _is_one(value, types.ModuleType):
            return value, name_of(value)
        if _is_one(value, places.NAMED):
            return value, f"{value.__module__}:{value.__qualname__}"
        place = imported.of_value(value) or places.of_object(node.id, value)
        return (value, place) if place else None
    if isinstance(node, ast.Attribute):
        found = _find(node.value, names)
        if found is None:
            return None
        owner, place = found
        try:
            value = getattr(owner, node.attr)
        except Exception:  # a property of a library's may raise anything
            return None
        if isinstance(value, types.ModuleType) and sys.modules.get(value.__name__) is value:
            return value, value.__name__
        return value, f"{place}.{node.attr}" if ":" in place else f"{place}:{node.attr}"
    if isinstance(node, ast.Call):
        return _find_given(node, names)
    return _find_entry(node, names) if isinstance(node, ast.Subscript) else None


def _find_given(node: ast.Call, names: Mapping[str, Any]) -> tuple[Any, str] | None:
    """What a library's getter gives of its module's own: ``get_named_colors_mapping()``. It is called once more."""
    found = _find(node.func, names) if not node.args and not node.keywords else None
    getter = found[0] if found is not None else None
    if not isinstance(getter, types.FunctionType) or not getter.__name__.startswith("get_"):
        return None
    try:
        value, home = getter(), sys.modules[getter.__module__].__name__
    except Exception:  # it wants what the cell had
        return None
    name = next((name for name, held in getter.__globals__.items() if held is value), None)
    return (value, f"{home}:{name}") if name is not None and home != "__main__" else None


def _find_entry(node: ast.Subscript, names: Mapping[str, Any]) -> tuple[Any, str] | None:
    """What a library's dict or list holds under a key that is written out, or that a name stands for."""
    found = _find(node.value, names)
    owner, place = found or (None, "")
    key = names.get(node.slice.id) if isinstance(node.slice, ast.Name) else _constant(node.slice)
    if ":" not in place or not isinstance(owner, (dict, list, Mapping)) or not _is_text_or_number(key):
        return None
    try:
        return owner[key], f"{place}[{key!r}]"  # type: ignore[index]
    except (LookupError, TypeError):
        return None


def _is_librarys(owner: Any) -> bool:
    """An object that a library made, and not one that a cell put there."""
    home = getattr(type(owner), "__module__", "__main__")
    return home != "__main__" and not isinstance(owner, (*places.NAMED[1:], types.MethodType, type(None)))
