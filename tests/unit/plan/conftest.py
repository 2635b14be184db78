"""Sessions for the plan: cells that really ran, and what the kernel would know of them."""

from __future__ import annotations

import sys
import types
from collections.abc import Callable, Iterator

import pytest
from sojourn_kernel.observe.marks import mark_of
from sojourn_kernel.observe.watch import Watch
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
    """Runs cells, one after the other, watched as in a kernel; a cell that raises has failed."""

    def run(*sources: str) -> Recipes:
        names = main.__dict__
        exec("", names)  # the interpreter's own names are there before the first cell
        compiler = types.SimpleNamespace(get_code_name=lambda source, _, number: "", _filename_map={})
        watch = Watch(types.SimpleNamespace(user_ns=names, compile=compiler))
        for number, source in enumerate(sources, 1):
            watch.before(source)
            try:
                exec(compile(source, f"<cell {number}>", "exec"), names)
                ok = True
            except Exception:
                ok = False
            watch.after(source, number, 0.1, ok, mark_of(source))
        namespace = {name: value for name, value in names.items() if not name.startswith("__")}
        return Recipes(watch.lineage.cells, namespace, watch.accesses)

    return run
