"""Functions and classes made in cells, as they are now: their code, and what they hold, which no statement run again makes anew."""

from __future__ import annotations

import abc
import ast
import dataclasses
import datetime
import decimal
import enum
import fractions
import functools
import re
import types
import typing
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from ..observe.accesses import LIBRARIES, is_data
from ..observe.cell_tree import walk
from ..observe.lineage import CellExecution
from ..snapshot.libraries.function_state import contents
from ..snapshot.objects.definitions import is_definition
from .kinds import DATA, HELD, UNKNOWN, Code, Kind, Known, Scope
from .known import is_known

_METACLASSES = (type, abc.ABCMeta, enum.EnumMeta, type(typing.Protocol))
_CONSTANT = (int, float, complex, str, bytes, type(None), range, type(...), re.Pattern, datetime.date, datetime.timedelta, datetime.tzinfo,
             decimal.Decimal, fractions.Fraction, enum.Enum)  # fmt: skip
_SLOTS = (types.MemberDescriptorType, types.GetSetDescriptorType)
# Methods that dataclasses write, which only set and compare fields.
_WRITTEN = frozenset({"__init__", "__repr__", "__eq__", "__lt__", "__le__", "__gt__", "__ge__", "__hash__", "__setattr__", "__delattr__",
                      "__replace__", "__new__", "_replace", "_make", "_asdict", "__getnewargs__"})  # fmt: skip


class Made:
    """What the session's cells have defined, in its namespace now."""

    def __init__(self, cells: Sequence[CellExecution], namespace: Mapping[str, Any]) -> None:
        self._cells, self._namespace = cells, namespace

    @cached_property
    def _trees(self) -> dict[tuple[str, int, str], ast.AST | None]:
        """By what a code object says of its place; None where two are at one place."""
        found: dict[tuple[str, int, str], ast.AST | None] = {}
        for file, source in {(cell.file_name, cell.source) for cell in self._cells}:
            try:
                tree = ast.parse(source)
            except (SyntaxError, ValueError, RecursionError):
                continue
            for node in walk(tree):
                if isinstance(node, ast.Lambda):
                    key = (file, node.lineno, "<lambda>")
                elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                    first = min([node.lineno, *(one.lineno for one in node.decorator_list)])
                    key = (file, first, node.name)
                else:
                    continue
                found[key] = None if key in found else node
        return found

    def tree_of(self, function: types.FunctionType) -> ast.AST | None:
        """The syntax tree of a function; None where it is in no cell, or can't be told from another on its line."""
        code = function.__code__
        return self._trees.get((code.co_filename, code.co_firstlineno, code.co_name))

    def kind_of(self, value: Any) -> Kind:
        """What an object is that something else holds."""
        if is_constant(value):
            return DATA
        if isinstance(value, types.ModuleType):
            return Known(value)
        if is_definition(value):
            if isinstance(value, types.FunctionType):
                tree = self.tree_of(value)
                return UNKNOWN if tree is None else Code(tree, value)
            return Code(None, value) if type(value) in _METACLASSES else UNKNOWN
        if isinstance(value, (type, types.BuiltinFunctionType, types.FunctionType)):
            return Known(value) if getattr(value, "__module__", None) != "__main__" else UNKNOWN
        return HELD if is_plain(value, 2) else UNKNOWN

    def of_library(self, function: types.FunctionType) -> bool:
        """Whether a function's own code is a library's (what it holds may still be the session's)."""
        return any(part in function.__code__.co_filename for part in LIBRARIES)

    def only_computes(self, function: types.FunctionType) -> bool:
        """Whether a library's function is of one that does no more than that, wherever it says that it is from."""
        return is_known(str(function.__globals__.get("__name__", "")).partition(".")[0])

    def closure_of(self, function: types.FunctionType) -> Scope:
        """The names that a function has from the functions around it."""
        return {
            name: self.kind_of(contents(cell, self))
            for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=False)
        }

    def defaults_of(self, function: types.FunctionType) -> Scope:
        """The parameters that have defaults, and so may be what a function holds."""
        code, defaults = function.__code__, function.__defaults__ or ()
        positional = code.co_varnames[: code.co_argcount]
        named = dict(zip(positional[len(positional) - len(defaults) :], defaults, strict=False))
        return {name: self.kind_of(value) for name, value in {**named, **(function.__kwdefaults__ or {})}.items()}

    def parts_of(self, cls: type) -> Iterator[tuple[str, Any]]:
        """What a class of the session holds that runs, or may: name, and function, class or something unknown."""
        for name, value in vars(cls).items():
            if name == "__init_subclass__":  # runs when a class is made, and those are not made again
                continue
            for part in _parts(value):
                if (isinstance(part, types.FunctionType) and not _is_written(cls, part)) or (
                    isinstance(part, type) and is_definition(part)
                ):
                    yield name, part

    def factories_of(self, cls: type) -> Iterator[tuple[str, Any]]:
        """What makes the defaults of a data class's fields: name, and whatever is called."""
        for one in vars(cls).get("__dataclass_fields__", {}).values():
            if one.default_factory is not dataclasses.MISSING:
                yield one.name, one.default_factory

    @cached_property
    def _attributes(self) -> dict[str, Kind]:
        """Names of attributes that classes hold for all of their instances, and that code may change or that may run."""
        found: dict[str, Kind] = {}
        todo = [value for value in self._namespace.values() if isinstance(value, type) and is_definition(value)]
        seen: set[int] = set()
        while todo:
            cls = todo.pop()
            if id(cls) in seen:
                continue
            seen.add(id(cls))
            todo += [base for base in cls.__mro__ if is_definition(base)]
            for name, value in vars(cls).items():
                if isinstance(value, type) and is_definition(value):
                    todo.append(value)
                elif not name.startswith("__") and not _is_code(value) and not _is_member(cls, name, value):
                    kind = self.kind_of(value)
                    written = name.removeprefix(f"_{cls.__name__.lstrip('_')}") if "__" in name else name
                    if kind != DATA and found.get(written) != UNKNOWN:
                        found[written] = HELD if kind == HELD else UNKNOWN
        return found

    def attribute(self, name: str) -> Kind | None:
        """HELD or UNKNOWN if a class of the session has something under this name that is not made again; else None."""
        return self._attributes.get(name)


