"""h5py: files are opened again, those in memory are kept whole; datasets, groups and attributes are found in them by name. References are
places in a file, good in it again."""

from __future__ import annotations

import ctypes
import io
import os
from typing import Any

from ...told import Cause
from ..looking import pointers
from ..process import by_number, settling
from . import CannotKeep, KeptBut, reducer, variables
from .layers import GONE, TEMPORARY_LIMIT, FileGone, nothing_leads_to

_opened: dict[tuple[str, int], Any] = {}
"""By path and number in the process before: a dataset's ``file`` is another object of the same open file."""


@reducer("h5py._hl.files:File")
def file(value: Any) -> Any:
    if not value:
        return closed_file, ()
    number = int(value.id.id)
    if value.mode != "r" and settling.is_kernel():
        value.flush()
    if value.driver == "core":
        return file_in_memory, (value.filename, value.id.get_file_image(), number)
    if value.driver == "fileobj":
        return file_over, (_below(value.filename), value.id.get_file_image(), value.mode, number)
    if path := _path_of(value):
        return open_file, (path, value.mode, number)
    if os.fstat(value.id.get_vfd_handle()).st_size > TEMPORARY_LIMIT:
        raise nothing_leads_to(value.filename)
    in_memory = file_in_memory, (value.filename, value.id.get_file_image(), number)
    raise KeptBut(in_memory, f"its file {value.filename} {GONE}: what was in it is in memory here")


def _path_of(value: Any) -> str:
    """Its name, unless that is relative to another directory by now; empty if nothing leads to it any more."""
    try:
        path = by_number.path_of(value.id.get_vfd_handle(), value.filename)
    except Exception:  # a driver that has no descriptor
        return str(value.filename)
    return str(value.filename) if path == os.path.realpath(value.filename) else path


def _below(name: str) -> io.BytesIO:
    """The file in memory that a file of HDF5 is in, which h5py knows by its text alone."""
    for one in variables():
        if type(one) is io.BytesIO and repr(one) == name:
            return one
    raise CannotKeep(Cause.UNPICKLABLE, f"no variable has the file that it is in ({name})")


def closed_file() -> Any:
    import h5py

    made = h5py.File.in_memory()
    made.close()
    return made


def open_file(path: str, mode: str, number: int) -> Any:
    import h5py

    if (again := _again(path, number)) is not None:
        return again
    try:
        made = h5py.File(path, "r+" if mode != "r" else "r")
    except OSError as error:
        raise FileGone(f"the HDF5 file {path} can't be opened here: {error}") from None
    return _remember(path, number, made)


def file_in_memory(name: str, image: bytes, number: int) -> Any:
    import h5py

    if (again := _again(name, number)) is not None:
        return again
    return _remember(name, number, h5py.File.in_memory(file_image=image))


def file_over(below: io.BytesIO, image: bytes, mode: str, number: int) -> Any:
    import h5py

    if (again := _again("", number)) is not None:
        return again
    place = below.tell()
    below.seek(0)
    below.truncate()
    below.write(image)
    below.seek(place)
    return _remember("", number, h5py.File(below, "r+" if mode != "r" else "r"))


def _again(path: str, number: int) -> Any:
    import h5py

    known = _opened.get((path, number))
    return h5py.File(known) if number and known is not None and known.valid else None


def _remember(path: str, number: int, made: Any) -> Any:
    _opened[path, number] = made.id
    return made


@reducer("h5py._hl.dataset:Dataset", "h5py._hl.group:Group")
def item(value: Any) -> Any:
    if not value:
        raise CannotKeep(Cause.LIVE_RESOURCE, "its HDF5 file is closed")
    return item_of, (value.file, value.name)


def item_of(file: Any, name: str) -> Any:
    return file[name]


@reducer("h5py._hl.attrs:AttributeManager")
def attributes(value: Any) -> Any:
    import h5py

    file = h5py.File(h5py.h5i.get_file_id(value._id))
    return attributes_of, (file, h5py.h5i.get_name(value._id).decode())


def attributes_of(file: Any, name: str) -> Any:
    return file[name].attrs


@reducer("h5py._hl.dims:DimensionManager", "h5py._hl.dims:DimensionProxy")
def dimensions(value: Any) -> Any:
    return dimensions_of, (*attributes(value)[1], getattr(value, "_dimension", None))


def dimensions_of(file: Any, name: str, number: int | None) -> Any:
    return file[name].dims if number is None else file[name].dims[number]


@reducer("h5py.h5r:Reference")
def reference(value: Any) -> Any:
    place = _place_of(value)
    if place is None:
        raise CannotKeep(Cause.UNPICKLABLE, "where it leads in its file can't be read out")
    return make_reference, (type(value), place.raw)


def make_reference(cls: Any, content: bytes) -> Any:
    made = cls()
    place = _place_of(made)
    if place is None or len(place) != len(content):
        raise CannotKeep(Cause.UNPICKLABLE, "this h5py has references of another kind")
    place.raw = content
    return made


def _place_of(value: Any) -> Any:
    """The bytes of a reference, which lie at its beginning; None where this h5py has it otherwise, as the size at its end shows."""
    size, end = value.typesize, type(value).__basicsize__
    last = ctypes.c_size_t.from_address(id(value) + end - ctypes.sizeof(ctypes.c_size_t))
    if last.value != size or not 0 < size <= end - pointers.FIRST - ctypes.sizeof(last):
        return None
    return (ctypes.c_char * size).from_address(id(value) + pointers.FIRST)
