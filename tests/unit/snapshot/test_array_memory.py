"""A large array is read to where it stays: no copy, and yet it owns its memory, as the saved one did."""

from __future__ import annotations

import numpy as np
import pytest
from sojourn_kernel.snapshot import rebuild_arrays
from sojourn_kernel.store.room import LARGE, room

COUNT = LARGE // 8 + 512


def address(buffer: memoryview) -> int:
    return np.frombuffer(buffer, np.uint8).__array_interface__["data"][0]


def read(values: np.ndarray) -> memoryview:
    """As the store reads a blob of these values."""
    place = room(values.nbytes)
    place[:] = values.tobytes()
    return place


@pytest.mark.parametrize(
    "dtype",
    ["f8", "M8[ns]", [("a", "i4"), ("b", "f4")], "c8", "S8"],
    ids=["float", "date", "record", "complex", "bytes"],
)
def test_an_array_takes_over_the_memory_that_it_was_read_to(dtype: object) -> None:
    values = np.arange(COUNT, dtype="i8").view(dtype).reshape(2, -1)  # type: ignore[call-overload]
    place = read(values)
    made = rebuild_arrays.array(place, values.dtype, values.shape, "C", False)
    assert made.__array_interface__["data"][0] == address(place)
    assert made.base is None and made.flags.owndata and not made.flags.writeable
    assert (made.dtype, made.shape, made.tobytes()) == (values.dtype, values.shape, values.tobytes())


def test_memory_is_taken_over_once_only() -> None:
    values = np.arange(COUNT, dtype="u1")
    values = np.resize(values, LARGE)
    place = read(values)
    first = rebuild_arrays.array(place, values.dtype, values.shape, "C", True)
    second = rebuild_arrays.array(place, values.dtype, values.shape, "C", True)
    second[0] = 77
    assert first[0] == 0


def test_a_fortran_ordered_array_is_copied_and_keeps_its_order() -> None:
    values = np.asfortranarray(np.arange(COUNT, dtype="f8").reshape(4, -1))
    made = rebuild_arrays.array(read(np.ascontiguousarray(values.T)), values.dtype, values.shape, "F", True)
    assert made.flags.f_contiguous and made.flags.owndata
    assert np.array_equal(made, values)
