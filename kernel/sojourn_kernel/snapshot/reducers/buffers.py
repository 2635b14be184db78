"""Memory that several objects look into: views of a buffer, and files or shared memory mapped into the process.

What looks into another's memory is stored as its owner and a place in it, so that both see the same bytes again.
"""

from __future__ import annotations

import gc
import io
import math
import mmap
import os
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...told import Cause
from ..aliasing.addresses import address
from . import CannotKeep, KeptBut, reducer, spent
from .layers import FileGone

SHARED_MEMORY = "/dev/shm/"
_PLAIN_FORMATS = frozenset("?cbBhHiIlLqQnNefdP")


# Views


@reducer("builtins:memoryview")
def memory_view(value: memoryview) -> Any:
    if spent.is_released(value):
        if spent.knows_its_hash(value):
            raise CannotKeep(Cause.LIVE_RESOURCE, "it was released, and only its hash is left of what it showed")
        return spent.released_view, ()
    owner = value.obj
    if owner is None:
        raise CannotKeep(Cause.LIVE_RESOURCE, "it is a view of memory whose owner can't be told")
    whole = memoryview(owner)
    shape, strides = tuple(value.shape or ()), tuple(value.strides or ())
    offset = address(value) - address(whole)
    if (value.format, shape, strides, offset) == (whole.format, whole.shape, whole.strides, 0):
        return view_of_all, (owner, value.readonly and not whole.readonly)
    plain = value.format.lstrip("@") in _PLAIN_FORMATS
    if not (plain and whole.c_contiguous and (value.c_contiguous or value.ndim == 1)):
        raise CannotKeep(
            Cause.UNPICKLABLE, "a memoryview with steps in several dimensions, or of records, can't be kept"
        )
    return view_of_part, (owner, offset, value.format, shape, strides, value.readonly)


def view_of_all(owner: Any, read_only: bool) -> memoryview:
    made = memoryview(owner)
    return made.toreadonly() if read_only else made


def view_of_part(
    owner: Any, offset: int, format: str, shape: Sequence[int], strides: Sequence[int], read_only: bool
) -> memoryview:
    """A view of an owner's memory that begins ``offset`` bytes from its start; ``strides`` in bytes, as PEP 3118 has them."""
    flat, size = memoryview(owner).cast("B"), struct.calcsize(format)
    if len(shape) == 1 and shape[0] > 1 and strides[0] != size:
        made = _stepped(flat, offset, format, shape[0], strides[0])
    else:
        made = flat[offset : offset + size * math.prod(shape)]
        if format != "B" or len(shape) != 1:
            made = made.cast(format, list(shape))  # type: ignore[call-overload]
    return made.toreadonly() if read_only else made


