"""Where memory lies, and whose it is: what looks into another's memory is stored as a place in that."""

from __future__ import annotations

import array
import ctypes
import mmap
from typing import Any

from ..looking.classes import names_of

OF_AN_EXTENSION = "_memoryviewslice"
_FULL_READ_ONLY = 0x11C  # PyBUF_FULL_RO
_CData = ctypes.Structure.__base__ or ctypes.Structure


class _Py_buffer(ctypes.Structure):
    """The C structure of PEP 3118."""

    _fields_ = [
        ("buf", ctypes.c_void_p), ("obj", ctypes.c_void_p), ("len", ctypes.c_ssize_t), ("itemsize", ctypes.c_ssize_t),
        ("readonly", ctypes.c_int), ("ndim", ctypes.c_int), ("format", ctypes.c_char_p),
        ("shape", ctypes.c_void_p), ("strides", ctypes.c_void_p), ("suboffsets", ctypes.c_void_p), ("internal", ctypes.c_void_p),
    ]  # fmt: skip


def address(owner: Any) -> int:
    """Where the first element of an object's buffer lies. Raises BufferError or TypeError without one."""
    view = _Py_buffer()
    if ctypes.pythonapi.PyObject_GetBuffer(ctypes.py_object(owner), ctypes.byref(view), _FULL_READ_ONLY):
        raise BufferError("it shows no buffer")  # not reached: pythonapi raises what the call has set
    try:
        return view.buf or 0
    finally:
        ctypes.pythonapi.PyBuffer_Release(ctypes.byref(view))


def is_owner(value: Any) -> bool:
    """Whether an object that is no array owns memory which comes back with it."""
    cls = type(value)
    return cls in (bytearray, mmap.mmap, array.array) or cls.__name__ == "_BytesIOBuffer" or is_ctypes(cls)


def shows_nothing(owner: Any) -> bool:
    """Whether an object of C code's only frees memory, so that nobody comes to that but by the arrays over it (capsules, scikit-learn's vectors)."""
    cls = type(owner)
    names = {name for base in cls.__mro__[:-1] for name in names_of(base)}
    if cls.__dictoffset__ or any(not name.startswith("__") for name in names):
        return False
    if names & {"__getitem__", "__call__", "__array__", "__array_interface__"}:
        return False
    try:
        memoryview(owner)
    except TypeError:
        return True
    return False


def is_view_of_an_extension(value: Any) -> bool:
    """Whether it is what Cython gives arrays for a base: each extension has a class of this name for that."""
    return type(value).__name__ == OF_AN_EXTENSION


def is_ctypes(cls: type) -> bool:
    """Whether a class is of ctypes' data types."""
    return issubclass(cls, _CData)


def place_in(owner: Any, array: Any) -> tuple[Any, ...]:
    """The arguments of :func:`.rebuild_arrays.view` that make an array, or a row of one, over its owner's memory."""
    import numpy as np

    start = _start_of(owner) if isinstance(owner, np.ndarray) else address(owner)
    return owner, _start_of(array) - start, array.dtype, array.shape, array.strides, array.flags.writeable


def axes_in_memory(array: Any) -> tuple[int, ...]:
    """The axes of an array in the order in which they lie in memory, the slowest first; of one without gaps, it is contiguous in that order."""
    return tuple(sorted(range(array.ndim), key=lambda axis: -array.strides[axis]))


def _start_of(array: Any) -> int:
    start: int = array.__array_interface__["data"][0]  # dates show no buffer
    return start
