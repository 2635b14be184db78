"""What Python's own syntax makes of types (``type X = …``, ``class Box[T]``): no module has it by its name.

What such an alias stands for, and what bounds a parameter, is evaluated when it is first asked for, by functions that only the object
holds. They are read, and written into a new one, where they lie: nothing is evaluated that nobody has asked for, and an alias may be
part of what it stands for. The layouts are those of typevarobject.c of each version.
"""

from __future__ import annotations

import sys
import typing
from typing import Any

from ..looking import pointers
from . import reducer

_BOUNDED = ("bound", "evaluate_bound", "constraints", "evaluate_constraints")
_DEFAULT = ("default", "evaluate_default")
_PARTS: dict[tuple[int, int], dict[str, tuple[str, ...]]] = {
    (3, 12): {"TypeVar": _BOUNDED, "TypeVarTuple": (), "ParamSpec": ("bound",)},
    (3, 13): {"TypeVar": (*_BOUNDED, *_DEFAULT), "TypeVarTuple": _DEFAULT, "ParamSpec": ("bound", *_DEFAULT)},
}
"What parameters hold after their name."
_OF_ALIAS = ("type_params", "compute_value", "value", "module")


def _layout(kind: str) -> dict[str, int] | None:
    """Where objects of a kind hold what comes after their name; None where this version's layout is not known."""
    of_version = _PARTS.get(sys.version_info[:2])
    if of_version is None or sys.implementation.name != "cpython":
        return None
    names = _OF_ALIAS if kind == "TypeAliasType" else of_version[kind]
    return {name: pointers.FIRST + place * pointers.SIZE for place, name in enumerate(names, 1)}


def _held(value: Any, layout: dict[str, int]) -> dict[str, Any]:
    held = {name: pointers.held_at(value, offset) for name, offset in layout.items()}
    return {name: pointers.object_at(address) for name, address in held.items() if address}


def _fill(made: Any, state: dict[str, Any]) -> None:
    for name, offset in (_layout(type(made).__name__) or {}).items():
        if name in state:
            pointers.exchange(made, offset, state[name])
        else:
            pointers.empty(made, offset)
    if sys.version_info < (3, 12):
        for name in {"bound", "constraints"} & state.keys():
            setattr(made, f"__{name}__", state[name])


def is_of_syntax(parameter: Any) -> bool:
    """Whether a parameter was made by ``[T]`` behind a name: it says of itself that it is typing's, which does not have it."""
    name = parameter.__name__
    return parameter.__module__ == "typing" and getattr(typing, name, None) is not parameter


def make_parameter(kind: str, name: str) -> Any:
    """One that is to be filled; before there was the syntax, one as ``typing`` makes it."""
    if sys.version_info >= (3, 12):
        _must_be_known(kind, name)
    options = {} if kind == "TypeVarTuple" or sys.version_info < (3, 12) else {"infer_variance": True}
    made = getattr(typing, kind)(name, **options)
    if sys.version_info >= (3, 12):
        del made.__module__  # those of the syntax have none of their own
    return made


def make_alias(name: str) -> Any:
    """One that is to be filled."""
    _must_be_known("TypeAliasType", name)
    return typing.TypeAliasType(name, None)  # type: ignore[attr-defined]


def _must_be_known(kind: str, name: str) -> None:
    if _layout(kind) is None:
        raise LookupError(f"{name} was made by another Python version, and can't be made by this one")


def reduce_parameter(value: Any) -> Any:
    kind = type(value).__name__
    layout = _layout(kind)
    if layout is None:
        return NotImplemented
    return make_parameter, (kind, value.__name__), _held(value, layout), None, None, _fill


@reducer("typing:TypeAliasType")
def alias(value: Any) -> Any:
    layout = _layout("TypeAliasType")
    if layout is None:
        return typing.TypeAliasType, (value.__name__, value.__value__, value.__type_params__)  # type: ignore[attr-defined]
    return make_alias, (value.__name__,), _held(value, layout), None, None, _fill
