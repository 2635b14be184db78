"""User modules and patches of other people's modules."""

from __future__ import annotations

from pathlib import Path

import pytest

from .lives import Lives, live_twice

HELPERS = "cache = {}\ncounter = 0\nclass C:\n    items = []\n    n = 1\ndef bump():\n    global counter\n    counter += 1\n    return counter\ndef fetch():\n    return 'real'\n"


def _helpers(folder: Path) -> None:
    (folder / "work").mkdir(parents=True)
    (folder / "work" / "helpers.py").write_text(HELPERS)


def _lives(folder: Path, cells: list[str], checks: list[str], then: tuple[str, ...] = ()) -> Lives:
    _helpers(folder)
    return live_twice(folder, ["import helpers, json, sys, types", *cells], checks, then)


def test_data_of_a_module_is_kept(tmp_path: Path) -> None:
    cells = ["helpers.cache['a'] = 1; helpers.counter += 5"]
    lives = _lives(tmp_path, cells, ["helpers.cache", "helpers.counter"], ("n = helpers.bump()",))
    assert lives.after == {"helpers.cache": "{'a': 1}", "helpers.counter": "6"}


def test_an_object_in_a_module_and_in_a_variable_is_one_object(tmp_path: Path) -> None:
    lives = _lives(tmp_path, ["mine = helpers.cache", "mine['k'] = [1]"], ["helpers.cache is mine", "mine"])
    assert lives.after == {"helpers.cache is mine": "True", "mine": "{'k': [1]}"}


def test_data_of_a_class_in_a_module_is_kept(tmp_path: Path) -> None:
    lives = _lives(tmp_path, ["helpers.C.items.append(3); helpers.C.n = 9"], ["helpers.C.items", "helpers.C().n"])
    assert lives.after == lives.before == {"helpers.C.items": "[3]", "helpers.C().n": "9"}


def test_an_attribute_set_on_a_library_is_kept(tmp_path: Path) -> None:
    cells = ["reg = {}; json.my_registry = reg", "json.JSONEncoder.note = lambda self: len(reg)"]
    lives = _lives(tmp_path, cells, ["json.my_registry is reg", "json.JSONEncoder().note()"])
    assert lives.after == {"json.my_registry is reg": "True", "json.JSONEncoder().note()": "0"}


def test_an_attribute_set_by_setattr_in_a_function_is_kept(tmp_path: Path) -> None:
    lives = _lives(
        tmp_path,
        ["def patch():\n    import math as m\n    setattr(m, 'tau2', 6)\npatch()"],
        ["__import__('math').tau2"],
    )
    assert lives.after == {"__import__('math').tau2": "6"}


def test_a_deleted_attribute_stays_deleted(tmp_path: Path) -> None:
    lives = _lives(tmp_path, ["del json.detect_encoding"], ["hasattr(json, 'detect_encoding')"])
    assert lives.after == {"hasattr(json, 'detect_encoding')": "False"}


def test_a_function_of_a_module_replaced_in_a_cell_stays_replaced(tmp_path: Path) -> None:
    cells = [
        "import functools\nold = helpers.fetch\n@functools.wraps(old)\ndef new(): return 'not ' + old()\nhelpers.fetch = new"
    ]
    lives = _lives(tmp_path, cells, ["helpers.fetch()", "helpers.fetch is new", "old()"])
    assert lives.after == {"helpers.fetch()": "'not real'", "helpers.fetch is new": "True", "old()": "'real'"}


def test_a_patch_by_mock_stays_in_force_and_can_be_stopped(tmp_path: Path) -> None:
    cells = ["from unittest import mock\np = mock.patch('helpers.fetch', return_value=42); m = p.start()"]
    lives = _lives(tmp_path, cells, ["helpers.fetch()", "m.call_count"])
    assert lives.after == {"helpers.fetch()": "42", "m.call_count": "2"}
    _helpers(tmp_path / "again")
    lives = live_twice(tmp_path / "again", ["import helpers", *cells], ["helpers.fetch()"], ("p.stop()",))
    assert lives.after == {"helpers.fetch()": "'real'"}


def test_a_module_edited_since_goes_on_with_the_code_it_had(tmp_path: Path) -> None:
    (tmp_path / "work").mkdir()
    file = tmp_path / "work" / "helpers.py"
    file.write_text("def f(x):\n    return x * 2\n")
    cells = ["import helpers, pathlib", "c = pathlib.Path('helpers.py').write_text('def f(x):\\n    return 0\\n')"]
    lives = live_twice(tmp_path, cells, ["helpers.f(2)", "__import__('inspect').getsource(helpers.f)"])
    assert lives.after["helpers.f(2)"] == "4"
    assert any("helpers" in told and "was edited after it was imported" in told for told in lives.told)
    again = live_twice(tmp_path, cells, ["helpers.f(2)"], ("import importlib; importlib.reload(helpers)",))
    assert again.after["helpers.f(2)"] == "0"


def test_a_module_whose_file_is_gone_goes_on(tmp_path: Path) -> None:
    cells = ["import os; os.remove('helpers.py')", "c = helpers.C()"]
    lives = _lives(tmp_path, cells, ["c.n", "type(c) is helpers.C", "helpers.fetch()"])
    assert lives.after == lives.before
    assert any("its file" in told and "is not here" in told for told in lives.told)


def test_submodules_of_a_package_that_is_gone_go_on(tmp_path: Path) -> None:
    package = tmp_path / "work" / "proj"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("from . import util\n")
    (package / "util.py").write_text("LOG = []\n")
    cells = ["import proj, shutil", "proj.util.LOG.append(1)", "shutil.rmtree('proj')"]
    lives = live_twice(tmp_path, cells, ["proj.util.LOG", "proj.util.__name__"])
    assert lives.after == lives.before


MADE = "m = types.ModuleType('handmade'); exec('def f(x): return x + k\\nclass K: pass\\nk = 5', m.__dict__)"


@pytest.mark.parametrize("register", ["sys.modules['handmade'] = m; import handmade", "pass"])
def test_a_module_made_by_hand_is_kept(tmp_path: Path, register: str) -> None:
    lives = _lives(
        tmp_path,
        [MADE + "\n" + register, "f = m.f; o = m.K()"],
        ["m.f(1)", "f(1)", "type(o) is m.K", "m.f is f"],
        ("m.k = 7",),
    )
    assert lives.after == {"m.f(1)": "8", "f(1)": "8", "type(o) is m.K": "True", "m.f is f": "True"}
