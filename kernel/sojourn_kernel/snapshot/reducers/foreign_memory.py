"""Arrays over memory that is an object's of another library: a histogram's view of its counts, a tree's array of thresholds.

The object comes back with memory of its own. An array finds it there by the object's buffer, or by the attribute that shows it.
"""

from __future__ import annotations

import sys
import types
from typing import Any

from ..aliasing import addresses
from ..looking.classes import names_of
from ..lost import told_of
from ..objects import contents
from . import is_a_variable

_ALONE = 3  # references to an owner that nobody but the array has: the array's, the asking frame's, the call's
_ELSEWHERE = ("Tensor", "DummyArray", "bytes")  # whose memory is kept in other ways, or can't change


def owner_of(value: Any, shown: Any) -> Any:
    """Whose memory a variable's array shows, if it is another library's, can change and has others too. shown: the variable's value.

    An array that no variable is may be made for the owner's own pickling, which can't refer to the owner.
    """
    base, _ = _last_of(value)
    if base is None or not value.flags.writeable or addresses.is_owner(base) or type(base).__name__ in _ELSEWHERE:
        return None
    counted = getattr(type(base), "GetReferenceCount", None)  # VTK's objects count what C++ has of them
    if sys.getrefcount(base) <= _ALONE and (counted is None or counted(base) <= 1):
        return None
    return base if is_a_variable(shown) and not addresses.shows_nothing(base) else None


def is_of_nobody(value: Any, shown: Any) -> bool:
    """Whether a variable's array looks into memory of which nothing says whose it is: C code made the view."""
    base, view = _last_of(value)
    return base is None and view is not None and is_a_variable(shown)


def _last_of(array: Any) -> tuple[Any, memoryview | None]:
    """What the bases of an array end with, other than arrays and views; the view over that, if there is one."""
    import numpy as np

    base: Any = array.base
    view: memoryview | None = None
    while True:
        if isinstance(base, np.ndarray) or addresses.is_view_of_an_extension(base):
            base, view = base.base, None
        elif type(base) is memoryview:
            base, view = base.obj, base
        else:
            return base, view


def part_of(owner: Any, value: Any) -> tuple[Any, ...] | None:
    """How an array is found in the object whose memory it shows; None if that can't be told."""
    return _in_buffer(owner, value) or _in_attribute(owner, value)


def _in_buffer(owner: Any, value: Any) -> tuple[Any, ...] | None:
    try:
        whole = _whole(owner)
        size, (_, offset, *rest) = memoryview(whole).nbytes, addresses.place_in(whole, value)
    except (TypeError, BufferError):  # it shows none
        return None
    return (in_buffer, (offset, *rest)) if 0 <= offset < max(size, 1) else None


def _whole(owner: Any) -> Any:
    """What shows all of an object's memory: itself, or an array where its axes lie in memory in another order than C's."""
    import numpy as np

    if type(owner).__module__.startswith("boost_histogram."):  # its buffer leaves out what lies beyond the axes
        return owner.view(True)
    if memoryview(owner).c_contiguous:
        return owner
    shown = np.asarray(memoryview(owner))
    if not shown.transpose(addresses.axes_in_memory(shown)).flags.c_contiguous:
        raise BufferError("it has gaps")
    return shown


def _in_attribute(owner: Any, value: Any) -> tuple[Any, ...] | None:
    """By what its class, which is written in C, computes."""
    if contents.PICKLING.isdisjoint(name for cls in type(owner).__mro__[:-1] for name in names_of(cls)):
        return None
    for cls in type(owner).__mro__[:-1]:
        for name, held in list(names_of(cls).items()):
            if type(held) is types.GetSetDescriptorType and not name.startswith("__"):
                found = _base_like(value, getattr(owner, name, None))
                if found is not None:
                    return in_attribute, (name, found)
    return None


def _base_like(value: Any, shown: Any) -> int | None:
    """How many bases below what an attribute shows there is an array of the same memory."""
    import numpy as np

    depth = 0
    while isinstance(shown, np.ndarray):
        if shown.__array_interface__ == value.__array_interface__:
            return depth
        shown, depth = shown.base, depth + 1
    return None


# What streams name


def shown_by(owner: Any, find: Any, how: tuple[Any, ...], copy: Any) -> Any:
    """An array over an object's memory; its copy where the object was lost. Raises where the memory is not what it was."""
    if told_of(owner) is not None:
        return copy
    found = find(owner, *how)
    if (found.dtype, found.shape, found.flags.writeable) != (copy.dtype, copy.shape, copy.flags.writeable):
        raise LookupError("what it looks into came back with memory of another kind")
    if found.tobytes() != copy.tobytes():
        raise LookupError("what it looks into came back with other memory")
    return found


def in_buffer(owner: Any, offset: int, dtype: Any, shape: Any, strides: Any, writable: bool) -> Any:
    from .. import rebuild_arrays

    return rebuild_arrays.view(_whole(owner), offset, dtype, shape, strides, writable)


def in_attribute(owner: Any, name: str, depth: int) -> Any:
    found = getattr(owner, name)
    for _ in range(depth):
        found = found.base
    return found
