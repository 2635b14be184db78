"""Attributes that cells set on modules and classes which are not theirs: ``np.my = 3``, ``pd.DataFrame.peek = f``.

They are found in the code, not by walking the libraries. A path is ``module:Qualified.name``.
"""

from __future__ import annotations

import ast
import re
import sys
import types
from collections.abc import Iterator, Mapping
from typing import Any

from .definitions import is_definition

PATCH = "@patch/"
# Set by the interpreter or the kernel itself, or kept by a provider of process state.
_NOT_OURS = {
    "sys:stdout", "sys:stderr", "sys:stdin", "sys:path", "sys:argv", "sys:modules", "sys:meta_path", "sys:path_hooks",
    "sys:excepthook", "sys:displayhook", "sys:unraisablehook", "sys:ps1", "sys:ps2", "os:environ", "warnings:showwarning",
    "warnings:filters", "tempfile:tempdir", "sys:dont_write_bytecode", "sys:last_exc", "sys:last_type", "sys:last_value",
    "sys:last_traceback", "sys:flags",
}  # fmt: skip
_OWNERS = (types.ModuleType, type, types.FunctionType)
_MAYBE = re.compile(r"\.\s*\w+\s*(?:[-+*/%&|^@]|//|\*\*|<<|>>)?=(?!=)|setattr|\bdel\b|\.\w+\s*:")


SET: set[str] = set()
DELETED: set[str] = set()
"""Paths that were set and deleted in this process, by cells or by a restore: modules belong to the process."""


def note(source: str, namespace: Mapping[str, Any]) -> None:
    """Remember what a cell's code set and deleted."""
    stored, deleted = find(source, namespace)
    SET.update(stored)
    DELETED.update(deleted)
    DELETED.difference_update(stored)


def find(source: str, namespace: Mapping[str, Any]) -> tuple[set[str], set[str]]:
    """Paths that a cell's code sets and deletes; names are looked up as they are after the cell ran."""
    if not _MAYBE.search(source):
        return set(), set()
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return set(), set()
    names = dict(_imports(tree))
    stored: set[str] = set()
    deleted: set[str] = set()
    for node, attribute, removed in _targets(tree):
        owner = _resolve(node, namespace, names)
        path = path_of(owner, attribute) if owner is not None else None
        if path is not None:
            (deleted if removed else stored).add(path)
    return stored - deleted, deleted - stored


def _targets(tree: ast.AST) -> Iterator[tuple[ast.expr, str, bool]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, (ast.Store, ast.Del)):
            yield node.value, node.attr, isinstance(node.ctx, ast.Del)
        elif isinstance(node, ast.Call) and len(node.args) >= 2 and _called(node) in ("setattr", "delattr"):
            name = node.args[1]
            if isinstance(name, ast.Constant) and isinstance(name.value, str):
                yield node.args[0], name.value, _called(node) == "delattr"


def _called(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else ""


def _imports(tree: ast.AST) -> Iterator[tuple[str, Any]]:
    """Names that imports anywhere in the cell bind, a function's own among them."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                module = alias.name if alias.asname else alias.name.split(".")[0]
                if module in sys.modules:
                    yield alias.asname or module, sys.modules[module]
        elif isinstance(node, ast.ImportFrom) and node.module in sys.modules and not node.level:
            for alias in node.names:
                if hasattr(sys.modules[node.module], alias.name):
                    yield alias.asname or alias.name, getattr(sys.modules[node.module], alias.name)


def _resolve(node: ast.expr, namespace: Mapping[str, Any], imported: Mapping[str, Any]) -> Any:
    if isinstance(node, ast.Name):
        found = namespace.get(node.id, imported.get(node.id))
        return found if isinstance(found, _OWNERS) else None
    if isinstance(node, ast.Attribute):
        owner = _resolve(node.value, namespace, imported)
        found = vars(owner).get(node.attr) if owner is not None else None
        return found if isinstance(found, _OWNERS) else None
    return None


def path_of(owner: Any, attribute: str) -> str | None:
    """The path by which an attribute is found in another process; None for what is kept in other ways."""
    if isinstance(owner, types.ModuleType):
        path = f"{owner.__name__}:{attribute}"
        good = owner.__name__ != "__main__" and sys.modules.get(owner.__name__) is owner
    else:
        module = getattr(owner, "__module__", None) or ""
        path = f"{module}:{owner.__qualname__}.{attribute}"
        good = module != "__main__" and not is_definition(owner) and owner_of(path)[0] is owner
    return path if good and path not in _NOT_OURS and not path.startswith(("sojourn_kernel", "builtins:")) else None


def owner_of(path: str) -> tuple[Any, str]:
    """The object that holds the attribute, imported if need be, and the attribute's name; None where there is none."""
    from .rebuild import module as find_module

    name, _, chain = path.partition(":")
    *owners, attribute = chain.split(".")
    try:
        owner: Any = find_module(name)
        for one in owners:
            owner = getattr(owner, one)
    except Exception:  # importing runs the user's code, which may raise anything
        return None, attribute
    return owner, attribute


def patched_value(path: str) -> tuple[bool, Any]:
    """Whether the attribute is set on its owner itself, and its value, descriptors as they are."""
    owner, name = owner_of(path)
    held = vars(owner) if owner is not None else {}
    return (name in held, held.get(name))
