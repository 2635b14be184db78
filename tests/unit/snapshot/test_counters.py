"""Counters of libraries: found by what they are or by the code that adds to them, brought forward and never back."""

from __future__ import annotations

import importlib
import itertools
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sojourn_kernel.snapshot.libraries import after_import, counters
from sojourn_kernel.snapshot.looking import additions


def adds_to_a_global() -> None:
    global total
    total += 1


def adds_to_a_global_at_length() -> None:
    global total
    total = total + 1


def adds_to_an_attribute(self: Any) -> None:
    self.count += 1


def adds_to_an_attribute_of_a_class(cls: Any, step: int) -> int:
    cls.registry.number = cls.registry.number + step
    return int(cls.registry.number)


def adds_elsewhere(self: Any, other: Any) -> None:
    self.total = other.one + other.two
    self.names = [*self.names, "x"]


total = 0


@pytest.mark.parametrize(
    ("function", "of_globals", "of_attributes"),
    [
        (adds_to_a_global, {"total"}, set()),
        (adds_to_a_global_at_length, {"total"}, set()),
        (adds_to_an_attribute, set(), {"count"}),
        (adds_to_an_attribute_of_a_class, set(), {"number"}),
        (adds_elsewhere, set(), set()),
    ],
)
def test_what_code_adds_to(function: Callable[..., Any], of_globals: set[str], of_attributes: set[str]) -> None:
    assert additions.added_to(function.__code__) == (of_globals, of_attributes)


def test_a_count_is_brought_forward_and_never_back() -> None:
    count = itertools.count(3)
    assert counters.forward(count, 7) is None
    assert next(count) == 7
    counters.forward(count, 2)
    assert next(count) == 8


@pytest.mark.parametrize(("now", "then", "further"), [(2, 5, 5), (5, 2, None), (0, counters.FURTHEST + 1, None)])
def test_a_number_is_brought_forward_and_never_back_nor_without_end(now: int, then: int, further: int | None) -> None:
    assert counters.forward(now, then) == further


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.syspath_prepend(str(tmp_path))
    yield tmp_path
    for name in [name for name in sys.modules if name.partition(".")[0] == "awaited"]:
        del sys.modules[name]


def test_what_waits_for_a_module_comes_at_the_end_of_its_import(folder: Path) -> None:
    (folder / "awaited.py").write_text("value = 1\n")
    seen: list[int] = []
    before = list(sys.meta_path)
    after_import.after("awaited", lambda module: seen.append(module.value))
    assert seen == []
    import awaited  # type: ignore[import-not-found]

    assert seen == [1]
    assert sys.meta_path == before
    assert type(awaited.__loader__).__name__ == "SourceFileLoader"
    assert awaited.__spec__.loader is awaited.__loader__


def test_a_module_that_is_there_is_not_waited_for(folder: Path) -> None:
    (folder / "awaited.py").write_text("value = 2\n")
    importlib.import_module("awaited")
    seen: list[int] = []
    after_import.after("awaited", lambda module: seen.append(module.value))
    assert seen == [2]


def test_an_import_that_fails_fails_as_ever_and_is_waited_for_again(folder: Path) -> None:
    (folder / "awaited.py").write_text("raise RuntimeError('not yet')\n")
    seen: list[int] = []
    after_import.after("awaited", lambda module: seen.append(module.value))
    with pytest.raises(RuntimeError, match="not yet"):
        import awaited
    (folder / "awaited.py").write_text("value = 3333333\n")
    import awaited

    assert awaited.value == 3333333
    assert seen == [3333333]
