"""pyarrow: buffers over the memory of arrays, what its functions are told, and tensors
and what is said of files, which it does not pickle."""

from __future__ import annotations

from typing import Any

from ..aliasing import lenders
from . import reducer


@reducer("pyarrow.lib:Buffer")
def buffer(value: Any) -> Any:
    """``py_buffer(array)``, or what is below ``pa.array(array)``, which takes no copy of numbers."""
    held = lenders.holder(value.address, value.size) if value.is_cpu else None
    return NotImplemented if held is None else (buffer_over, (*held, value.size, value.is_mutable))


def buffer_over(owner: Any, offset: int, size: int, writable: bool) -> Any:
    import pyarrow

    return pyarrow.py_buffer(lenders.lent(owner, offset, size, writable))


@reducer("pyarrow._compute:FunctionOptions")
def options(value: Any) -> Any:
    return make_options, (type(value), value.serialize().to_pybytes())


def make_options(cls: type, content: bytes) -> Any:
    import pyarrow
    from pyarrow.compute import FunctionOptions

    made = FunctionOptions.deserialize(pyarrow.py_buffer(content))
    if type(made) is not cls:
        raise TypeError(f"a {cls.__name__} came back as a {type(made).__name__}")
    return made


@reducer("pyarrow.lib:MapType")
def map_type(value: Any) -> Any:
    """Its own pickling leaves out that the keys are sorted."""
    import pyarrow

    return pyarrow.map_, (value.key_field, value.item_field, value.keys_sorted)


@reducer("pyarrow._fs:FileInfo")
def file_info(value: Any) -> Any:
    return make_file_info, (value.path, value.type.value, value.size, value.mtime_ns)


def make_file_info(path: str, kind: int, size: int | None, changed: int | None) -> Any:
    from pyarrow import fs

    return fs.FileInfo(path, fs.FileType(kind), mtime_ns=changed, size=size)


@reducer("pyarrow.lib:Tensor")
def tensor(value: Any) -> Any:
    return make_tensor, (value.to_numpy(), value.dim_names)


def make_tensor(array: Any, names: list[str]) -> Any:
    import pyarrow

    return pyarrow.Tensor.from_numpy(array, names or None)


@reducer("pyarrow.lib:BufferReader")
def reader(value: Any) -> Any:
    """A stream over a buffer, which it gives when it is read from the start."""
    if value.closed:
        return NotImplemented
    position = value.tell()
    value.seek(0)
    held = value.read_buffer()
    value.seek(position)
    return reader_at, (type(value), held, position)


def reader_at(cls: type, held: Any, position: int) -> Any:
    made = cls(held)
    made.seek(position)
    return made


@reducer("pyarrow.lib:MemoryPool")
def memory_pool(value: Any) -> Any:
    """One of those that the library has; those that count for another, or write what is asked of it, are told."""
    import pyarrow

    return (find_pool, (value.backend_name,)) if type(value) is pyarrow.MemoryPool else NotImplemented


def find_pool(name: str) -> Any:
    import pyarrow

    default = pyarrow.default_memory_pool()
    return default if default.backend_name == name else getattr(pyarrow, f"{name}_memory_pool")()
