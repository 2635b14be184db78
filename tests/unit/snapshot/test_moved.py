"""What streams of earlier formats name by the places that modules had then."""

from __future__ import annotations

import importlib
import io
import pickle

import pytest
from sojourn_kernel.restore import moved
from sojourn_kernel.restore.careful import CarefulUnpickler


@pytest.mark.parametrize("old", sorted(moved._MOVED))
def test_a_module_that_has_moved_is_found_and_its_old_place_is_empty(old: str):
    importlib.import_module(moved.place_of(old))
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module(old)


def test_a_stream_that_names_the_old_place_is_read():
    stream = b"csojourn_kernel.snapshot.contents\nby_state\n."
    with pytest.raises(ModuleNotFoundError):
        pickle.loads(stream)
    assert CarefulUnpickler(io.BytesIO(stream)).load().__module__ == "sojourn_kernel.snapshot.objects.contents"


def test_other_modules_stay_where_they_are():
    assert moved.place_of("sojourn_kernel.snapshot.rebuild") == "sojourn_kernel.snapshot.rebuild"
