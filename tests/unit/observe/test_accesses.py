"""What a cell may have touched: never less than it did, whatever way it took."""

from __future__ import annotations

import sys
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


@pytest.mark.parametrize(
    "cells",
    [
        ["handlers = {'go': lambda: big.append(1)}"],
        ["class Shop:\n    def sell(self): big.append(1)", "shop = Shop()"],
        ["def make(f):\n    def call(): return f()\n    return call", "go = make(lambda: big.append(1))"],
        ["def handler(number, frame): big.append(1)", "import signal\nold = signal.signal(signal.SIGUSR1, handler)"],
        ["def handler(): big.append(1)", "alias = handler"],
        ["def outer():\n    def inner(): big.append(1)\n    return inner"],
        ["def lines():\n    for x in big: yield x"],
        ["import functools", "@functools.lru_cache\ndef cached(): return len(big)"],
        ["async def tick(): big.append(1)"],
        ["squares = (x for x in big)"],
        ["def called(): big.append(1)", "get = 'called'"],
    ],
)
def test_code_that_may_run_at_any_time_has_touched_what_it_names_with_every_cell(cells):
    """A library, the collector, a signal or a trace may call it."""
    accesses, namespace = session("big = []; n = 3", *cells)
    assert "big" in accesses.of_cell("n + 1", namespace)
    assert "big" in accesses.of_callbacks(namespace)


def test_code_in_a_magic_is_code_of_the_cell():
    cell = "get_ipython().run_cell_magic('time', '', 'handlers.append(lambda: big.append(1))\\n')"
    accesses, namespace = session("big = []; handlers = []")
    accesses.ran([cell])
    assert "big" in accesses.of_cell("handlers[0]()", namespace)


def test_a_function_that_is_only_called_by_name_touches_nothing_until_then():
    accesses, namespace = session("big = []; n = 3", "def total(): return len(big)", "total()")
    assert "big" not in accesses.of_cell("n + 1", namespace)
    assert "big" in accesses.of_cell("total()", namespace)


@pytest.mark.parametrize(
    "cell",
    [
        "exec('a = 1')",
        "globals()['a'] = 1",
        "from math import *",
        "import __main__; __main__.a = 2",
        "get_ipython().run_line_magic('run', 'script.py')",
        "import sys; setattr(sys.modules['__main__'], name, 1)",
        "f.__globals__['a'] = 1",
        "Out[3].append(1)",
        "get_ipython().run_line_magic('timeit', 'exec(code)')",
        "breakpoint()",
        "import ipdb; ipdb.set_trace()",
    ],
)
def test_a_cell_whose_reach_its_code_does_not_tell_may_touch_anything(cell):
    accesses, namespace = session("a = []")
    assert accesses.of_cell(cell, namespace) is None


@pytest.mark.parametrize(
    "cell",
    [
        "[name for name in dir() if name[:1] != '_']",
        "sorted(name for name in dir())",
        "getattr(sys.modules[__name__], given)",
        "sys.modules.get(__name__)",
        "vars(sys.modules[f.__module__])",
    ],
)
def test_the_namespace_by_a_way_that_no_word_shows_is_anything(cell):
    accesses, namespace = session("a = []", "import sys\ndef mine(): return sys.modules[__name__]")
    assert accesses.of_cell(cell, namespace) is None
    assert accesses.of_cell("mine()", namespace) is None
    assert accesses.of_cell("dir(a), sys.modules['os'], sys.modules.keys", namespace) is not None


def test_annotations_that_are_text_are_touched_with_their_function():
    accesses, namespace = session("Alias = list", "def f(a: 'Alias') -> 'dict[str, Other]': return a")
    assert {"Alias", "Other"} <= accesses.of_cell("typing.get_type_hints(f)", namespace)


def test_ordinary_words_in_a_string_are_no_reach():
    accesses, namespace = session("a = []")
    assert accesses.of_cell("a.append('In or Out: reset, push and inspect')", namespace) is not None


def test_methods_with_the_names_of_built_in_functions_are_no_reach():
    accesses, namespace = session(
        "a = []", "class Net:\n    def eval(self): return self\n    def show(self): return vars(self), locals()"
    )
    assert accesses.of_cell("import re; re.compile('x'); net.eval(); setattr(net, 'x', 1)", namespace) is not None


def test_a_main_guard_is_no_reach():
    accesses, namespace = session("a = []")
    assert accesses.of_cell("if __name__ == '__main__':\n    a.append(1)", namespace) is not None


