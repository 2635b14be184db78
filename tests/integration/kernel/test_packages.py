"""Packages that a cell installed, in an environment that lacks them: installed again where a setting says so, else told."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import pytest


@pytest.fixture
def tiny_package(tmp_path: Path) -> dict[str, str]:
    """A package to install without a network, and where pip puts it: the environment of a kernel that does so."""
    source, wheels, target = tmp_path / "source", tmp_path / "wheels", tmp_path / "target"
    for folder in (source, wheels, target):
        folder.mkdir()
    (source / "tiny_thing.py").write_text("class Thing:\n    size = 7\n")
    name = "tiny_thing-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheels / name, "w") as wheel:
        wheel.write(source / "tiny_thing.py", "tiny_thing.py")
        info = "tiny_thing-1.0.dist-info"
        wheel.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: tiny-thing\nVersion: 1.0\n")
        wheel.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr(f"{info}/RECORD", "tiny_thing.py,,\n")
    pip = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(wheels), "PIP_TARGET": str(target)}
    return {**pip, "PYTHONPATH": str(target)}


INSTALL = "%pip install --quiet tiny-thing"


def test_what_a_cell_installed_is_installed_again_where_the_setting_says_so(start, tiny_package):
    save_a_thing(start, tiny_package)
    second = start(**tiny_package, SOJOURN_INSTALL="1")
    assert second.value("thing.size") == "7"
    assert second.value("[t.name for t in __import__('sojourn_kernel').report().entries]") == "[]"


def test_without_the_setting_it_is_told_how_to_install_it(start, tiny_package):
    save_a_thing(start, tiny_package)
    second = start(**tiny_package)
    assert "%pip install tiny_thing==1.0" in second.value("str(__import__('sojourn_kernel').report())")


def test_a_package_that_cannot_be_installed_again_is_told_with_the_reason(start, tiny_package):
    save_a_thing(start, tiny_package)
    clear(Path(tiny_package["PIP_FIND_LINKS"]))
    second = start(**tiny_package, SOJOURN_INSTALL="1")
    assert "could not be installed again" in second.value("str(__import__('sojourn_kernel').report())")


def save_a_thing(start, package: dict[str, str]) -> None:
    """A session that installed the package and uses it; where it goes on, the package is gone."""
    first = start(**package)
    assert first.run(INSTALL).status == "ok"
    assert first.run("import tiny_thing; thing = tiny_thing.Thing()").status == "ok"
    assert first.terminate() == 0
    clear(Path(package["PIP_TARGET"]))


def clear(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.mkdir()
