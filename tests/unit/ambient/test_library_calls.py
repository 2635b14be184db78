"""Calls that made settings: made again where that is safe, told where it is not."""

from __future__ import annotations

import inspect
import sys
import types
from pathlib import Path

import pytest
from sojourn_kernel.snapshot.ambient import inside_functions

from .lives import library_in, live_twice

LIBRARY = """\
state = {}
hooks = []
def set_option(name, value, *more): state[name] = value
def set_file(path): open(path, "a").write("x"); state["file"] = path
def set_server(host):
    import socket
    socket.create_connection((host, 9), 0.1) if state.get("there") else state.update(host=host)
def set_process():
    import subprocess
    subprocess.run(["true"])
def set_password(text): state["password"] = text
def register(function): hooks.append(function); return function
def seed(n): state["seed"] = n
class Table: __array__ = None
def add_column(value): return Table()
"""
USE = "import sys\nsys.path.insert(0, '../site-packages')\nimport lib"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder whose ``site-packages`` holds a library that was installed."""
    return library_in(tmp_path, LIBRARY)


def test_a_call_is_made_again_with_plain_values(folder: Path) -> None:
    lives = live_twice(folder, [USE, "w = 66\nlib.set_option('width', w)"], ["lib.state['width']"])
    assert lives.after == lives.before
    assert lives.told == []


def test_calls_are_made_again_in_their_order(folder: Path) -> None:
    cells = [USE, "lib.set_option('a', 1)", "lib.set_option('a', 2)", "lib.set_option('a', 1)"]
    assert live_twice(folder, cells, ["lib.state['a']"]).after == {"lib.state['a']": "1"}


def test_a_function_of_the_users_is_registered_as_the_one_that_the_name_stands_for(folder: Path) -> None:
    cells = [USE, "@lib.register\ndef hook(): return 5"]
    check = "[one is hook for one in lib.hooks]"
    assert live_twice(folder, cells, [check]).after == {check: "[True]"}


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("lib.set_file('notes.txt')", "outside the process (writing notes.txt)"),
        ("lib.set_process()", "outside the process (subprocess.Popen)"),
        ("lib.set_password('hunter2')", "secrets are not written"),
        ("lib.seed(4)", "it may do more than set something"),
        ("import time\nlib.set_option('t', time.time())", "computed by code that is not run again"),
    ],
)
def test_what_is_not_made_again_is_told(folder: Path, cell: str, said: str) -> None:
    lives = live_twice(folder, [USE, cell], ["1"])
    assert said in "\n".join(lives.told)


def test_a_call_made_for_the_array_or_table_that_it_gives_is_no_setting(folder: Path) -> None:
    cell = "import time\nt = lib.add_column(time.time())\nu = [lib.add_column(time.time())]"
    assert live_twice(folder, [USE, cell], ["1"]).told == []


def test_a_file_is_not_written_twice(folder: Path) -> None:
    live_twice(folder, [USE, "lib.set_file('notes.txt')"], ["1"])
    assert (folder / "work" / "notes.txt").read_text() == "x"


def test_a_call_that_the_cell_never_came_to_is_not_made(folder: Path) -> None:
    cells = [USE, "if len(sys.argv) > 99:\n    lib.set_option('b', 1)"]
    assert live_twice(folder, cells, ["'b' in lib.state"]).after == {"'b' in lib.state": "False"}


def test_a_cell_runs_though_its_names_stand_for_what_answers_no_question(folder: Path) -> None:
    odd = (
        "class Odd:\n    @property\n    def __class__(self): raise RuntimeError('no')\n"
        "    def set_up(self): return 5\nodd = Odd()"
    )
    lives = live_twice(folder, [odd, "for i in range(3):\n    five = odd.set_up()"], ["five"])
    assert lives.after == {"five": "5"}


def test_a_function_is_read_without_a_look_at_every_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is read while a cell runs that calls it."""
    home = types.ModuleType("__main__")
    monkeypatch.setitem(sys.modules, "__main__", home)
    looked: list[object] = []
    monkeypatch.setattr(inspect, "getmodule", looked.append)
    text = "import json\n\ndef wide(n):\n    json.set_option('width', n)\n"
    (tmp_path / "cell.py").write_text(text)
    exec(compile(text, str(tmp_path / "cell.py"), "exec"), vars(home))
    kept: list[str] = []
    assert inside_functions.note("wide(66)", vars(home), lambda text, *_: kept.append(text))
    assert (kept, looked) == (["json.set_option('width', 66)"], [])
