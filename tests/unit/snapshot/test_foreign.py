"""Objects that a library nobody knows says itself how to pickle."""

from __future__ import annotations

import copyreg
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from made_libraries import library_of
from memory import Memory
from sojourn_kernel.restore.thaw import Thaw
from sojourn_kernel.snapshot.freeze import freeze

LIBRARY = """
class Writer:
    def __init__(self, name, mode): self.name, self.mode, self.file = name, mode, open(name, mode)
    def __reduce__(self): return Writer, (self.name, self.mode)
class Table:
    def __init__(self, n): self.n = n
    def __reduce__(self): raise TypeError("ask the table")
class Body:
    def __init__(self, mass): self.mass = mass
    def __getstate__(self): return self.mass
    def __setstate__(self, mass): self.__init__(mass)
"""


@pytest.fixture
def library() -> Iterator[Any]:
    with library_of("foreign_library", LIBRARY) as module:
        yield module


def again(**roots: Any) -> tuple[dict[str, Any], list[str]]:
    """Values after a save and a restore, and reasons of what was told."""
    store = Memory()
    thaw = Thaw(freeze(roots, store, main=roots), store, {})
    values = thaw.load_all()
    return values, [told.reason for told in thaw.told]


@pytest.mark.parametrize("mode", ["w", "wb", "w+"])
def test_what_would_empty_a_file_as_it_is_made_again_is_told(library: Any, tmp_path: Path, mode: str) -> None:
    writer = library.Writer(str(tmp_path / "out"), mode)
    writer.file.write("all of it" if "b" not in mode else b"all of it")
    writer.file.close()
    _, told = again(writer=writer)
    assert told == [f"it writes {tmp_path / 'out'}, and would empty that if it were made again."]
    assert (tmp_path / "out").read_text() == "all of it"


def test_what_reads_a_file_is_made_again(library: Any, tmp_path: Path) -> None:
    (tmp_path / "in").write_text("all of it")
    values, told = again(reader=library.Writer(str(tmp_path / "in"), "r"))
    assert (values["reader"].file.read(), told) == ("all of it", [])


def test_a_class_that_is_in_pickles_own_table_is_pickled_by_that(library: Any) -> None:
    copyreg.pickle(library.Table, lambda table: (library.Table, (table.n,)))
    try:
        values, told = again(table=library.Table(3))
    finally:
        del copyreg.dispatch_table[library.Table]
    assert (values["table"].n, told) == (3, [])


def test_a_library_that_constructs_anew_calls_its_own_constructor(
    library: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[float] = []

    class Ball(library.Body):
        def __init__(self, radius: float) -> None:
            super().__init__(radius * 2)
            made.append(radius)

    Ball.__module__, Ball.__qualname__ = "__main__", "Ball"
    monkeypatch.setattr(sys.modules["__main__"], "Ball", Ball, raising=False)
    values, told = again(ball=Ball(3.0), Ball=Ball)
    ball = values["ball"]
    assert (ball.mass, made, type(ball) is values["Ball"], told) == (6.0, [3.0], True, [])
