"""numpy's small objects: kinds of numbers, of which it has one object each, several arrays gone through as one, an array's flags,
an archive's members."""

from __future__ import annotations

import ctypes
import itertools
from typing import Any

from .. import rebuild
from ..looking import pointers
from . import reducer


@reducer("numpy:dtype")
def dtype(value: Any) -> Any:
    """numpy's own pickling makes a copy of what there is one of."""
    import numpy as np

    return (np.dtype, (value.char,)) if value.isbuiltin == 1 and value is np.dtype(value.char) else NotImplemented


@reducer("numpy:str_", "numpy:bytes_")
def text(value: Any) -> Any:
    """numpy's own pickling takes zeros at the end for none of the text's."""
    plain = str if isinstance(value, str) else bytes
    if plain.__getitem__(value, slice(-1, None)) not in ("\0", b"\0"):
        return NotImplemented
    made = make_text, (type(value), plain.__getitem__(value, slice(None)))
    return (*made, vars(value), None, None, rebuild.fill_attributes) if getattr(value, "__dict__", None) else made


def make_text(cls: Any, text: Any) -> Any:
    import numpy as np

    return (np.str_ if issubclass(cls, str) else np.bytes_).__new__(cls, text)


@reducer("numpy:broadcast")
def broadcast(value: Any) -> Any:
    return broadcast_from, (tuple(one.base for one in value.iters), value.index)


def broadcast_from(arrays: tuple[Any, ...], index: int) -> Any:
    import numpy as np

    made = np.broadcast(*arrays)
    next(itertools.islice(made, index, index), None)  # as far as it had come
    return made


class _Flags(ctypes.Structure):
    """The C structure of an array's flags, which tells nobody whose they are."""

    _fields_ = [("object", ctypes.c_char * object.__basicsize__), ("array", ctypes.c_void_p), ("flags", ctypes.c_int)]


@reducer("numpy._core.multiarray:flagsobj", "numpy.core.multiarray:flagsobj")
def flags(value: Any) -> Any:
    held = _Flags.from_address(id(value))
    if type(value).__basicsize__ != ctypes.sizeof(_Flags) or not held.array:
        return NotImplemented
    return flags_of, (pointers.object_at(held.array), held.flags)


def flags_of(array: Any, said: int) -> Any:
    made = array.flags
    _Flags.from_address(id(made)).flags = said  # what they were when they were asked for
    return made


@reducer("numpy.lib._npyio_impl:BagObj", "numpy.lib.npyio:BagObj")
def members_of_archive(value: Any) -> Any:
    """What gives an archive's arrays as attributes, and answers for no attribute of its own."""
    return rebuild.bare, (type(value),), object.__getattribute__(value, "_obj"), None, None, fill_members


def fill_members(made: Any, archive: Any) -> None:
    object.__setattr__(made, "_obj", archive)
