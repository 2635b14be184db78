"""What cells give to objects whose pickling leaves it out."""

from __future__ import annotations

import datetime
import fractions
from collections.abc import Iterator
from concurrent.futures import Future
from typing import Any

import pytest
from sojourn_kernel.snapshot.objects import added
from test_kept_whole import again, of_a_cell


@pytest.fixture(autouse=True)
def _names() -> Iterator[None]:
    before = set(added.GIVEN)
    added.GIVEN.clear()
    yield
    added.GIVEN.clear()
    added.GIVEN.update(before)


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("x.note = 1", {"note"}),
        ("x.a, (x.b, *x.c) = y", {"a", "b", "c"}),
        ("x.total += 1\nx.kind: int = 3", {"total", "kind"}),
        ("with open(p) as x.file: pass\nfor x.i in y: pass", {"file", "i"}),
        ("class C(B):\n    def __init__(self): self.own = 1", {"own"}),
        ("setattr(x, 'late', 1)", {"late"}),
        ("for n in ['p', 'q']: setattr(x, n, 1)", {"p", "q"}),
        ("vars(x).update(first=1)", {"first"}),
        ("get_ipython().run_cell_magic('time', '', 'x.timed = 1\\n')", {"timed"}),
        ("print(x.shape, x.a == 1)", set()),
    ],
)
def test_the_names_that_code_assigns(source: str, names: set[str]) -> None:
    added.note(source)
    assert names == added.GIVEN


class Dated(datetime.date):
    """Pickled as the date that it is."""

    reason: Any
    other: Any


def test_an_attribute_that_a_cell_gave_comes_back_with_the_object_that_it_is() -> None:
    added.note("day.reason = notes")
    day, notes = Dated(2026, 1, 1), [1]
    day.reason = notes
    back = again(day=day, notes=notes)
    assert back["day"] == day
    assert back["day"].reason is back["notes"]


def test_what_no_cell_assigned_is_left_to_the_librarys_own_pickling() -> None:
    day = Dated(2026, 1, 1)
    day.other = 1
    assert not hasattr(again(day=day)["day"], "other")


def test_a_name_that_the_library_uses_itself_is_left_to_it() -> None:
    added.note("self._condition = 1")
    reduced = (Future, ())
    decision = added.kept_with_them(Future, lambda _: reduced, ours=True)
    assert decision is not None
    assert decision(Future()) is reduced


def test_slots_of_a_cells_class_are_kept_where_its_base_pickles_itself() -> None:
    @of_a_cell
    class Share(fractions.Fraction):
        __slots__ = ("__own", "of")

    share = Share(1, 2)
    share.of, share._Share__own = [3], 4  # type: ignore[attr-defined]
    back = again(share=share)["share"]
    assert (back, back.of, back._Share__own) == (fractions.Fraction(1, 2), [3], 4)


def test_a_cells_constructor_is_not_called_for_what_its_base_pickled() -> None:
    @of_a_cell
    class Zone(datetime.tzinfo):
        def __init__(self, hours: int) -> None:
            self.hours = hours

    assert again(zone=Zone(3))["zone"].hours == 3


def test_state_that_a_cells_class_leaves_out_comes_after_its_own_setstate() -> None:
    @of_a_cell
    class Model:
        def __init__(self) -> None:
            self.kept, self.cache = 1, [2]

        def __getstate__(self) -> dict[str, Any]:
            return {"kept": self.kept}

        def __setstate__(self, state: dict[str, Any]) -> None:
            self.kept, self.cache = state["kept"], []

    added.note("self.kept, self.cache = 1, [2]")
    assert again(model=Model())["model"].cache == [2]
