"""Sessions for the plan: cells that really ran, and what the kernel would know of them."""

from __future__ import annotations

import sys
import types
from collections.abc import Callable, Iterator

import pytest
from sojourn_kernel.observe.accesses import Accesses
from sojourn_kernel.observe.lineage import CellExecution
from sojourn_kernel.observe.marks import mark_of
from sojourn_kernel.plan.recipes import Recipes


@pytest.fixture
def main() -> Iterator[types.ModuleType]:
    """An empty ``__main__``, as in a kernel."""
    before, made = sys.modules["__main__"], types.ModuleType("__main__")
    sys.modules["__main__"] = made
    yield made
    sys.modules["__main__"] = before


@pytest.fixture
def session(main: types.ModuleType) -> Callable[..., Recipes]:
    """Runs cells, one after the other; a cell that raises has failed."""

    def run(*sources: str) -> Recipes:
        names, accesses, cells = main.__dict__, Accesses(), []
        for number, source in enumerate(sources, 1):
            before = {name: id(value) for name, value in names.items()}
            try:
                exec(compile(source, f"<cell {number}>", "exec"), names)
                ok = True
            except Exception:
                ok = False
            accesses.ran([source])
            touched, words = accesses.of_cell(source, names), accesses.words(source)
            stored = words.stored if words else set()
            bound = tuple(n for n in names if not n.startswith("__") and (before.get(n) != id(names[n]) or n in stored))
            reached = None if touched is None else tuple(sorted(touched | set(bound)))
            cells.append(CellExecution(number, source, 0.1, ok, reached, bound, mark_of(source)))
        return Recipes(cells, {n: v for n, v in names.items() if not n.startswith("__")}, accesses)

    return run
