"""What a library says of its own pickling is told."""

from __future__ import annotations

import sys
import types
import warnings
from typing import Any

import pytest
from sojourn_kernel.snapshot.freeze import freeze

from tests.unit.snapshot.memory import Memory

SOURCE = """
import warnings
class Signal:
    says = "Pickling a Signal does not copy connected weakly referenced slots."
    def __getstate__(self):
        warnings.warn(self.says)
        return {}
"""


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> Any:
    made: Any = types.ModuleType("library_that_warns")
    exec(SOURCE, vars(made))
    monkeypatch.setitem(sys.modules, "library_that_warns", made)
    return made


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
