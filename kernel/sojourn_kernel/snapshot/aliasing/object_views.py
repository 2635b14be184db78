"""Views of arrays that show no buffer, since their memory holds references: by indexing, which names the array as their base."""

from __future__ import annotations

import itertools
import math
from typing import Any


def view(array: Any, offset: int, dtype: Any, shape: tuple[int, ...], strides: tuple[int, ...]) -> Any:
    """array: one that is contiguous, of objects, of records that have some, or of strings of any length."""
    import numpy as np

    first, within = divmod(offset, array.itemsize)
    part = _part(array.reshape(-1), dtype, within)
    if part is None:
        raise ValueError("a view of a part of records that no field is can't be made again")
    made = _even_run(part, array.itemsize, first, shape, strides)
    if made is None and dtype.kind == "T":  # they lie beside the array
        raise ValueError("a view of strings that takes parts of rows can't be made again")
    return np.lib.stride_tricks.as_strided(part[first:], shape, strides) if made is None else made


def _part(records: Any, dtype: Any, within: int) -> Any:
    """The field of all records, or several of them, that is of this type and begins so many bytes inside; None if none is."""
    if dtype == records.dtype and not within:
        return records
    names, fields = records.dtype.names or (), records.dtype.fields or {}
    if not within and dtype.names and set(dtype.names) <= set(names) and records[list(dtype.names)].dtype == dtype:
        return records[list(dtype.names)]
    for name in names:
        kind, start = fields[name][:2]
        if start <= within < start + kind.itemsize:
            item = kind.base.itemsize
            number, rest = divmod(within - start, item)  # a field may be an array of some
            return _part(records[name].reshape(len(records), kind.itemsize // item)[:, number], dtype, rest)
    return None


def _even_run(flat: Any, size: int, first: int, shape: tuple[int, ...], strides: tuple[int, ...]) -> Any:
    """None where it takes more than an even run of items. size: bytes from one to the next."""
    if 0 in shape:
        return flat[:0].reshape(shape)
    order = sorted(range(len(shape)), key=lambda axis: (-abs(strides[axis]), axis))
    long = [axis for axis in order if shape[axis] > 1]
    if any(strides[outer] != strides[inner] * shape[inner] for outer, inner in itertools.pairwise(long)):
        return None
    step, rest = divmod(strides[long[-1]], size) if long else (1, 0)
    if rest or not step:
        return None
    end = first + step * math.prod(shape)
    run = flat[first : end if end >= 0 else None : step].reshape([shape[axis] for axis in order])
    return run.transpose([order.index(axis) for axis in range(len(shape))])
