"""A checkpoint of another Python version: data as it was, functions and classes from the source of their cells."""

from __future__ import annotations

import sys
import types
from collections.abc import Iterator
from typing import Any

import pytest
from sojourn_kernel.observe.lineage import CellExecution
from sojourn_kernel.restore.recompile import recompile
from sojourn_kernel.restore.thaw import Thaw
from sojourn_kernel.snapshot import definitions
from sojourn_kernel.snapshot.freeze import freeze

from tests.unit.snapshot.memory import Memory

CELL = """
import functools
def plain(x, k=2): return x * k
def outer(a, b):
    def inner(c): return (a, b, c)
    return inner
closed = outer(1, 2)
square = lambda x: x * x
class Point:
    size = 3
    def __init__(self, x): self.x = x
    @property
    def twice(self): return self.x * 2
    @staticmethod
    def make(x): return Point(x)
@functools.lru_cache
def cached(n): return n + 1
async def later(): return 5
numbers = [n * closed(n)[0] for n in range(3)]
point = Point(4)
"""


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[dict[str, Any], Thaw]]:
    """The names of the cell as another Python would have frozen them, thawed in a namespace of its own."""
    made = types.ModuleType("__main__")
    monkeypatch.setitem(sys.modules, "__main__", made)
    exec(compile(CELL, "<cell>", "exec"), made.__dict__)
    names = {name: value for name, value in made.__dict__.items() if not name.startswith("__")}
    monkeypatch.setattr(definitions, "VERSION", (2, 7))
    memory = Memory()
    table = freeze(names, memory, main=made.__dict__)
    cells = [CellExecution(1, CELL, 0.1, True, (), tuple(names), "", "<cell>")]
    for name in names:
        del made.__dict__[name]
    thaw = Thaw(table, memory, made.__dict__, lambda hint: recompile(cells, hint))
    loaded = thaw.load_all()
    made.__dict__.update(loaded)
    yield loaded, thaw


def test_all_comes_back_and_nothing_is_told(session: tuple[dict[str, Any], Thaw]) -> None:
    names, thaw = session
    assert thaw.told == []
    assert names["plain"](3) == 6 and names["closed"](9) == (1, 2, 9) and names["square"](5) == 25
    assert names["point"].twice == 8 and type(names["point"]) is names["Point"] and names["Point"].make(1).x == 1
    assert names["cached"](1) == 2 and names["numbers"] == [0, 1, 2]


@pytest.mark.parametrize(
    ("hint", "said"),
    [
        ("<other>:3:plain:", "in no cell"),
        ("<cell>:99:plain:", "not in the source"),
        ("<cell>:5:outer.<locals>.inner:b,a", "not in the source"),
        ("<broken>:1:f:", "does not compile"),
        ("<twins>:1:<lambda>:", "others on its line"),
    ],
)
def test_code_that_can_not_be_found_again_says_why(hint: str, said: str) -> None:
    sources = {"<cell>": CELL, "<broken>": "def f(:", "<twins>": "pair = (lambda: 1, lambda: 2)"}
    cells = [CellExecution(1, source, 0.1, True, (), (), "", file) for file, source in sources.items()]
    with pytest.raises(LookupError, match=said):
        recompile(cells, hint)
