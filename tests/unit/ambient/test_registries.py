"""What a library knows of the session's objects, put back where the library is another."""

from __future__ import annotations

import sys
import types
from typing import Any

import pytest
from sojourn_kernel.snapshot.ambient import registries


class Client:
    pass


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> Any:
    made: Any = types.ModuleType("library_that_knows")
    made.current, made.clients = None, []
    monkeypatch.setitem(sys.modules, "library_that_knows", made)
    return made


def test_a_place_that_is_not_here_costs_no_other(library: Any) -> None:
    first, second = Client(), Client()
    told = registries._put_entries(
        None,
        [
            ("library_that_knows.gone:current", first, "put"),
            ("library_that_knows:current", first, "put"),
            ("library_that_knows:clients", second, "add"),
        ],
    )
    assert (library.current, library.clients, told) == (first, [second], [])


def test_an_object_that_no_place_here_has_is_told(library: Any) -> None:
    told = registries._put_entries(None, [("library_that_knows:Gone.current", Client(), "put")])
    assert [one.name for one in told] == ["library_that_knows.Gone.current"]
