"""Text that a library knows by identity is written with its place, and comes back as the library's where it still is that."""

from __future__ import annotations

import argparse
import importlib.machinery
import sys
import types

import pytest
from sojourn_kernel.snapshot import rebuild
from sojourn_kernel.snapshot.libraries import constants, library_objects


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> types.ModuleType:
    made = types.ModuleType("a_library_of_constants")
    code = "NEVER = '<never>'\nALWAYS = ('<al>', '<ways>')\nPLAIN = '<plain>'\n"
    code += "def hides(x): return x is not NEVER\nclass Rule:\n    def holds(self, x):\n        return [y for y in x if y is ALWAYS]\n"
    code += "def same(x): return x == PLAIN\nKEY = f'key-{__import__(\"uuid\").uuid4()}'\n"
    exec(code, made.__dict__)
    monkeypatch.setitem(sys.modules, made.__name__, made)
    made.__spec__ = importlib.machinery.ModuleSpec(made.__name__, None)  # as a reload gives it, to a file of the user's
    made.__file__ = "/home/a/library.py"
    constants._by_identity.cache_clear()
    return made


def _name(value: object) -> str | None:
    return constants.named(id(value), library_objects.found().constants.get(id(value), ()))


def test_what_code_of_the_library_compares_by_identity_has_a_name(library: types.ModuleType) -> None:
    assert _name(library.NEVER) and _name(library.ALWAYS)


def test_what_it_compares_by_value_has_none(library: types.ModuleType) -> None:
    assert _name(library.PLAIN) is None


def test_an_equal_text_of_the_users_has_none(library: types.ModuleType) -> None:
    assert _name("".join(["<nev", "er>"])) is None


def test_the_name_leads_to_the_librarys_own(library: types.ModuleType) -> None:
    for value in (library.NEVER, library.ALWAYS):
        name = _name(value)
        assert name is not None and rebuild.live(name) is value


def test_where_the_library_has_another_value_there_the_text_is_what_it_was(library: types.ModuleType) -> None:
    name = _name(library.NEVER)
    library.NEVER = "<another>"
    assert name is not None and rebuild.live(name) == "<never>"


def test_a_text_that_is_drawn_anew_at_each_import_is_the_one_of_this_import(library: types.ModuleType) -> None:
    name = _name(library.KEY)
    assert name is not None
    library.KEY = "key-1b4e28ba-2fa1-41d2-883f-0016d3cca427"
    assert constants.find(name.removeprefix(rebuild.TEXT)) is library.KEY
    library.KEY = "other-1b4e28ba-2fa1-41d2-883f-0016d3cca427"
    assert constants.find(name.removeprefix(rebuild.TEXT)) is not library.KEY


def test_where_the_library_is_not_the_text_is_what_it_was(
    library: types.ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = _name(library.ALWAYS)
    monkeypatch.delitem(sys.modules, library.__name__)
    assert name is not None and rebuild.live(name) == ("<al>", "<ways>")


def test_argparses_mark_is_among_them() -> None:
    assert _name(argparse.SUPPRESS) == f'{rebuild.TEXT}argparse:SUPPRESS "==SUPPRESS=="'


def test_a_module_that_was_emptied_is_looked_at_like_any_other(library: types.ModuleType) -> None:
    vars(library).clear()
    assert library_objects.found().constants is not None