def test_after_exec_of_text_made_elsewhere_a_value_that_may_hold_its_functions_may_touch_anything():
    accesses, namespace = session("hidden = []; made = {}; text = 'made[0] = lambda: hidden.append(1)'", "exec(text)")
    assert accesses.of_cell("made[0]()", namespace) is None
    assert accesses.of_callbacks(namespace) is None


def test_the_text_that_exec_is_given_is_read():
    accesses, namespace = session("hidden = []; made = {}", "exec('made[0] = lambda: hidden.append(1)')")
    assert "hidden" in accesses.of_cell("made[0]()", namespace)


@pytest.mark.parametrize(
    ("cells", "cell"),
    [
        (["ns = globals()"], "ns[key].append(1)"),
        (["import __main__ as m"], "getattr(m, key).append(1)"),
        (["run = exec"], "run(key)"),
        (["class Box: pass", "box = Box(); box.ns = globals()"], "box.ns[key].append(1)"),
        (["class Box: pass", "ns = globals()", "box = Box(); box.ns = ns"], "box.ns[key].append(1)"),
        (["from ctypes import memset"], "memset(address, 0, 8)"),
    ],
)
def test_whoever_keeps_the_namespace_may_touch_anything(cells, cell):
    accesses, namespace = Accesses(), {"__name__": "__main__"}
    namespace["__builtins__"] = __builtins__
    main = types.ModuleType("__main__")
    main.__dict__.update(namespace)
    namespace = vars(main)
    before, sys.modules["__main__"] = sys.modules["__main__"], main
    try:
        for one in ["a = []; key = 'a'", *cells]:
            accesses.of_cell(one, namespace)
            exec(one, namespace)
            accesses.ran([one])
            accesses.of_cell(one, namespace)
        assert accesses.of_cell(cell, namespace) is None
    finally:
        sys.modules["__main__"] = before


@pytest.mark.parametrize(
    "cell", ["cProfile.run(code)", "run(code)", "profiler.run(code)", "tracer.run(code)", "debugger.run(code)"]
)
def test_what_runs_text_in_the_sessions_module_may_touch_anything(cell):
    accesses, namespace = session(
        "a = []; code = 'a.append(1)'",
        "import cProfile, trace, bdb\nfrom profile import run",
        "profiler, tracer, debugger = cProfile.Profile(), trace.Trace(), bdb.Bdb()",
    )
    assert accesses.of_cell(cell, namespace) is None
    assert accesses.of_cell("import subprocess; subprocess.call(code)", namespace) is not None


def test_asking_the_namespace_on_the_spot_keeps_nothing():
    accesses, namespace = session("a = []; n = [len]", "'a' in globals(); globals().get('a'); b = globals()['a']")
    assert accesses.of_cell("n[0](n)", namespace) is not None


def test_a_module_that_reaches_the_namespace_may_touch_anything():
    accesses, namespace = session("big = []")
    namespace["helpers"] = types.ModuleType("helpers")
    assert "big" not in accesses.of_cell("helpers.go()", namespace)
    accesses.reaches_namespace()
    assert accesses.of_cell("helpers.go()", namespace) is None
    assert "big" not in accesses.of_cell("1 + 1", namespace)


def test_only_what_is_not_data_may_hold_code_that_no_cell_shows():
    accesses, namespace = session(
        "import numpy as np, pandas as pd", "f = len; text = 'x'", "exec(text, {'x': 1})",
        "numbers = np.zeros(3); frame = pd.DataFrame({'x': [1.0], 's': pd.Series(['a'], dtype='string')})",
        "objects = np.array([f, f], dtype=object); mixed = pd.DataFrame({'x': pd.Series([f], dtype=object)})",
        "applied = np.vectorize(f); plain = [1, 'a', {'k': 2.0}]",
    )  # fmt: skip
    for data in ("numbers", "frame", "plain"):
        assert accesses.of_cell(f"{data}.sum()", namespace) is not None
    for holder in ("objects", "mixed", "applied"):
        assert accesses.of_cell(f"{holder}.go()", namespace) is None


def test_what_is_not_python_touches_nothing():
    accesses, namespace = session("a = []")
    assert accesses.of_cell("a = = 1", namespace) == set()


def test_what_is_said_of_a_variable_by_the_magic_touches_it_not():
    said = "get_ipython().run_line_magic('sojourn', 'expendable x')"
    assert Accesses().of_cell(said, {"x": [1]}) == set()
