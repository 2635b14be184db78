"""What a cell may have touched, found from its code and not from the objects: the cost does not grow with the namespace.

A name is accessed if the cell's code names it, directly or in a string (``df.query("x > @limit")``, ``%timeit f(x)``), or if
code that the cell can reach does: the functions and classes made in cells. A cell whose reach can't be told from its code
(``exec``, ``globals()``, magics that run other code) has accessed everything: ``None``.
"""

from __future__ import annotations

import ast
import re
import types
from collections.abc import Iterator, Mapping
from typing import Any

_WORD = re.compile(r"[^\W\d]\w*")
_ANYTHING = {"exec", "eval", "globals", "locals", "vars", "compile", "setattr", "delattr", "__main__", "run_cell", "push", "reset", "user_ns",
             "get_ipython", "ip", "__import__", "_getframe", "currentframe", "f_globals", "f_locals", "gc", "inspect", "reload", "ctypes"}  # fmt: skip
_QUIET_MAGICS = {"time", "timeit", "matplotlib", "pwd", "precision", "config", "pip", "conda"}
_PLAIN = {"builtins", "numpy", "pandas", "datetime", "decimal", "fractions", "pandas.core.frame", "pandas.core.series"}
_CONTAINERS = {list, dict, set, tuple, frozenset, object}


def cell_names(source: str) -> set[str] | None:
    """Names in a transformed cell's code and in its strings. None: it can reach anything. Raises SyntaxError."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Name):
            names.add(node.id)
        elif isinstance(node, ast.Attribute):
            if node.attr in ("run_line_magic", "run_cell_magic", "system", "getoutput"):
                continue
            names.add(node.attr)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            names.update(_WORD.findall(node.value[:100_000]))
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            names.add(node.name)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            for alias in node.names:
                if alias.name == "*":
                    return None
                names.add(alias.asname or alias.name.split(".")[0])
        elif (isinstance(node, ast.ExceptHandler) and node.name) or (
            isinstance(node, (ast.MatchAs, ast.MatchStar)) and node.name
        ):
            names.add(node.name)
        elif isinstance(node, ast.MatchMapping) and node.rest:
            names.add(node.rest)
    return names


def code_names(code: types.CodeType) -> Iterator[str]:
    """Names and words that a code object and those nested in it mention."""
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from code_names(constant)
        elif isinstance(constant, str):
            yield from _WORD.findall(constant[:10_000])
        elif isinstance(constant, (tuple, frozenset)):
            for item in constant:
                if isinstance(item, str):
                    yield item


class Accesses:
    """Finds what cells access; remembers what each code object mentions."""

    def __init__(self) -> None:
        self._mentioned: dict[types.CodeType, frozenset[str]] = {}
        self._reached: dict[type, frozenset[str]] = {}

    def of_cell(self, source: str, namespace: Mapping[str, Any]) -> set[str] | None:
        """Names of the namespace, and names the cell makes, that it may read or write; None for all."""
        try:
            names = cell_names(source)
        except (SyntaxError, ValueError, RecursionError):
            return set()  # it did not run either
        if names is None:
            return None
        return self._closure(names, namespace)

    def _closure(self, start: set[str], namespace: Mapping[str, Any]) -> set[str] | None:
        found: set[str] = set()
        queue = list(start)
        any_function = False
        while queue:
            name = queue.pop()
            if name in found:
                continue
            if name in _ANYTHING and name not in namespace:
                return None
            if name in ("get_ipython", "In", "Out") or (name in _ANYTHING and _is_dangerous(namespace.get(name))):
                return None
            found.add(name)
            if name not in namespace:
                continue
            more, opaque = self._mentions(namespace[name])
            queue.extend(more - found)
            if opaque and not any_function:
                any_function = True
                for value in list(namespace.values()):
                    if isinstance(value, (types.FunctionType, type)):
                        queue.extend(self._mentions(value)[0] - found)
        return found

    def _mentions(self, value: Any) -> tuple[frozenset[str], bool]:
        """Names that running code of this value may touch, and whether it may hold functions that can't be seen."""
        if isinstance(value, types.FunctionType):
            return self._of_function(value), bool(value.__closure__ or value.__defaults__)
        cls = value if isinstance(value, type) else type(value)
        module = cls.__module__
        if cls in _CONTAINERS:
            return frozenset(), _holds_objects(value)
        if module.split(".")[0] in _PLAIN or cls is types.ModuleType:
            return frozenset(), bool(str(getattr(value, "dtype", "")) == "object") if module == "numpy" else False
        found = self._reached.get(cls)
        if found is None:
            found = self._reached[cls] = frozenset(self._of_class(cls))
        return found, True

    def _of_function(self, function: types.FunctionType) -> frozenset[str]:
        code = function.__code__
        found = self._mentioned.get(code)
        if found is None:
            found = self._mentioned[code] = frozenset(code_names(code))
        return found

    def _of_class(self, cls: type) -> Iterator[str]:
        for base in cls.__mro__:
            if base.__module__ != "__main__":
                continue
            for member in list(vars(base).values()):
                for function in (
                    member,
                    getattr(member, "__func__", None),
                    getattr(member, "fget", None),
                    getattr(member, "fset", None),
                ):
                    if isinstance(function, types.FunctionType):
                        yield from self._of_function(function)


def _holds_objects(value: Any) -> bool:
    """Whether a container may hold something with code: judged by its first few items."""
    items = list(value.values())[:3] if type(value) is dict and len(value) < 1000 else ()
    return type(value) in (dict, list, tuple, set) and (
        not items or any(callable(item) for item in items) or len(value) < 1000
    )


def _is_dangerous(value: Any) -> bool:
    return isinstance(value, (types.ModuleType, types.BuiltinFunctionType))
