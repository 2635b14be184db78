"""Where context variables stand: the modules that may hold them are gone through once for all."""

from __future__ import annotations

import contextvars
import sys
import types

import pytest
from sojourn_kernel.restore.thaw import Thaw
from sojourn_kernel.snapshot.freeze import freeze
from sojourn_kernel.snapshot.libraries import context_places
from sojourn_kernel.snapshot.libraries.context_places import place_of, places_of

from tests.unit.snapshot.memory import Memory

held = contextvars.ContextVar("held", default=1)
by_key = {"one": contextvars.ContextVar("one")}


@pytest.fixture
def passes(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Grows by one with each look through the modules."""
    counted: list[int] = []
    places = context_places._places
    monkeypatch.setattr(context_places, "_places", lambda: counted.append(1) or places())
    return counted


def test_a_library_s_variables_have_their_places() -> None:
    assert place_of(held) == f"{__name__}:held" and place_of(by_key["one"]) == f"{__name__}:by_key['one']"
    assert place_of(contextvars.ContextVar("nobody's")) is None


def test_a_save_of_many_variables_looks_through_the_modules_once(passes: list[int]) -> None:
    variables = [contextvars.ContextVar(f"v{number}", default=number) for number in range(500)]
    memory = Memory()
    values = Thaw(freeze({"variables": variables}, memory, main={}), memory, {}).load_all()["variables"]
    assert [var.get() for var in values] == list(range(500)) and len(passes) == 1


def test_what_was_asked_for_last_is_known_until_a_module_is_imported(
    passes: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = [contextvars.ContextVar(f"v{number}") for number in range(500)]
    for _ in range(3):
        assert places_of([*mine, held], len(sys.modules))[held] == f"{__name__}:held"
    assert len(passes) == 1
    places_of([held], len(sys.modules))
    assert not places_of([held], len(sys.modules)).keys() & set(mine)  # nothing is kept of what is no longer asked for
    late = types.ModuleType("imported_late")
    late.ContextVar, late.variable = contextvars.ContextVar, mine[0]
    monkeypatch.setitem(sys.modules, "imported_late", late)
    assert places_of([mine[0]], len(sys.modules))[mine[0]] == "imported_late:variable"
