"""Arrays of numpy's over mapped files (``np.memmap``): mapped again from where the file is by now, or kept whole where it was removed."""

from __future__ import annotations

import os
from typing import Any

from .. import rebuild_arrays
from ..aliasing import addresses
from . import reducer
from .buffers import mapped_at, nameless_file, of_removed
from .layers import FileGone


@reducer("numpy:memmap")
def memmap(value: Any) -> Any:
    import numpy as np

    if value.filename is None:
        return NotImplemented
    if hasattr(value, "_mmap") and value._mmap is not None and isinstance(value.base, type(value)):
        return view_of_memmap, addresses.place_in(value.base, value)
    if value._mmap is None:
        return NotImplemented
    if value.mode != "r":
        value.flush()
    order = "F" if value.flags.f_contiguous and not value.flags.c_contiguous else "C"
    how = (value.dtype, value.mode, value.offset, value.shape, order)
    place = mapped_at(value.ctypes.data)
    if place is not None and place.is_removed:
        content = np.array(value, order=order)  # type: ignore[call-overload]
        return of_removed((removed_memmap, (value.filename, *how, content)), place)
    path = place.path if place is not None and place.path else os.fspath(value.filename)
    if value.mode != "c":
        return open_memmap, (path, *how, value.filename)
    content = np.array(value, order=order)  # type: ignore[call-overload]
    return open_memmap, (path, *how, value.filename), content, None, None, fill_memmap  # changes that are in no file


def open_memmap(
    path: str, dtype: Any, mode: str, offset: int, shape: tuple[int, ...], order: str, filename: Any = None
) -> Any:
    """filename: what the array calls its file, which may have been renamed since."""
    try:
        return _mapped(path, dtype, mode, offset, shape, order, filename)
    except (OSError, ValueError) as error:
        raise FileGone(f"the mapped file {path} can't be opened here: {error}") from None


def removed_memmap(
    filename: Any, dtype: Any, mode: str, offset: int, shape: tuple[int, ...], order: str, content: Any
) -> Any:
    """Over a file without a name, as one has none that was removed while it was mapped."""
    flat = content.ravel(order="K").view("u1")
    with nameless_file(offset + content.nbytes, offset, flat) as file:
        return _mapped(file, dtype, mode, offset, shape, order, filename)


def _mapped(file: Any, dtype: Any, mode: str, offset: int, shape: tuple[int, ...], order: str, filename: Any) -> Any:
    import numpy as np

    made = np.memmap(file, dtype, "r+" if mode == "w+" else mode, offset, shape, order)  # type: ignore[call-overload]
    made.mode = mode  # w+ would have emptied the file
    if filename is not None:
        made.filename = filename
    return made


def fill_memmap(made: Any, content: Any) -> None:
    made[...] = content


def view_of_memmap(base: Any, *place: Any) -> Any:
    made = rebuild_arrays.view(base, *place).view(type(base))
    made.__array_finalize__(base)  # whose file it is
    return made
