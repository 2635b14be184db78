"""What no save of a session has been through is pickled in a forked child before the kernel itself does it."""

from __future__ import annotations

import collections
import datetime
import os
import socket
import sys
import types
from typing import Any

import jinja2
import numpy as np
import pytest
from memory import Memory
from sojourn_kernel.snapshot.freeze import freeze
from sojourn_kernel.snapshot.frozen import Frozen
from sojourn_kernel.snapshot.objects import foreign
from sojourn_kernel.snapshot.objects.foreign import is_pickled_by_foreign_code
from sojourn_kernel.snapshot.precaution import Precaution
from sojourn_kernel.snapshot.process.lessons import CRASHED

LIBRARY = """
import faulthandler, os
class Plain:
    pass
class Own:
    calls = 0
    def __reduce__(self):
        Own.calls += 1
        return Own, ()
class Inherits(Own):
    pass
class Ends:
    def __reduce__(self):
        faulthandler.disable()
        os.abort()
class Odd(type):
    @property
    def __mro__(cls):
        raise RuntimeError
class WithOddClass(metaclass=Odd):
    pass
"""


@pytest.fixture
def library() -> Any:
    """A library that nobody knows."""
    module = types.ModuleType("some_library")
    sys.modules["some_library"] = module
    exec(LIBRARY, module.__dict__)
    yield module
    del sys.modules["some_library"]


def frozen(precaution: Precaution, **roots: Any) -> Frozen:
    return freeze(roots, Memory(), main=roots, precaution=precaution)


def test_only_a_class_with_pickling_of_its_own_is_foreign(library: Any) -> None:
    assert [is_pickled_by_foreign_code(cls) for cls in (library.Own, library.Inherits)] == [True, True]
    assert not is_pickled_by_foreign_code(library.Plain)


@pytest.mark.parametrize("cls", [np.ndarray, datetime.date, collections.OrderedDict, slice, ValueError])
def test_what_every_session_pickles_is_not(cls: type) -> None:
    assert not is_pickled_by_foreign_code(cls)


def test_a_class_that_answers_no_question_is_not_asked(library: Any) -> None:
    assert not is_pickled_by_foreign_code(library.WithOddClass)


def test_what_ends_the_child_is_told_and_its_neighbours_are_kept(library: Any) -> None:
    precaution = Precaution(set(), ahead=True)
    table = frozen(precaution, a=[1], bad=[library.Ends()], b=library.Own())
    assert [(told.name, told.reason) for told in table.told] == [("bad", CRASHED)]
    assert precaution.crashed == ["bad"]


def test_a_class_is_tried_once(library: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    precaution, forks = Precaution(set(), ahead=True), []
    fork = os.fork
    monkeypatch.setattr(os, "fork", lambda: forks.append(1) or fork())
    frozen(precaution, a=library.Own(), b=[library.Own()])
    frozen(precaution, a=library.Own())
    assert len(forks) == 1


def test_what_a_background_checkpoint_has_lived_through_is_not_tried(
    library: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    behind = Precaution(set(), ahead=False)
    frozen(behind, a=library.Own())
    monkeypatch.setattr(os, "fork", lambda: pytest.fail("a trial"))
    frozen(Precaution(behind.survived, ahead=True), a=library.Own())


def test_where_there_is_no_room_for_a_child_the_kernel_does_without(
    library: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_room() -> int:
        raise OSError

    monkeypatch.setattr(os, "fork", no_room)
    assert not frozen(Precaution(set(), ahead=True), a=library.Own()).told


def test_a_class_that_is_met_first_where_roots_are_pickled_together_is_tried_as_well(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The last save was given up: alone each of them had been pickled the careful way, since a definition can't be kept."""
    asked = foreign.is_pickled_by_foreign_code
    monkeypatch.setattr(foreign, "is_pickled_by_foreign_code", lambda cls: cls is type(...) or asked(cls))
    main: dict[str, Any] = {"__name__": "__main__"}
    source = "class Peer: socket = socket.socket()\npage = jinja2.Template('{{ name }}')"
    exec(source, main | {"socket": socket, "jinja2": jinja2}, main)
    roots = {name: main[name] for name in ("Peer", "page")}
    table = freeze(roots, Memory(), main=main, precaution=Precaution(set(), ahead=True))
    assert [told.name for told in table.told] == ["Peer"]
    main["Peer"].socket.close()


def test_a_trial_leaves_no_trace_in_what_it_tries(library: Any) -> None:
    frozen(Precaution(set(), ahead=True), a=library.Own())
    once = library.Own.calls
    library.Own.calls = 0
    frozen(Precaution({id(library.Own)}, ahead=True), a=library.Own())
    assert once == library.Own.calls
