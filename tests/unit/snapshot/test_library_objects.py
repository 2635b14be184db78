"""What modules hold that has to come back as theirs."""

from __future__ import annotations

import importlib
import random
import sys
from functools import singledispatch
from pathlib import Path
from types import ModuleType

import pytest
from sojourn_kernel.snapshot.libraries.library_objects import found, streams


def _module(name: str, monkeypatch: pytest.MonkeyPatch, **held: object) -> ModuleType:
    module = ModuleType(name)
    vars(module).update(held)
    monkeypatch.setitem(sys.modules, name, module)
    return module


def test_a_module_that_is_imported_later_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    found()
    mark, shown = object(), singledispatch(lambda value: value)
    _module("imported_later", monkeypatch, MARK=mark, shown=shown)
    assert found().bare[id(mark)] == ("imported_later:MARK",)
    assert any(one is shown for one in found().generic)


def test_a_module_that_is_reloaded_is_looked_at_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "reloaded_by_a_user.py").write_text("MARK = object()")
    monkeypatch.syspath_prepend(str(tmp_path))
    module = importlib.import_module("reloaded_by_a_user")
    found()
    importlib.reload(module)
    assert "reloaded_by_a_user:MARK" in found().bare[id(module.MARK)]


def test_a_stream_is_found_at_one_place_though_two_modules_hold_it(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = random.Random(1)
    _module("streams_home", monkeypatch, stream=stream)
    _module("streams_guest", monkeypatch, borrowed=stream)
    places = [place for place, one in streams().items() if one is stream]
    assert places in (["streams_home:stream"], ["streams_guest:borrowed"])


def test_a_stream_that_was_replaced_is_not_taken_for_the_librarys(monkeypatch: pytest.MonkeyPatch) -> None:
    library = _module("stream_replaced", monkeypatch, stream=random.Random(1))
    assert "stream_replaced:stream" in streams()
    library.stream = random.Random(2)
    assert "stream_replaced:stream" not in streams()


def test_pythons_own_streams_are_not_among_them() -> None:
    assert not any(place.startswith("random:") for place in streams())


def test_what_stands_for_a_module_may_be_anything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "no_module_at_all", None)
    monkeypatch.setitem(sys.modules, "an_object_instead", object())  # type: ignore[arg-type]
    assert found() is not None