def _stepped(flat: memoryview, offset: int, format: str, length: int, stride: int) -> memoryview:
    size = struct.calcsize(format)
    low = offset + min(0, stride * (length - 1))
    items = flat[low : low + abs(stride) * (length - 1) + size].cast(format)  # type: ignore[call-overload]
    return items[:: stride // size]  # type: ignore[no-any-return]


@reducer("_io:_BytesIOBuffer")
def bytes_io_buffer(value: Any) -> Any:
    source = next((held for held in gc.get_referents(value) if isinstance(held, io.BytesIO)), None)
    if source is None:
        raise CannotKeep(Cause.UNPICKLABLE, "the BytesIO that this buffer belongs to can't be found")
    return buffer_of, (source,)


def buffer_of(source: io.BytesIO) -> Any:
    return source.getbuffer().obj


# Mappings


@reducer("mmap:mmap")
def mapping(value: mmap.mmap) -> Any:
    if value.closed:
        return closed_mapping, ()
    whole = memoryview(value)
    place = mapped_at(address(whole))
    if place is None:
        raise CannotKeep(Cause.LIVE_RESOURCE, "it can't be told which file is mapped")
    path, offset, shared = place.path, place.offset, place.shared
    if place.is_removed:
        access = mmap.ACCESS_READ if whole.readonly else mmap.ACCESS_WRITE if shared else mmap.ACCESS_COPY
        how = (value.size(), len(value), offset, value.tell(), access, whole.tobytes())
        return of_removed((removed_mapping, how), place)
    if not shared and path and not whole.readonly:  # the session's own changes are in no file
        return private_mapping, (path, len(value), offset, value.tell(), whole.tobytes())
    if path.startswith(SHARED_MEMORY):
        return shared_memory, (path, len(value), value.tell(), whole.tobytes())
    if not path:
        return anonymous_mapping, (len(value), value.tell(), whole.tobytes())
    if not whole.readonly:
        value.flush()
    return file_mapping, (path, len(value), offset, value.tell(), whole.readonly)


@dataclass(frozen=True)
class Mapped:
    """What memory is mapped from. path: empty for anonymous memory. shared: whether others see changes. alone: whether nothing else here maps that file."""

    path: str
    offset: int
    shared: bool
    alone: bool

    @property
    def is_removed(self) -> bool:
        return bool(self.path) and not Path(self.path).is_file()


def mapped_at(where: int) -> Mapped | None:
    """The mapping that holds an address; None where the system doesn't tell."""
    try:
        lines = [line.split(maxsplit=5) for line in Path("/proc/self/maps").read_text().splitlines()]
    except OSError:  # not Linux
        return None
    for fields in lines:
        low, high = (int(end, 16) for end in fields[0].split("-"))
        if low <= where < high:
            name = fields[5] if len(fields) > 5 else ""
            path = name if name.startswith("/") and not name.startswith("/dev/zero") else ""
            alone = sum(other[3:5] == fields[3:5] for other in lines) == 1
            return Mapped(path, int(fields[2], 16) + where - low, fields[1].endswith("s"), alone)
    return None


def of_removed(reduced: tuple[Any, ...], place: Mapped) -> Any:
    """What a mapping of a removed file is reduced to. Raises KeptBut if others show what is written to it."""
    if not place.alone:
        raise KeptBut(reduced, "its file was removed, and what else maps that does not show its changes any longer")
    return reduced


def closed_mapping() -> mmap.mmap:
    made = mmap.mmap(-1, 1)
    made.close()
    return made


def file_mapping(path: str, length: int, offset: int, position: int, read_only: bool) -> mmap.mmap:
    """Map a file that must be there, and be no shorter than it was."""
    made = _map(path, length, offset, mmap.ACCESS_READ if read_only else mmap.ACCESS_WRITE)
    made.seek(position)
    return made


def private_mapping(path: str, length: int, offset: int, position: int, content: bytes) -> mmap.mmap:
    """Map a file for changes that stay in the process, and make those of the session again."""
    made = _map(path, length, offset, mmap.ACCESS_COPY)
    made[:] = content
    made.seek(position)
    return made


def _map(path: str, length: int, offset: int, access: int) -> mmap.mmap:
    try:
        with open(path, "r+b" if access == mmap.ACCESS_WRITE else "rb") as file:  # noqa: PTH123
            if os.fstat(file.fileno()).st_size < offset + length:
                raise FileGone(f"the file {path} is shorter here than what was mapped of it")
            return mmap.mmap(file.fileno(), length, access=access, offset=offset)
    except OSError as error:
        raise FileGone(f"the file {path} can't be mapped here: {error.strerror}") from None


def removed_mapping(size: int, length: int, offset: int, position: int, access: int, content: bytes) -> mmap.mmap:
    """Map a file that has no name, as one has none that was removed while it was mapped. size: bytes of the whole file."""
    with nameless_file(max(size, offset + length), offset, content) as file:
        made = mmap.mmap(file.fileno(), length, access=access, offset=offset)
    made.seek(position)
    return made


def nameless_file(size: int, offset: int, content: Any) -> io.BufferedRandom:
    """A file in memory, with this content at an offset: whoever maps it keeps it."""
    file = open(os.memfd_create("removed"), "w+b")  # noqa: SIM115, PTH123
    file.truncate(size)
    file.seek(offset)
    file.write(content)
    file.flush()
    return file


def anonymous_mapping(length: int, position: int, content: bytes) -> mmap.mmap:
    made = mmap.mmap(-1, length)
    made[:] = content
    made.seek(position)
    return made


# Shared memory: its owner is the machine, so it is made again under its name where it is gone


def shared_memory(path: str, length: int, position: int, content: bytes) -> mmap.mmap:
    """Map a block of shared memory; where it is gone with its machine it is made again, with what was in it."""
    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if os.fstat(file).st_size < length:
            os.ftruncate(file, length)
            os.pwrite(file, content, 0)
        made = mmap.mmap(file, length)
    finally:
        os.close(file)
    made.seek(position)
    return made


@reducer("multiprocessing.shared_memory:SharedMemory")
def shared_block(value: Any) -> Any:
    if value._mmap is None:
        raise CannotKeep(Cause.LIVE_RESOURCE, "a block of shared memory that was closed")
    return attached_block, (type(value), value._name, value._mmap, value._buf)


def attached_block(cls: Any, name: str, mapped: mmap.mmap, view: memoryview) -> Any:
    """The block over the given mapping of it, so that what looks into that sees the same memory."""
    made = cls(name=name.lstrip("/"))  # registers it, and opens it by its name
    made._buf.release()
    made._mmap.close()
    made._mmap, made._buf = mapped, view
    return made
