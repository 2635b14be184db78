"""What a library says of its own pickling, and of objects that another version of it made, is told."""

from __future__ import annotations

import importlib
import sys
import warnings
from pathlib import Path
from typing import Any

import pytest
from sojourn_kernel.restore.thaw import Thaw
from sojourn_kernel.snapshot.freeze import freeze

from tests.unit.snapshot.memory import Memory

SOURCE = """
import warnings
class Signal:
    says = "Pickling a Signal does not copy connected weakly referenced slots."
    def __getstate__(self):
        warnings.warn(self.says)
        return {}
class Estimator:
    def __init__(self, depth=3, *, tree=None):
        self.depth = depth
        self.tree = tree
    @classmethod
    def _get_param_names(cls):
        return ["depth", "tree"]
    def __setstate__(self, state):
        vars(self).update(state)
        if state["made_in"] != made_in:
            warnings.warn(f"Trying to unpickle estimator Estimator from version {state['made_in']} when using version {made_in}.")
"""


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    (tmp_path / "library_that_warns.py").write_text(SOURCE)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "library_that_warns", raising=False)
    return importlib.import_module("library_that_warns")


def _told(value: Any) -> list[str]:
    return [told.reason for told in freeze({"x": [value]}, Memory(), main={}).told]


def test_what_is_left_out_is_told(library: Any) -> None:
    assert any("weakly referenced slots" in reason for reason in _told(library.Signal()))


def test_other_warnings_are_not(library: Any) -> None:
    library.Signal.says = "TypedStorage is deprecated"
    assert _told(library.Signal()) == []


def test_a_session_that_makes_errors_of_warnings_is_kept(library: Any) -> None:
    library.Signal.says = "it is late"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert _told(library.Signal()) == []


def _moved(library: Any, made_in: str) -> Thaw:
    """A session with an estimator that an older version made, which knew one parameter less."""
    library.made_in = "2"
    model = library.Estimator(depth=5)
    del model.tree
    model.made_in = made_in
    memory = Memory()
    return Thaw(freeze({"models": {"a": model}, "n": [1]}, memory, main={}), memory, {})


def test_what_another_version_of_a_library_made_is_told_by_name(library: Any) -> None:
    thaw = _moved(library, made_in="1")
    with warnings.catch_warnings(record=True) as shown:
        thaw.load_all()
    assert [(told.name, told.path) for told in thaw.told] == [("models", "['a']")]
    assert "from version 1 when using version 2" in thaw.told[0].reason
    assert not shown


def test_an_estimator_of_another_version_has_the_parameters_of_this_one(library: Any) -> None:
    model = _moved(library, made_in="1").load_all()["models"]["a"]
    assert (model.depth, model.tree) == (5, None)


def test_what_this_version_made_is_as_it_was(library: Any) -> None:
    thaw = _moved(library, made_in="2")
    model = thaw.load_all()["models"]["a"]
    assert thaw.told == []
    assert not hasattr(model, "tree")
