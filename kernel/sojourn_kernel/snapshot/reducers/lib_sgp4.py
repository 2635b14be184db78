"""sgp4: satellites, whose elements and state of propagation are one C structure of numbers, in the object itself; it shows not all of them."""

from __future__ import annotations

import ctypes
from typing import Any

from ..looking import pointers
from . import reducer

_AFTER_LENGTH = pointers.FIRST + pointers.SIZE  # where an array holds its first satellite


@reducer("sgp4.vallado_cpp:Satrec")
def satellite(value: Any) -> Any:
    size = _size()
    if type(value).__basicsize__ != pointers.FIRST + size:  # a class of the user's, which adds to it
        return NotImplemented
    return make_satellite, (type(value), _version(), ctypes.string_at(id(value) + pointers.FIRST, size))


@reducer("sgp4.vallado_cpp:SatrecArray")
def satellites(value: Any) -> Any:
    size, cls = _size(), type(value)
    if (cls.__basicsize__, cls.__itemsize__) != (_AFTER_LENGTH, size):
        return NotImplemented
    return make_satellites, (cls, _version(), ctypes.string_at(id(value) + _AFTER_LENGTH, size * len(value)))


def make_satellite(cls: Any, version: str, data: bytes) -> Any:
    if version != _version() or len(data) != _size():
        raise ValueError(f"it is of sgp4 {version}, whose satellites this one may hold otherwise")
    made = cls.__new__(cls)
    ctypes.memmove(id(made) + pointers.FIRST, data, len(data))
    return made


def make_satellites(cls: Any, version: str, data: bytes) -> Any:
    from sgp4 import vallado_cpp

    size = _size()
    cut = range(0, len(data), size)
    return cls([make_satellite(vallado_cpp.Satrec, version, data[at : at + size]) for at in cut])


def _size() -> int:
    """Bytes of one satellite."""
    from sgp4 import vallado_cpp

    return int(vallado_cpp.Satrec.__basicsize__) - pointers.FIRST


def _version() -> str:
    import sgp4

    return str(sgp4.__version__)
