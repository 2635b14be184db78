"""Packages and Python where the session goes on: differences are told."""

from __future__ import annotations

import platform
from importlib import metadata

import pytest
from sojourn_kernel.snapshot.libraries import environment
from sojourn_kernel.told import Cause


def test_the_same_environment_has_nothing_to_tell() -> None:
    assert environment.compare(environment.describe()) == []
    assert environment.requirements(environment.describe()) == []


def test_only_imported_packages_are_described() -> None:
    described = environment.describe()
    assert described["packages"]["pytest"] == metadata.version("pytest")
    assert described["python"] == platform.python_version()


def test_a_package_that_is_missing_is_told_with_how_to_have_it_again() -> None:
    old = environment.describe(["left-pad==1.0"]) | {"packages": {"left_pad": "1.0"}}
    (told,) = environment.compare(old)
    assert told.cause is Cause.MISSING_MODULE
    assert "It was installed from a cell" in told.reason and "%pip install left_pad==1.0" in told.reason
    assert environment.requirements(old) == ["left_pad==1.0"]


def test_another_version_is_told() -> None:
    old = environment.describe() | {"packages": {"pytest": "0.1"}}
    (told,) = environment.compare(old)
    assert (
        told.cause is Cause.ENVIRONMENT and f"used pytest 0.1, here it is {metadata.version('pytest')}" in told.reason
    )


def test_another_python_and_a_lost_device_are_told() -> None:
    old = environment.describe() | {"python": "3.9.1", "cuda": 1}
    names = [told.name for told in environment.compare(old)]
    assert names == ["Python", "cuda"] or names == ["Python"]  # the latter where there is a device


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("%pip install polars==1.2 'duckdb>=1' -q", ["polars==1.2", "duckdb>=1"]),
        ("!pip install -r req.txt rich", ["rich"]),
        ("x = 1\n!python -m pip install a b # why", ["a", "b"]),
        ("%conda install -n base scipy", ["scipy"]),
        ("!uv pip install httpx", ["httpx"]),
        ("!pip install --index-url http://x/y z && echo done", ["z"]),
        ("print('pip install nothing')", []),
    ],
)
def test_requirements_are_read_from_the_text_of_a_cell(cell: str, found: list[str]) -> None:
    assert environment.installs_in(cell) == found
