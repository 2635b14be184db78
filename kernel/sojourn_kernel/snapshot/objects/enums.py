"""Enumerations made in cells: made again member by member, without running what their class statement ran."""

from __future__ import annotations

from enum import EnumMeta
from typing import Any

import cloudpickle.cloudpickle as cp

from .. import rebuild, rebuild_classes
from ..looking.classes import made_in_c, state_of
from . import code_first
from .contents import parts_of_state

# Where a member is a value of such a type as well, how the bare value is read.
_VALUES: dict[type, Any] = {
    int: int.__int__, float: float.__float__, str: str.__str__, bytes: lambda one: bytes.__getitem__(one, slice(None)),
    tuple: lambda one: tuple.__getitem__(one, slice(None)),
}  # fmt: skip
# What the metaclass makes by itself, and what its making again would not accept.
_MADE = (
    "_member_names_", "_member_map_", "_value2member_map_", "_unhashable_values_", "_hashable_values_",
    "_unhashable_values_map_",
)  # fmt: skip
_NEXT = "_generate_next_value_"
_OF_FLAGS = ("_boundary_", "_flag_mask_", "_singles_mask_", "_all_bits_")  # what combinations are made by


def reduce(cls: Any) -> tuple[Any, ...]:
    """The skeleton has all members, for what fills the class may name them; their attributes are filled in with the class."""
    members, aliases = [], {}
    for name, member in cls.__members__.items():
        if member._name_ == name:
            members.append((name, member._value_, _data_of(cls, member)))
        else:
            aliases[name] = member._name_
    attributes, slots, order = state_of(cls)
    kept = {k: v for k, v in attributes.items() if k not in _MADE and v is not cls.__members__.get(k, _MADE)}
    if _NEXT in kept and getattr(getattr(kept[_NEXT], "__func__", kept[_NEXT]), "__module__", "") == "enum":
        del kept[_NEXT]  # Python's own, which the metaclass puts there
    inner = {name: parts_of_state(cls.__members__[name]) for name, _, _ in members}
    for held, _ in inner.values():  # a flag remembers its inverse, which is found by its value once the class is filled
        held.update(dict.fromkeys({"_inverted_"} & held.keys()))
    new = (
        type(cls),
        cls.__name__,
        cls.__bases__,
        cls.__module__,
        members,
        aliases,
        list(cls._member_names_),
        list(cls.__members__),
        {name: kept[name] for name in _OF_FLAGS if name in kept},
    )
    state = ((kept, slots), inner, cls.__qualname__, order)
    return code_first.ahead(cls, kept, (rebuild_classes.new_class, (make, new), state, None, None, fill))


def make(
    metaclass: Any,
    name: str,
    bases: tuple[Any, ...],
    module: str,
    members: list[tuple[str, Any, tuple[Any, ...] | None]],
    aliases: dict[str, str],
    listed: list[str],
    order: list[str] | None = None,
    of_flags: dict[str, Any] | None = None,
) -> Any:
    cls = metaclass.__new__(metaclass, name, bases, EnumMeta.__prepare__(name, bases))
    cls.__module__ = module
    found: dict[str, Any] = {}
    for own, value, data in members:
        member: Any = _bare(cls, value) if data is None else data[0].__new__(cls, *data[1:])
        found[own] = member
        vars(member).update(_value_=value, _name_=own, __objclass__=cls)
        _note_value(cls, own, value, member)
    for alias, own in aliases.items():
        found[alias] = found[own]
    cls._member_names_[:] = listed
    cls._member_map_.update((one, found[one]) for one in order or found)
    for own, member in found.items():
        type.__setattr__(cls, own, member)
    for own, held in (of_flags or {}).items():  # what fills the class may be a combination of its members
        type.__setattr__(cls, own, held)
    return cls


def _note_value(cls: Any, name: str, value: Any, member: Any) -> None:
    """Have a member found by its value, as this version of Python looks for it."""
    try:
        cls._value2member_map_.setdefault(value, member)
        vars(cls).get("_hashable_values_", []).append(value)
    except TypeError:  # no hash: it is looked for among the members
        vars(cls).get("_unhashable_values_", []).append(value)
        vars(cls).get("_unhashable_values_map_", {}).setdefault(name, []).append(value)


def _data_of(cls: Any, member: Any) -> tuple[Any, ...] | None:
    """The type that a member's layout is of, and what that makes it of."""
    base = next((base for base in _VALUES if isinstance(member, base)), None)
    if base is not None:
        return base, _VALUES[base](member)
    of_c = next((base for base in cls.__mro__[:-1] if made_in_c(base)), None)
    reduced = of_c.__reduce__(member) if of_c is not None else None  # a date, a decimal number
    return (of_c, *reduced[1]) if isinstance(reduced, tuple) and reduced[0] is cls else None


def _bare(cls: Any, value: Any) -> Any:
    try:
        return object.__new__(cls)
    except TypeError:  # members are values of a type with a layout of its own, such as a date
        return cls._member_type_.__new__(cls, *(value if isinstance(value, tuple) else (value,)))


def fill(cls: Any, state: tuple[Any, ...]) -> None:
    (attributes, slots), inner, *names = state
    members: dict[str, Any] = cls._member_map_ if isinstance(cls, EnumMeta) else {}  # type: ignore[attr-defined]
    # What shows the member, and of members what a base has by that name.
    for name in attributes.keys() & members.keys():
        type.__setattr__(cls, name, attributes[name])
    attributes = {name: held for name, held in attributes.items() if name not in members}
    rebuild_classes.fill_class(cls, (cp._class_setstate, (attributes, slots), *names))
    for name, held in inner.items() if members else ():
        if isinstance(held, tuple):  # all that it has, in its order
            vars(members[name]).clear()
        rebuild.set_state(members[name], held)
