"""State inside functions of the user's modules: what their closures hold, and defaults that can change.

Importing a module makes its functions again, with all that only they hold as it was at first.
"""

from __future__ import annotations

import collections
import dis
import functools
import types
from collections.abc import Iterator
from typing import Any

from ..lost import told_of

_CONSTANT = (int, float, complex, str, bytes, bool, type(None), type(...), type(NotImplemented), range)
_OF_IMPORT = (types.FunctionType, types.BuiltinFunctionType, types.MethodType, type, types.ModuleType, functools._lru_cache_wrapper)  # fmt: skip
_CONTAINERS = (list, dict, set, bytearray, collections.deque, collections.OrderedDict, collections.defaultdict)
_REBINDING = frozenset({"STORE_DEREF", "DELETE_DEREF"})


def functions_of(owner: Any) -> Iterator[tuple[str, types.FunctionType]]:
    """The functions that a module or a class has, by the name of what leads to them: ``area.setter``'s is ``area.fset``."""
    for name, value in list(vars(owner).items()):
        if isinstance(value, (staticmethod, classmethod)):
            value = value.__func__
        if isinstance(value, types.FunctionType):
            yield name, value
        elif isinstance(value, property):
            for part in ("fget", "fset", "fdel"):
                if isinstance(one := getattr(value, part), types.FunctionType):
                    yield f"{name}.{part}", one


def read(function: types.FunctionType, file: str | None, seen: set[int]) -> dict[str, Any] | None:
    """What a function holds that its module's code would not make again; None for nothing.

    file: of its module. seen: ids of the functions and cells that were read for this module.
    """
    if id(function) in seen or not (function.__closure__ or function.__defaults__ or function.__kwdefaults__):
        return None
    seen.add(id(function))
    own = function.__code__.co_filename == file  # of a library's decorator only what is plainly a container is kept
    is_state = _is_state if own else _is_container
    rebound = _rebound(function.__code__) if own else frozenset()
    cells: dict[str, Any] = {}
    inner: dict[str, Any] = {}
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        value = contents(cell)
        if isinstance(value, types.FunctionType):
            if name not in rebound and (found := read(value, file, seen)) is not None:
                inner[name] = found
        elif id(cell) not in seen and (is_state(value) or (name in rebound and isinstance(value, _CONSTANT))):
            seen.add(id(cell))
            cells[name] = value
    defaults = {n: v for n, v in enumerate(function.__defaults__ or ()) if own and _is_state(v)}
    named = {n: v for n, v in (function.__kwdefaults__ or {}).items() if own and _is_state(v)}
    found = {"cells": cells, "inner": inner, "defaults": defaults, "kwdefaults": named}
    return {part: held for part, held in found.items() if held} or None


def put(owner: Any, path: str, state: dict[str, Any]) -> bool:
    """Give the function that a path leads to from its module what it held; whether it is there."""
    name, _, rest = path.partition(".")
    if isinstance(vars(owner).get(name), type):
        return put(vars(owner)[name], rest, state)
    function = dict(functions_of(owner)).get(path)
    if function is not None:
        _fill(function, state)
    return function is not None


def _fill(function: types.FunctionType, state: dict[str, Any]) -> None:
    cells = dict(zip(function.__code__.co_freevars, function.__closure__ or (), strict=True))
    for name, value in state.get("cells", {}).items():
        if name in cells and told_of(value) is None:
            cells[name].cell_contents = value
    for name, inner in state.get("inner", {}).items():
        wrapped = contents(cells[name]) if name in cells else None
        if isinstance(wrapped, types.FunctionType):
            _fill(wrapped, inner)
    positional = list(function.__defaults__ or ())
    for number, value in state.get("defaults", {}).items():
        if number < len(positional) and told_of(value) is None:
            positional[number] = value
    if positional:
        function.__defaults__ = tuple(positional)
    for name, value in state.get("kwdefaults", {}).items():
        if function.__kwdefaults__ and told_of(value) is None:
            function.__kwdefaults__[name] = value


def contents(cell: types.CellType, empty: Any = None) -> Any:
    """What a cell of a closure holds."""
    try:
        return cell.cell_contents
    except ValueError:
        return empty


def functions_in(closure: tuple[types.CellType, ...]) -> list[types.FunctionType]:
    """The functions that a closure holds."""
    return [held for held in map(contents, closure) if type(held) is types.FunctionType]


def _is_state(value: Any) -> bool:
    """Whether a value may have changed, or may be known by its identity."""
    if type(value) in (tuple, frozenset):
        return any(map(_is_state, value))
    return not isinstance(value, (*_CONSTANT, *_OF_IMPORT))


def _is_container(value: Any) -> bool:
    return type(value) in _CONTAINERS


@functools.lru_cache(maxsize=2048)
def _rebound(code: types.CodeType) -> frozenset[str]:
    """Variables of enclosing functions that code, or what is nested in it, binds anew (``nonlocal``)."""
    bound = {str(one.argval) for one in dis.get_instructions(code) if one.opname in _REBINDING}
    for inner in code.co_consts:
        if isinstance(inner, types.CodeType):
            bound |= _rebound(inner)
    return frozenset(bound & set(code.co_freevars))
