"""What typing makes for a name in a cell: pickle looks for it under that name, which may not be there yet."""

from __future__ import annotations

import typing
from typing import Any

from .. import modules
from . import reducer


def _of_a_cell(value: Any) -> bool:
    return modules.of_cells(value.__module__)


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


def make_parameter(kind: str, name: str, module: str, options: dict[str, Any]) -> Any:
    made = getattr(typing, kind)(name, **options)
    made.__module__ = module
    return made


@reducer("typing:ParamSpec", "typing:TypeVarTuple")
def parameter(value: Any) -> Any:
    if not _of_a_cell(value):
        return NotImplemented
    kind, names = type(value).__name__, ("bound", "covariant", "contravariant")
    options = {name: getattr(value, f"__{name}__") for name in names} if kind == "ParamSpec" else {}
    return make_parameter, (kind, value.__name__, value.__module__, options)
