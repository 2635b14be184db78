"""Files open by number: which numbers are the session's own."""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace

import pytest
from sojourn_kernel.snapshot.ambient import descriptors


@pytest.fixture(autouse=True)
def _no_cell_opens(monkeypatch):
    monkeypatch.setattr(descriptors, "_cells_open", False)


def test_a_number_that_the_kernel_gave_back_since_its_start_may_be_the_sessions(tmp_path: Path) -> None:
    read, write = os.pipe()
    base = descriptors._open_now()
    os.close(read)
    opened = os.open(tmp_path / "a.txt", os.O_RDWR | os.O_CREAT)
    try:
        os.dup2(opened, read)
        descriptors.note("fd = os.open('a.txt', os.O_RDWR)")
        rows = descriptors._capture(SimpleNamespace(user_ns={"fd": read, "other": write}), base)
        assert rows is not None
        assert [row[:2] for row in rows] == [("fd", read)]
    finally:
        for number in {opened, read, write}:
            os.close(number)


def test_that_code_of_the_session_opens_some_is_known_to_its_next_life(monkeypatch) -> None:
    descriptors.note("def opener(path): return os.open(path, 0)")
    state = descriptors._capture(SimpleNamespace(user_ns={}), {})
    monkeypatch.setattr(descriptors, "_cells_open", False)
    assert state == []
    assert descriptors._restore(None, state) == []
    assert descriptors._cells_open


@pytest.mark.parametrize(
    ("source", "opens"),
    [
        ("from os import path, environ", False),
        ("from os import path, open as o", True),
        ("import os as o", True),
        ("os.dup2(1, 100)", True),
        ("with open('a') as f: pass", False),
    ],
)
def test_code_that_opens_by_number(source: str, opens: bool) -> None:
    descriptors.note(source)
    assert descriptors._cells_open is opens
