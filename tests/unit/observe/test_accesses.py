"""What a cell may have touched: never less than it did, whatever way it took."""

from __future__ import annotations

import types

import pytest
from sojourn_kernel.observe.accesses import Accesses


def session(*cells: str) -> tuple[Accesses, dict]:
    """Run cells as a kernel would, and return what was learnt, and the namespace."""
    accesses, namespace = Accesses(), {"__name__": "__main__"}
    for cell in cells:
        exec(cell, namespace)
    accesses.ran(cells)
    return accesses, namespace


@pytest.mark.parametrize(
    "cell",
    [
        "a.append(1)",
        "df.query('x > @a')",
        "f'{a}'",
        "def later(): return a",
        "(lambda: a)()",
        "del a",
        "for a in []: pass",
        "import os as a",
        "try: pass\nexcept ValueError as a: pass",
        "get_ipython().run_line_magic('timeit', 'a.sum()')",
    ],
)
def test_a_name_in_the_code_or_in_a_string_of_it_is_touched(cell):
    accesses, namespace = session("a = []")
    assert "a" in accesses.of_cell(cell, namespace)


def test_a_name_that_is_not_mentioned_is_not_touched():
    accesses, namespace = session("a = []; b = []")
    assert "b" not in accesses.of_cell("a.append(1)", namespace)


def test_a_function_touches_what_its_body_names_and_what_those_functions_name():
    accesses, namespace = session("counts = []", "def inner(): counts.append(1)", "def outer(): inner()")
    assert {"inner", "counts"} <= accesses.of_cell("outer()", namespace)


def test_a_function_kept_in_a_container_touches_what_any_function_of_the_session_names():
    accesses, namespace = session("big = []", "handlers = {'go': lambda: big.append(1)}")
    assert "big" in accesses.of_cell("handlers['go']()", namespace)


def test_a_method_touches_what_any_function_of_the_session_names():
    accesses, namespace = session("log = []", "class Shop:\n    def sell(self): log.append(1)", "shop = Shop()")
    assert "log" in accesses.of_cell("shop.sell()", namespace)


def test_a_closure_touches_what_the_function_in_it_names():
    accesses, namespace = session(
        "hidden = []",
        "def make(f):\n    def call(): return f()\n    return call",
        "go = make(lambda: hidden.append(1))",
    )
    assert "hidden" in accesses.of_cell("go()", namespace)


def test_plain_data_holds_no_functions():
    accesses, namespace = session("big = []", "f = lambda: big", "n = 3; text = 'x'; xs = [1, 'a', {'k': 2.0}]")
    assert "big" not in accesses.of_cell("n + len(text) + len(xs)", namespace)


@pytest.mark.parametrize(
    "cell",
    [
        "exec('a = 1')",
        "globals()['a'] = 1",
        "from math import *",
        "import __main__; __main__.a = 2",
        "get_ipython().run_line_magic('run', 'script.py')",
        "setattr(thing, name, 1)",
        "Out[3].append(1)",
        "get_ipython().run_line_magic('timeit', 'exec(code)')",
    ],
)
def test_a_cell_whose_reach_its_code_does_not_tell_may_touch_anything(cell):
    accesses, namespace = session("a = []")
    assert accesses.of_cell(cell, namespace) is None


def test_ordinary_words_in_a_string_are_no_reach():
    accesses, namespace = session("a = []")
    assert accesses.of_cell("a.append('In or Out: reset, push and inspect')", namespace) is not None


def test_after_exec_a_value_that_may_hold_its_functions_may_touch_anything():
    accesses, namespace = session("hidden = []; made = {}", "exec('made[0] = lambda: hidden.append(1)')")
    assert accesses.of_cell("made[0]()", namespace) is None
    assert accesses.of_callbacks(namespace) is None


def test_code_between_cells_may_touch_what_functions_name_and_nothing_else():
    accesses, namespace = session("seen = []; other = []", "def callback(): seen.append(1)")
    touched = accesses.of_callbacks(namespace)
    assert "seen" in touched and "other" not in touched


def test_a_module_of_the_users_may_hold_functions_and_a_library_does_not():
    accesses, namespace = session("big = []", "f = lambda: big")
    namespace["helpers"] = types.ModuleType("helpers")
    namespace["helpers"].__file__ = "/home/ada/helpers.py"
    namespace["pytest"] = pytest
    assert "big" in accesses.of_cell("helpers.go()", namespace)
    assert "big" not in accesses.of_cell("pytest.approx(1)", namespace)


def test_an_array_or_a_frame_of_objects_may_hold_functions_and_one_of_numbers_does_not():
    accesses, namespace = session(
        "import numpy as np, pandas as pd", "big = []", "f = lambda: big",
        "numbers = np.zeros(3); frame = pd.DataFrame({'x': [1.0], 's': pd.Series(['a'], dtype='string')})",
        "objects = np.array([f, f], dtype=object); mixed = pd.DataFrame({'x': pd.Series([f], dtype=object)})",
        "applied = np.vectorize(f)",
    )  # fmt: skip
    for data in ("numbers", "frame"):
        assert "big" not in accesses.of_cell(f"{data}.sum()", namespace)
    for holder in ("objects", "mixed", "applied"):
        assert "big" in accesses.of_cell(f"{holder}.go()", namespace)


def test_what_is_not_python_touches_nothing():
    accesses, namespace = session("a = []")
    assert accesses.of_cell("a = = 1", namespace) == set()
