"""numpy arrays: out of band, views as views, owners as owners. pandas blocks: their own memory, as copy-on-write means."""

from __future__ import annotations

import pickle
from typing import Any

from .. import rebuild
from . import lib_torch, reducer

SMALL_BASE = 64 << 20  # bytes: a base this small is kept for the sake of a view
LARGE_FACTOR = 8  # a base this many times larger than its only view is not


class Own:
    """Marks an array that must not share memory with others after loading."""

    def __init__(self, array: Any) -> None:
        self.array = array


@reducer("numpy:ndarray")
def ndarray(value: Any) -> Any:
    import numpy as np

    if type(value) is not np.ndarray:
        cls = type(value)
        if cls.__reduce__ is not np.ndarray.__reduce__ or cls.__reduce_ex__ is not np.ndarray.__reduce_ex__:
            return NotImplemented  # it knows how to keep its attributes
        if not getattr(value, "__dict__", None) or value.dtype.hasobject:
            return NotImplemented
        plain = value.view(np.ndarray)
        return rebuild.dressed, (plain, cls), dict(value.__dict__), None, None, rebuild.fill_attributes
    base = value.base
    if type(base) is memoryview and type(base.obj) in (bytearray, np.ndarray):
        base = base.obj
    if isinstance(base, np.ndarray) and _worth_keeping(base, value):
        return rebuild.view, (
            base,
            _offset(base, value),
            value.dtype,
            value.shape,
            value.strides,
            value.flags.writeable,
        )
    if type(base).__name__ == "Tensor" and type(base).__module__ == "torch":
        return lib_torch.array_on_tensor(value, base)
    if type(base) is bytearray or type(base).__name__ == "array":
        start = np.frombuffer(base, np.uint8).__array_interface__["data"][0]
        offset = value.__array_interface__["data"][0] - start
        return rebuild.view, (base, offset, value.dtype, value.shape, value.strides, value.flags.writeable)
    return owned(value)


def owned(value: Any) -> Any:
    import numpy as np

    if value.dtype.hasobject:
        return NotImplemented
    order = "F" if value.flags.f_contiguous and not value.flags.c_contiguous else "C"
    flat = np.ascontiguousarray(value.T if order == "F" else value).reshape(-1).view(np.uint8)
    return rebuild.array, (pickle.PickleBuffer(flat), value.dtype, value.shape, order, value.flags.writeable)


@reducer("sojourn_kernel.snapshot.reducers.arrays:Own")
def own(value: Own) -> Any:
    reduced = owned(value.array)
    return value.array.__reduce_ex__(pickle.HIGHEST_PROTOCOL) if reduced is NotImplemented else reduced


@reducer("pandas._libs.internals:Block")
def block(value: Any) -> Any:
    reduced = value.__reduce__()
    function, (values, *others) = reduced[0], reduced[1]
    import numpy as np

    if type(values) is np.ndarray:
        values = Own(values)
    return (function, (values, *others), *reduced[2:])


def _offset(base: Any, value: Any) -> int:
    low = base.__array_interface__["data"][0]
    return value.__array_interface__["data"][0] - low


def _worth_keeping(base: Any, value: Any) -> bool:
    import sys

    import numpy as np

    if type(base) is not np.ndarray or not (base.flags.c_contiguous or base.flags.f_contiguous):
        return False
    if base.nbytes <= SMALL_BASE or base.nbytes <= LARGE_FACTOR * value.nbytes:
        return True
    return sys.getrefcount(base) > 4  # the view's, this frame's, the caller's and the call's: somebody else has it
