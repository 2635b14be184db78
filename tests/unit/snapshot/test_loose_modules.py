"""Modules that no name leads to come back by what they hold, with one dictionary for them and their functions."""

from __future__ import annotations

import sys
import types
from typing import Any

import pytest
from sojourn_kernel.restore.thaw import Thaw
from sojourn_kernel.snapshot import rebuild
from sojourn_kernel.snapshot.freeze import freeze
from sojourn_kernel.snapshot.libraries import modules

from tests.unit.snapshot.memory import Memory

SOURCE = """
count = 0
def run():
    global count
    count += 1
    return NAME, count
class Made:
    def run(self): return run()
"""


def plugin(name: str) -> types.ModuleType:
    module = types.ModuleType("sojourn_test_plugin")
    module.NAME = name  # type: ignore[attr-defined]
    exec(SOURCE, vars(module))
    return module


def again(values: dict[str, Any]) -> dict[str, Any]:
    frozen = freeze(dict(values), memory := Memory(), main=dict(values))
    assert not [told for piece in frozen.pieces for told in piece.told]
    return Thaw(frozen, memory, main={}).load(list(values))


def test_modules_of_one_name_share_their_dictionaries_with_their_functions() -> None:
    loaded = again({"plugins": {name: plugin(name) for name in "ab"}})
    for name, module in loaded["plugins"].items():
        assert module.run() == (name, 1)
        assert module.Made().run() == (name, 2)
        assert module.count == 2


def test_a_function_and_the_dictionary_in_variables_are_the_modules() -> None:
    module = plugin("a")
    module.itself = module  # type: ignore[attr-defined]
    loaded = again({"run": module.run, "names": vars(module), "held": [module], "one": module.Made()})
    found = loaded["held"][0]
    assert found.itself is found
    assert loaded["names"] is vars(found)
    assert loaded["run"] is found.run
    assert loaded["one"].run() == ("a", 1)
    assert loaded["names"]["count"] == 1


def test_the_dictionary_stays_with_the_functions_of_a_module_that_is_gone() -> None:
    made = plugin("a")
    loaded = again({"run": made.run, "one": made.Made()})
    loaded["one"].run()
    assert loaded["run"]() == ("a", 2)


def test_a_librarys_module_that_another_stands_for_is_told() -> None:
    import colorsys

    other = types.ModuleType("colorsys")
    vars(other).update(vars(colorsys))
    frozen = freeze({"held": [other]}, Memory(), main={})
    assert [told.reason for piece in frozen.pieces for told in piece.told] == [
        "another module stands for colorsys: only that one is kept."
    ]


def test_a_name_leads_to_the_module_that_imports_find(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = plugin("a"), plugin("b")
    monkeypatch.setattr(rebuild, "MADE", {})
    watch = modules.start()
    watch.note({"first": first}, "types.ModuleType")
    assert {"sojourn_test_plugin": first} == rebuild.MADE
    monkeypatch.setitem(sys.modules, "sojourn_test_plugin", second)
    watch.note({"first": first, "second": second}, "sys.modules")
    assert {"sojourn_test_plugin": second} == rebuild.MADE
    assert watch.known["sojourn_test_plugin"].module is second
