"""Of arrays that several names share, those are read again that a touched name reaches, and no others."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sojourn_kernel.snapshot.aliasing import reach
from sojourn_kernel.snapshot.freeze import freeze
from sojourn_kernel.snapshot.frozen import Frozen

from tests.unit.snapshot.memory import Noting
from tests.unit.snapshot.test_properties import thawed

SIZE = 4096  # float64: 32 KB


class Reads(Noting):
    """Notes which buffers are read."""

    def __init__(self) -> None:
        super().__init__(lambda data: float(np.frombuffer(data)[0]))
        self.read = self.noted


@pytest.fixture(autouse=True)
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reach, "LARGE", SIZE * 8)


def _session() -> tuple[dict[str, Any], Reads, Frozen]:
    arrays = [np.full(SIZE, float(number)) for number in range(4)]
    roots = {"arrays": arrays, "b": arrays[1], "c": arrays[2]}
    store = Reads()
    table = freeze(roots, store, main=roots)
    store.read.clear()
    return roots, store, table


def _again(roots: dict[str, Any], store: Reads, table: Frozen, dirty: set[str]) -> dict[str, Any]:
    return thawed(freeze(roots, store, main=roots, dirty=dirty, previous=table), store)


def test_only_what_the_touched_name_reaches_is_read() -> None:
    roots, store, table = _session()
    roots["b"][5] = 50.0
    found = _again(roots, store, table, {"b"})
    assert store.read == [1.0]
    assert found["arrays"][1] is found["b"] and found["b"][5] == 50.0


def test_what_a_name_reached_at_the_last_checkpoint_is_read_though_it_is_bound_to_another_now() -> None:
    roots, store, table = _session()
    roots["b"][5] = 50.0
    roots["b"] = roots["arrays"][3]
    found = _again(roots, store, table, {"b"})
    assert store.read == [1.0]
    assert found["arrays"][1][5] == 50.0 and found["b"] is found["arrays"][3]


def test_a_name_that_reaches_all_has_all_read() -> None:
    roots, store, table = _session()
    _again(roots, store, table, {"arrays"})
    assert sorted(store.read) == [0.0, 1.0, 2.0, 3.0]


def test_without_knowing_what_was_touched_all_is_read() -> None:
    roots, store, table = _session()
    freeze(roots, store, main=roots, dirty=None, previous=table)
    assert sorted(store.read) == [0.0, 1.0, 2.0, 3.0]


def test_a_window_on_an_array_that_was_touched_has_it_read() -> None:
    whole = np.full(2 * SIZE, 7.0)
    roots: dict[str, Any] = {"whole": whole, "window": whole[SIZE:], "other": [whole, np.full(SIZE, 8.0)]}
    store = Reads()
    table = freeze(roots, store, main=roots)
    store.read.clear()
    roots["window"][0] = 70.0
    found = _again(roots, store, table, {"window"})
    assert store.read == [7.0]
    assert found["whole"][SIZE] == 70.0


class Copying:
    """Pickled with a copy of what it holds."""

    def __init__(self, held: Any) -> None:
        self.held = held

    def __reduce__(self) -> Any:
        return Copying, (self.held.copy(),)


def test_a_copy_that_pickling_makes_is_read_and_who_has_one_made_has_all_read() -> None:
    whole, copied = np.full(SIZE, 8.0), Copying(np.full(SIZE, 9.0))
    roots: dict[str, Any] = {"whole": whole, "pair": [copied, whole], "copied": copied}
    store = Reads()
    table = freeze(roots, store, main=roots)
    assert not table.owner["pair"].untouched({"copied"})
    store.read.clear()
    _again(roots, store, table, {"whole"})
    assert sorted(store.read) == [8.0, 9.0]


def test_what_comes_to_lie_where_a_large_array_lay_is_read() -> None:
    roots, store, table = _session()
    at = roots["b"].ctypes.data
    roots["arrays"][1] = roots["b"] = None
    new = next(
        (one for one in [np.full(SIZE, 60.0 + n) for n in range(50)] if one.ctypes.data == at), np.full(SIZE, 60.0)
    )
    roots["arrays"][1] = roots["b"] = new
    found = _again(roots, store, table, {"b", "arrays"})
    assert found["b"] is found["arrays"][1] and found["b"][0] == new[0]


class Artist:
    """Counts how often it is pickled."""

    def __init__(self, of: list[Any], asked: list[int]) -> None:
        self.of, self._asked = of, asked

    def __getstate__(self) -> dict[str, Any]:
        self._asked[0] += 1
        return {"of": self.of}


def _figure() -> tuple[dict[str, Any], list[int]]:
    """An array and many objects that lead to each other, of which some are variables of their own."""
    asked = [0]
    figure: list[Any] = [np.full(SIZE, 1.0)]
    figure += [Artist(figure, asked) for _ in range(20)]
    return {"figure": figure, "lines": figure[1:3], "line": figure[5]}, asked


def test_many_objects_around_a_large_array_are_gone_through_once_however_many_names_lead_to_them() -> None:
    roots, asked = _figure()
    freeze(roots, Reads(), main=roots)
    assert asked == [2 * 20]  # to find out who shares them, and together


def test_a_name_for_a_part_of_them_reaches_the_large_array() -> None:
    roots, _ = _figure()
    store = Reads()
    table = freeze(roots, store, main=roots)
    for name in ("line", "lines"):
        store.read.clear()
        found = _again(roots, store, table, {name})
        assert store.read == [1.0]
        assert found["lines"][0].of is found["figure"] and found["line"] is found["figure"][5]
