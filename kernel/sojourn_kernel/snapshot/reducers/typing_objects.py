"""What typing makes for a name in a cell: pickle looks for it under that name, which may not be there yet."""

from __future__ import annotations

import importlib
import typing
from typing import Any

from ..libraries import whose
from ..looking.classes import names_of
from ..objects.definitions import is_definition
from . import reducer, type_statements


def _of_a_cell(value: Any) -> bool:
    return whose.of_cells(value.__module__)


def make_new_type(name: str, module: str) -> Any:
    made: Any = typing.NewType(name, object)  # type: ignore[misc]
    made.__module__ = module
    return made


def fill_new_type(made: Any, state: tuple[Any, str]) -> None:
    made.__supertype__, made.__qualname__ = state


@reducer("typing:NewType")
def new_type(value: Any) -> Any:
    if not _of_a_cell(value):
        return NotImplemented
    state = (value.__supertype__, value.__qualname__)
    return make_new_type, (value.__name__, value.__module__), state, None, None, fill_new_type


def make_parameter(kind: str, name: str, module: str, options: dict[str, Any], home: str = "typing") -> Any:
    cls = getattr(importlib.import_module(home), kind)
    constraints = options.get("constraints", ())
    known = {option: value for option, value in options.items() if option in _known_to(cls)}
    made = cls(name, *constraints, **known)
    made.__module__ = module
    return made


def _known_to(cls: Any) -> set[str]:
    """Options that parameters of a kind have in this version of Python, or of typing_extensions."""
    return {option for option in _OPTIONS if hasattr(cls("T"), f"__{option}__")}


_EXTENDED = "has_default"  # what typing_extensions gives the parameters that it makes, where Python's own have none
_OPTIONS = ("bound", "covariant", "contravariant", "infer_variance", "default")


@reducer("typing:ParamSpec", "typing:TypeVarTuple", "typing:TypeVar")
def parameter(value: Any) -> Any:
    if type_statements.is_of_syntax(value):
        return type_statements.reduce_parameter(value)
    if not _of_a_cell(value):
        return NotImplemented
    kind = type(value).__name__
    said = {name: getattr(value, f"__{name}__", None) for name in ("constraints", *_OPTIONS)}
    options = {name: one for name, one in said.items() if one not in (None, False, ())}
    if hasattr(value, "has_default") and value.has_default():
        options["default"] = value.__default__
    else:
        options.pop("default", None)
    made = (kind, value.__name__, value.__module__, options)
    extended = hasattr(value, _EXTENDED) and not hasattr(type(value), _EXTENDED)
    return make_parameter, (*made, "typing_extensions") if extended else made


@reducer("typing:ParamSpecArgs", "typing:ParamSpecKwargs")
def part_of_parameters(value: Any) -> Any:
    return getattr, (value.__origin__, "args" if type(value).__name__ == "ParamSpecArgs" else "kwargs")


def fill_forward_reference(made: Any, state: dict[str, Any]) -> None:
    for name, value in state.items():
        if hasattr(type(made), name):
            setattr(made, name, value)


@reducer("typing:ForwardRef")
def forward_reference(value: Any) -> Any:
    """Without the code that its text was compiled to, which is of one version of Python."""
    names = [name for name in type(value).__slots__ if name not in ("__forward_code__", "__weakref__")]
    state = {name: getattr(value, name) for name in names if hasattr(value, name)}
    return typing.ForwardRef, (value.__forward_arg__,), state, None, None, fill_forward_reference


def make_alias(origin: Any, arguments: tuple[Any, ...]) -> Any:
    return typing._GenericAlias(origin, arguments)  # type: ignore[attr-defined]


@reducer("typing:_GenericAlias")
def alias(value: Any) -> Any:
    """Its own pickling asks the class for it again, whose ``__class_getitem__`` may be of the user's."""
    origin = value.__origin__
    if type(value).__name__ != "_GenericAlias" or not isinstance(origin, type):
        return NotImplemented
    asked = next((base for base in origin.__mro__ if "__class_getitem__" in names_of(base)), None)
    if asked is None or not is_definition(asked):
        return NotImplemented
    return make_alias, (origin, value.__args__)
