"""How single objects are reduced, whatever pickler meets them."""

from __future__ import annotations

import copyreg
import datetime
import enum
import sys
import types
from typing import Any

import cloudpickle.cloudpickle as cp

from ...told import Cause
from .. import rebuild, rebuild_classes
from ..libraries import originals, singletons
from ..looking.attributes import take_dict
from ..looking.classes import holds_more_than_attributes, module_of, qualname_of, state_of
from ..lost import Absent, reduce_absent
from ..reducers import CannotKeep, lib_sqlalchemy_orm, reducer_for
from . import code_first, contents, enums, made_by_library

_POINTER = type(datetime.datetime_CAPI)  # type: ignore[attr-defined]


def by_default(value: Any) -> Any:
    reduced = object.__reduce_ex__(value, 5)
    return (*reduced, rebuild.set_state) if reduced[2] is not None else reduced


def bare_by_default(value: Any) -> Any:
    state = object.__reduce_ex__(value, 5)[2]
    made = rebuild.bare, (type(value),)
    return (*made, state, None, None, rebuild.set_state) if state is not None else made


def made_by_its_class(value: Any) -> Any:
    """One whose class looks at all that is asked of its objects: made as unpickling does it, and given its state without asking it."""
    _, _, *filling = contents.by_state(value)
    return copyreg.__newobj__, (type(value),), *filling  # type: ignore[attr-defined]


def set_behind_its_back(value: Any) -> Any:
    """One whose class says what its state is and does not let itself set that."""
    make, arguments, state, *_ = value.__reduce_ex__(5)
    return make, arguments, (None, state), None, None, rebuild.set_state


def class_by_value(value: type, leave_out: set[str]) -> Any:
    if type(value) is Absent:
        return reduce_absent(value)
    by_metaclass = reducer_for(type(value))
    if by_metaclass is not None and (reduced := by_metaclass(value)) is not NotImplemented:
        return reduced
    if isinstance(value, enum.EnumMeta):
        return enums.reduce(value)
    if "__mapper__" in value.__dict__ and "sqlalchemy.orm" in sys.modules:
        return lib_sqlalchemy_orm.by_value(value, {})
    made = value.__module__ in rebuild.MADE  # found by its name here, and nowhere else
    reduced = cp._dynamic_class_reduce(value) if made else cp._class_reduce(value)
    if len(reduced) != 6:
        return reduced
    make, arguments, *_, setter = reduced
    attributes, *state, order = state_of(value)
    attributes = {name: held for name, held in attributes.items() if name not in leave_out}
    if make is cp._make_skeleton_class:
        slots = value.__dict__.get("__slots__")
        said = {} if slots is None else {"__slots__": slots}  # part of the layout: it can't be added later
        said |= made_by_library.fields_of(value)
        shown = sorted(made_by_library.shown_by_metaclass(value) & attributes.keys())
        said |= {name: attributes.pop(name) for name in shown}
        bases = value.__bases__ if _asks_for_its_bases(value) else arguments[2]
        arguments = (*arguments[:2], bases, {**arguments[3], **said}, *arguments[4:])
        make, arguments = rebuild_classes.new_class, (make, arguments)
    whole = (setter, (attributes, *state), value.__qualname__, order)
    return code_first.ahead(value, attributes, (make, arguments, whole, None, None, rebuild_classes.fill_class))


def _asks_for_its_bases(value: type) -> bool:
    """Whether a class was made of objects of the session's that gave its bases, by code that is not to run again (``__mro_entries__``)."""
    return any(module_of(type(base)) == "__main__" for base in value.__dict__.get("__orig_bases__", ()))


def holds_pointer(reduced: Any) -> bool:
    """Whether an object's state has a pointer of C code's: such code reads what stands in the pointer's place without a look, and crashes."""
    state = reduced[2] if isinstance(reduced, tuple) and len(reduced) > 2 else None
    parts = state if type(state) is tuple else (state,)
    return any(type(held) is _POINTER for part in parts if type(part) is dict for held in part.values())


def with_its_dict(value: Any, reduced: Any) -> Any:
    """Keep an object's dictionary itself, where its state is that and would be copied into a new one."""
    if reduced is NotImplemented:
        reduced = contents.as_pickle_would(value)
    if not isinstance(reduced, tuple) or hasattr(type(value), "__setstate__"):
        return reduced
    make, arguments, state, items, pairs, setter = (*reduced, None, None, None, None)[:6]
    attributes = state[0] if isinstance(state, tuple) and len(state) == 2 else state
    if attributes is not object.__getattribute__(value, "__dict__") or setter not in (None, rebuild.set_state):
        return reduced
    return make, arguments, state, items, pairs, take_dict


def by_its_own_reduce(value: Any) -> Any:
    return by_state_if_named(value, value.__reduce_ex__(5))


def bare(value: Any) -> Any:
    reduced = object.__reduce_ex__(value, 2)
    return rebuild.bare, (type(value),), *reduced[2:]


def by_state_if_named(value: Any, reduced: Any) -> Any:
    """A library's wrapper of a cell's function may reduce to the function's name, which no module has where the session goes on."""
    if not isinstance(reduced, str) or getattr(value, "__module__", None) != "__main__":
        return reduced
    if holds_more_than_attributes(type(value)):
        raise CannotKeep(Cause.UNPICKLABLE, f"a {qualname_of(type(value))} is known by its name, which no module has")
    return contents.by_state(value)


def leave(value: Any) -> Any:
    return NotImplemented


_CONDUIT = "_pybind11_conduit_v1_"
"""The method by which libraries of pybind11 look into one another's objects, which ``dir`` shows: copies of all that an object has hold it."""


def method(value: types.MethodType) -> Any:
    place = singletons.place_of_method(value)
    if place is not None:
        return rebuild.live, (rebuild.PLACE + place,)
    function, owner = value.__func__, value.__self__
    name = getattr(function, "__name__", "")
    if name == _CONDUIT:
        return rebuild.conduit, ()
    is_compiled = type(function) is not types.FunctionType  # and no module has it by its name
    if is_compiled and isinstance(owner, type) and getattr(owner, name, None) == value:
        return getattr, (owner, name)
    return rebuild.method, (owner, function)


def builtin(value: Any) -> Any:
    home, name = value.__self__, value.__name__
    if type(home) is types.ModuleType and value.__module__ not in sys.modules and vars(home).get(name) is value:
        return getattr, (home, name)  # which C code calls by another name than it is imported by
    place = None if home is None else singletons.place_of_method(value)
    return originals.reduce(value) if place is None else (rebuild.live, (rebuild.PLACE + place,))


def shown(error: BaseException) -> str:
    text = str(error).strip().split("\n")[0][:200]
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
