"""What stood at a place of a library before a cell put something else there."""

from __future__ import annotations

import builtins
import shlex
from collections.abc import Iterator

import pytest
from sojourn_kernel.snapshot.libraries import originals, patches, places


@pytest.fixture(autouse=True)
def _places() -> Iterator[None]:
    before = set(patches.SET), dict(places.REPLACED)
    yield
    patches.SET.clear()
    patches.SET.update(before[0])
    places.REPLACED.clear()
    places.REPLACED.update(before[1])


def test_a_function_at_its_place_needs_no_reference() -> None:
    patches.SET.add("shlex:quote")
    assert originals.place_of(shlex.quote) is None


def test_a_replaced_function_is_known_by_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    real = shlex.quote
    monkeypatch.setattr(shlex, "quote", str)
    patches.SET.add("shlex:quote")
    assert originals.place_of(real) == "shlex:quote"


def test_a_wrapper_that_carries_the_name_is_not_the_original(monkeypatch: pytest.MonkeyPatch) -> None:
    def wrapper() -> None: ...

    wrapper.__module__, wrapper.__qualname__ = "shlex", "quote"
    monkeypatch.setattr(shlex, "quote", str)
    patches.SET.add("shlex:quote")
    assert originals.place_of(wrapper) is None


def test_a_replaced_builtin_is_known_without_a_note(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.ascii
    monkeypatch.setattr(builtins, "ascii", str)
    assert originals.place_of(real) == "builtins:ascii"


def test_what_a_restore_replaced_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    real = shlex.quote
    monkeypatch.setattr(shlex, "quote", real)  # undone at the end
    places.put("shlex:quote", str)
    assert originals.find("shlex:quote") is real
