"""Objects of libraries whose own pickling refuses them (loggers to a buffer, schedulers, loops over batches) though they are Python through and through.

They are kept by their attributes. What says itself that it stands for something outside of Python stays refused. What a module has under the
name that it says of itself (functions that Boost made) is kept by that.
"""

from __future__ import annotations

import copyreg
import re
import sys
import types
from typing import Any

from .. import rebuild
from ..libraries import places
from ..looking.classes import HEAP_TYPE, made_in_c, module_of, names_of
from ..reducers import reducer_for
from . import contents

_HANDLE = re.compile(r"(?:^|_)(?:fd|fileno|handle|ptr|pointer|address|hwnd|this)(?:_|$)")
"Names under which numbers stand for what only the old process has."


def reduced(value: Any) -> Any:
    """How such an object is reduced; None where that would not be all of it."""
    found = by_attributes(value)
    return by_name(value) if found is None else found


def by_name(value: Any) -> Any:
    """How an object is reduced that says where it stands, and stands there."""
    try:
        home, name = value.__module__, getattr(value, "__qualname__", None) or value.__name__
    except Exception:  # whatever a library's object says to it
        return None
    if not (isinstance(home, str) and isinstance(name, str)) or home == "__main__":
        return None
    place = f"{home}:{name}"
    return (rebuild.live, (rebuild.PLACE + place,)) if places.get(place)[1] is value else None


def by_attributes(value: Any) -> Any:
    """How such an object is reduced; None where that would not be all of it."""
    cls = type(value)
    if module_of(cls).partition(".")[0] in sys.stdlib_module_names or not _is_python_alone(cls):
        return None
    attributes, slots = contents.parts_of_state(value)
    held = {**attributes, **slots} if type(attributes) is dict else None
    if not held or any(_is_outside(name, one) for name, one in held.items()):
        return None
    return contents.by_state(value)


def is_one_of_c(value: Any, reduced: Any) -> bool:
    """Whether all that an object of Python has is one of its library's C code that can't be kept (freud's boxes): such code raises what says nothing
    of that when it is given what stands in its place."""
    if not isinstance(reduced, tuple) or len(reduced) < 3 or type(reduced[2]) is not dict or len(reduced[2]) != 1:
        return False
    (held,) = reduced[2].values()
    kind = type(held)
    home = module_of(kind).partition(".")[0]
    if home != module_of(type(value)).partition(".")[0] or home in sys.stdlib_module_names or not made_in_c(kind):
        return False
    if any(contents.PICKLING & names_of(base).keys() for base in kind.__mro__[:-1]) or kind in copyreg.dispatch_table:
        return False
    return _is_python_alone(type(value)) and reducer_for(kind) is None and _is_refused(held)


def _is_python_alone(cls: type) -> bool:
    """Whether an object of the class is its attributes, and nothing that C code keeps beside them."""
    if not isinstance(cls.__new__, types.FunctionType) and cls.__new__ is not object.__new__:
        return False
    return all(base.__flags__ & HEAP_TYPE and not made_in_c(base) for base in cls.__mro__[:-1])


def _is_outside(name: str, held: Any) -> bool:
    """Whether an attribute is a number of something outside, or an object of C code that can't be kept."""
    kind = type(held)
    if kind is int:
        return _HANDLE.search(str(name).lower()) is not None
    in_python = kind.__flags__ & HEAP_TYPE and not made_in_c(kind)  # SWIG and nanobind make such types in C
    if in_python or kind.__module__ == "builtins" or reducer_for(kind) is not None:
        return False
    return _is_refused(held)


def _is_refused(held: Any) -> bool:
    """Whether an object's own pickling raises."""
    try:
        held.__reduce_ex__(5)
    except Exception:  # whatever a library's object says to it
        return True
    return False
