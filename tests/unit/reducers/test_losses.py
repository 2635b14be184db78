"""One object that can't be loaded costs itself: not its neighbours, not the functions and classes, not the session."""

from __future__ import annotations

from pathlib import Path

from ambient.lives import live_twice


def test_an_object_whose_loading_raises_is_told_and_its_neighbours_are_kept(tmp_path: Path) -> None:
    cells = [
        "import socket\ndef refuse(*a): raise ValueError('not here')\nclass Bad:\n    def __init__(self): self.link = socket.socketpair()\n    def __reduce__(self): return refuse, (1,)",
        "class Half:\n    def __init__(self): self.x = 1; self.link = socket.socketpair()\n    def __getstate__(self): return {'x': 1}\n    def __setstate__(self, state): raise KeyError('state')",
        "shared = [1]; bag = {'bad': Bad(), 'half': Half(), 'ok': shared, 'more': [Bad(), 2]}",
        "def f(x, d=Bad()): return x + 1",
    ]
    checks = ["bag['ok'] is shared", "bag['more'][1]", "f(1)", "str(bag['bad'])", "bag['half'].x", "isinstance(1, Bad)"]
    lives = live_twice(tmp_path, cells, checks)
    assert lives.after["bag['ok'] is shared"] == "True" and lives.after["bag['more'][1]"] == "2"
    assert lives.after["f(1)"] == "2" and lives.after["isinstance(1, Bad)"] == "False"
    assert lives.after["str(bag['bad'])"].startswith("!SojournLost: bag['bad']: loading it raised ValueError: not here")
    assert lives.after["bag['half'].x"].startswith("!SojournLost: bag['half']")
    assert any(told.startswith("bag['more'][0]: ") for told in lives.told)


def test_a_loss_goes_by_the_name_of_a_variable_where_it_is_an_output_as_well(tmp_path: Path) -> None:
    cells = [
        "import socket\na, b = socket.socketpair()",
        "a",
        "box = [b]; box",
        "def refuse(): raise ValueError('no')\nclass Bad:\n    def __init__(self): self.link = a\n    def __reduce__(self): return refuse, ()",
        "bad = Bad(); bad",
    ]
    lives = live_twice(tmp_path, cells, ["a.fileno()", "bad.x"])
    assert lives.after["a.fileno()"].startswith("!SojournLost: a: "), lives.after
    assert lives.after["bad.x"].startswith("!SojournLost: bad: "), lives.after
    assert not any(told.startswith(("_", "Out[")) for told in lives.told), lives.told


def test_a_package_that_is_missing_costs_only_what_needs_it(tmp_path: Path) -> None:
    package = tmp_path / "work" / "site-packages"
    package.mkdir(parents=True)
    (package / "lostlib.py").write_text("class Thing:\n    def __init__(self, n): self.n = n\ndef work(): return 1\n")
    cells = [
        "import sys; sys.path.insert(0, 'site-packages'); import lostlib",
        "t = lostlib.Thing(1); bag = [t, 'kept']; from lostlib import work\ndef mine(): return 5\nclass Sub(lostlib.Thing): pass\ns = Sub(2)",
        "import atexit, shutil; r = atexit.register(shutil.rmtree, 'site-packages'); r = None",
    ]
    lives = live_twice(tmp_path, cells, ["bag[1]", "mine()", "t.n", "work()", "s.n", "lostlib.work()"])
    assert lives.after["bag[1]"] == "'kept'" and lives.after["mine()"] == "5"
    for check in ("t.n", "work()", "s.n"):
        assert lives.after[check].startswith("!SojournLost") and "lostlib" in lives.after[check], check
    assert any("the package lostlib is not installed here" in told for told in lives.told)


def test_values_of_a_class_whose_new_wants_arguments(tmp_path: Path) -> None:
    cells = [
        "class P:\n    def __new__(cls, a, *, b):\n        self = super().__new__(cls); self.a, self.b = a, b; return self",
        "p = P(1, b=[2])",
    ]
    assert live_twice(tmp_path, cells, ["p.a, p.b"]).after == {"p.a, p.b": "(1, [2])"}


def test_small_things_of_the_standard_library(tmp_path: Path) -> None:
    cells = [
        "import ctypes, re, tempfile, multiprocessing as mp, os",
        "class S(ctypes.Structure):\n    _fields_ = [('a', ctypes.c_int), ('b', ctypes.c_double * 2)]\n    def twice(self): return self.a * 2\ns = S(5); s.b[1] = 2.5; arr = (S * 2)(s, S(7))",
        "m = re.search('(?P<k>b)', 'abc'); ms = list(re.finditer('.', 'xyz'))",
        "f = tempfile.NamedTemporaryFile('w+'); n = f.write('hey'); f.flush(); n = f.seek(1)",
        "v = mp.Value('i', 4); a = mp.Array('d', [1, 2])",
    ]
    checks = [
        "s.a, list(s.b), s.twice(), arr[1].a, type(arr[0]) is S",
        "m['k'], m.span()",
        "ms[2].span(), ms[2].group()",
        "f.tell(), os.path.exists(f.name)",
        "v.value, list(a)",
    ]
    lives = live_twice(tmp_path, cells, checks)
    assert lives.after == lives.before
    assert lives.told == []


def test_a_star_import_of_sympy_loses_nothing(tmp_path: Path) -> None:
    cells = ["from sympy import *\nx = Symbol('x', positive=True); y = symbols('y'); L = lambdify(y, y**2)"]
    lives = live_twice(tmp_path, cells, ["L(3)", "sqrt(x**2)", "RR is __import__('sympy').RR", "callable(test)"])
    assert lives.after == lives.before
    assert lives.told == []


def test_what_an_orm_session_has_not_committed_is_told(tmp_path: Path) -> None:
    cells = [
        "import sqlalchemy as sa\nfrom sqlalchemy.orm import declarative_base, Session\nB = declarative_base()\nclass U(B):\n    __tablename__ = 'u'\n    id = sa.Column(sa.Integer, primary_key=True)",
        "e = sa.create_engine('sqlite:///db'); B.metadata.create_all(e)\ns = Session(e); s.add(U()); s.commit(); s.add(U()); s.flush()",
    ]
    lives = live_twice(tmp_path, cells, ["s.bind is e", "type(s).__name__"])
    assert lives.after == lives.before
    (told,) = lives.told
    assert told.startswith("s: it connects again when it is used; what its transaction had not committed is gone.")