def hears_of_subclasses(cls: type) -> bool:
    """Whether code of the session runs when a class derives from it."""
    return any("__init_subclass__" in vars(one) for one in cls.__mro__ if is_definition(one))


def is_constant(value: Any) -> bool:
    """Whether nothing can be changed in it."""
    if isinstance(value, (tuple, frozenset)):
        return all(map(is_constant, value))
    return isinstance(value, _CONSTANT)


def is_plain(value: Any, depth: int) -> bool:
    """Whether a value is data, and nothing in it can be called."""
    if callable(value) or isinstance(value, types.ModuleType) or not is_data(value, depth):
        return False
    if isinstance(value, dict):
        return all(is_plain(item, depth - 1) for pair in value.items() for item in pair)
    return not isinstance(value, (list, tuple, set, frozenset)) or all(is_plain(item, depth - 1) for item in value)


def _parts(value: Any) -> list[Any]:
    if isinstance(value, (staticmethod, classmethod)):
        return [value.__func__]
    if isinstance(value, property):
        return [value.fget, value.fset, value.fdel]
    return [value.func] if isinstance(value, functools.cached_property) else [value]


def _is_code(value: Any) -> bool:
    """Whether it is part of a class as its methods are."""
    return isinstance(
        value, (types.FunctionType, staticmethod, classmethod, property, functools.cached_property, *_SLOTS)
    )


def _is_member(cls: type, name: str, value: Any) -> bool:
    """Whether it belongs to what enumerations, named tuples and abstract classes are made of."""
    made_of = isinstance(cls, enum.EnumMeta) or issubclass(cls, tuple) or isinstance(cls, abc.ABCMeta)
    return made_of and (name.startswith("_") or isinstance(value, cls) or type(value).__name__ == "_tuplegetter")


def _is_written(cls: type, function: types.FunctionType) -> bool:
    """Whether a library has written this method from the fields of its class."""
    fields = "__dataclass_fields__" in vars(cls) or (issubclass(cls, tuple) and hasattr(cls, "_fields"))
    file = function.__code__.co_filename
    return fields and function.__name__ in _WRITTEN and (file == "<string>" or any(part in file for part in LIBRARIES))
