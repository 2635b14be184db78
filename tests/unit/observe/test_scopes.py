"""Which names of a cell's code are the namespace's, and which a function's own."""

from __future__ import annotations

import ast
import re
import types
from collections.abc import Iterator
from pathlib import Path

import pytest
from sojourn_kernel.observe.accesses import Accesses, globals_of
from sojourn_kernel.observe.words import BUILTINS, words_of

OF_THE_COMPILER = re.compile(r"__\w+__$|_[A-Za-z]\w*__\w+$")  # what classes get, and private names of theirs
LIBRARY = sorted(Path(ast.__file__).parent.glob("*.py"))


def later(cell: str) -> set[str]:
    """Names of the namespace that what a cell defines may touch at any time."""
    words = words_of(cell)
    assert words is not None
    return words.later


@pytest.mark.parametrize(
    "cell",
    [
        "keep(lambda x: x + 1)",
        "keep(lambda *x, **y: (x, y))",
        "class A:\n    def m(self, x=1): return x",
        "class A:\n    def m(self):\n        x = 1\n        return x",
        "class A:\n    def m(self):\n        for x in (): pass\n        with open('') as x: pass\n        import x",
        "class A:\n    def m(self):\n        try: pass\n        except ValueError as x: print(x)",
        "class A:\n    def m(self, v):\n        match v:\n            case {'k': x, **y}: return x, y",
        "class A:\n    def m(self):\n        x = 1\n        def n(): return x\n        return n",
        "class A:\n    def m(self):\n        return self.x",
        "keep(lambda: [x for x in ()])",
        "keep(lambda: {x: y for x, *y in ()})",
        "def f():\n    x = 1\n    def g():\n        nonlocal x\n        x = 2\n    return g",
    ],
)
def test_a_functions_own_names_and_attributes_are_not_the_namespaces(cell: str) -> None:
    assert not later(cell) & {"x", "y"}


@pytest.mark.parametrize(
    "cell",
    [
        "keep(lambda y: x)",
        "keep(lambda y=1: [x for x in x])",
        "class A:\n    def m(self):\n        global x\n        x = 1",
        "class A:\n    x = x",
        "def f():\n    x = 1\n    class A:\n        x = x\n    return A",
        "def f(x):\n    def g():\n        global x\n        def h(): return x\n        return h\n    return g",
        "def f():\n    x = 1\n    class A:\n        global x\n        y = x\n    return A",
        "keep(lambda frame: frame.query('a > @x'))",
        "class A(x): pass",
        "class A:\n    def m(self): exec('x = 1')",
    ],
)
def test_what_is_looked_up_in_the_namespace_is_the_namespaces(cell: str) -> None:
    assert "x" in later(cell)


def test_an_argument_of_a_function_that_was_handed_on_is_not_touched_by_every_cell() -> None:
    accesses = Accesses()
    accesses.ran(["def mean(data):\n    return data.total / count\nkeep(mean)"])
    assert accesses.of_cell("z = 1", {}) == {"z", "mean", "count"}


def code_in(code: types.CodeType) -> Iterator[types.CodeType]:
    """Code that may run later than the code around it."""
    inner = [one for one in code.co_consts if isinstance(one, types.CodeType)]
    at_once = ("<listcomp>", "<setcomp>", "<dictcomp>", "<generic parameters of ")
    return (one for one in inner if not one.co_name.startswith(at_once))


def of_namespace(code: types.CodeType) -> set[str]:
    """Names that the compiler has looked up in the namespace."""
    return {name for name in globals_of(code) - BUILTINS if not OF_THE_COMPILER.match(name)}


@pytest.mark.parametrize("path", LIBRARY, ids=lambda path: path.stem)
def test_no_name_is_missed_that_the_compiler_looks_up_in_the_namespace(path: Path) -> None:
    source = path.read_text(errors="replace")
    words, code = words_of(source), compile(source, str(path), "exec", dont_inherit=True)
    assert words is not None
    missed = of_namespace(code) - words.names
    for inner in code_in(code):
        missed |= of_namespace(inner) - words.later - words.bodies.get(inner.co_name, set())
    assert not missed
