"""Memory that several objects look into."""

from __future__ import annotations

import io
import mmap
import pickle
from typing import Any

import pytest
from sojourn_kernel.snapshot.aliasing.addresses import address
from sojourn_kernel.snapshot.objects.definitions import Definitions
from sojourn_kernel.snapshot.pickler import DeepPickler, PiecePickler
from sojourn_kernel.snapshot.reducers import CannotKeep, buffers, objects


def again(value: Any, kind: type[Any] = PiecePickler) -> Any:
    file = io.BytesIO()
    pickle_of = kind(file, {}, {}, Definitions({}))
    pickle_of.dump(value)
    return pickle.loads(file.getvalue())


def test_the_address_of_a_part_lies_in_the_whole() -> None:
    whole = bytearray(100)
    assert address(memoryview(whole)[7:]) - address(whole) == 7


@pytest.mark.parametrize("step", [1, 3, -1, -4])
def test_a_view_with_steps_writes_into_its_owner(step: int) -> None:
    owner = bytearray(range(40))
    owner, view = again((owner, memoryview(owner)[::step]))
    view[1] = 200
    assert owner[::step][1] == 200


def test_a_read_only_view_stays_read_only() -> None:
    assert again(memoryview(bytearray(4)).toreadonly()).readonly


def test_a_view_of_repeated_bytes_keeps_its_place() -> None:
    owner = bytearray(20)
    owner, view = again((owner, memoryview(owner).toreadonly()[10:12]))
    owner[10] = 5
    assert view[0] == 5


def test_a_view_in_two_dimensions_with_steps_is_refused() -> None:
    numpy = pytest.importorskip("numpy")
    with pytest.raises(CannotKeep):
        buffers.memory_view(memoryview(memoryview(numpy.zeros((4, 4)))[::2]))


def test_a_view_in_a_stream_of_an_earlier_release_is_made() -> None:
    made = objects.make_memoryview(bytearray(range(24)), 4, "i", [2, 2], True)
    assert (made.shape, made.format, made.readonly, made.tobytes()) == ((2, 2), "i", True, bytes(range(4, 20)))


def test_an_anonymous_mapping_keeps_its_content_and_place() -> None:
    mapped = mmap.mmap(-1, 64)
    mapped.write(b"hello")
    made = again(mapped)
    assert (made[:5], made.tell(), len(made)) == (b"hello", 5, 64)


def test_deep_nesting_is_written_in_python() -> None:
    deep: Any = None
    for number in range(300):
        deep = [number, deep]
    assert again(deep, DeepPickler) == deep
