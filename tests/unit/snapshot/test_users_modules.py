"""Which modules are the user's own, whose source and data are kept, and which an installer put there."""

from __future__ import annotations

import importlib
import sys
import types
from pathlib import Path

import pytest
from sojourn_kernel.snapshot.libraries import recorded, whose


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path


def imported(folder: Path, name: str) -> object:
    (folder / f"{name}.py").write_text("x = 1\n")
    importlib.invalidate_caches()
    try:
        return importlib.import_module(name)
    finally:
        sys.modules.pop(name, None)


def test_a_module_in_a_folder_of_the_path_is_the_users(folder: Path) -> None:
    assert whose.is_users(imported(folder, "sojourn_test_own"))


def test_a_module_beside_the_metadata_of_packages_was_installed(folder: Path) -> None:
    (folder / "anything-1.0.dist-info").mkdir()
    assert not whose.is_users(imported(folder, "sojourn_test_installed"))


def test_a_module_object_whose_class_says_a_file_is_no_ones() -> None:
    """``torch.classes`` is one, and gives something for every attribute that it is asked for."""

    class Classes(types.ModuleType):
        __file__ = "_classes.py"

        def __getattr__(self, name: str) -> object:
            return object()

    assert not whose.is_users(Classes("sojourn_test.classes"))


def test_what_is_imported_to_find_out_whose_a_module_is_is_not_asked_about(folder: Path) -> None:
    (folder / "sojourn_test_needed.py").write_text("x = 1\n")
    asked = []

    def is_users(file: str) -> bool:
        asked.append(Path(file).stem)
        imported(folder, "sojourn_test_needed")
        return False

    recorded.bring_back([], is_users)
    try:
        imported(folder, "sojourn_test_asked_about")
    finally:
        recorded.finish()
    assert asked == ["sojourn_test_asked_about"]
