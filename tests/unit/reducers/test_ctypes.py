"""ctypes' objects over memory that is not theirs."""

from __future__ import annotations

import ctypes

import pytest
from sojourn_kernel.snapshot.reducers import CannotKeep, KeptBut, lib_ctypes, lib_ctypes_pointers


class Pair(ctypes.Structure):
    _fields_ = (("x", ctypes.c_int), ("y", ctypes.c_double))


def test_memory_that_is_gone_is_told_and_not_read() -> None:
    with pytest.raises(CannotKeep):
        lib_ctypes.instance(ctypes.cast(16, ctypes.POINTER(Pair)).contents)


def test_memory_that_nothing_of_the_session_has_is_kept_and_told() -> None:
    memory = ctypes.create_string_buffer(bytes(Pair(3, 4.0)))
    with pytest.raises(KeptBut) as kept:
        lib_ctypes.instance(ctypes.cast(ctypes.addressof(memory), ctypes.POINTER(Pair)).contents)
    make, arguments = kept.value.reduced
    assert (make(*arguments).x, make(*arguments).y) == (3, 4.0)


def test_what_a_pointer_was_made_of_is_found() -> None:
    many = (Pair * 3)()
    second = ctypes.cast(many, ctypes.POINTER(Pair))[1]
    held = lib_ctypes_pointers.kept_around(second._b_base_, second)
    assert held is not None
    assert held[0] is many
    assert held[1] == ctypes.sizeof(Pair)
