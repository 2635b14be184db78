"""Random cells over aliased lists, saved after some of them: what their code says they reach is enough to save no stale value."""

from __future__ import annotations

import types
from typing import Any
from unittest import mock

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from sojourn_kernel.observe.watch import Watch
from sojourn_kernel.restore.thaw import Thaw
from sojourn_kernel.snapshot.aliasing import reach
from sojourn_kernel.snapshot.freeze import freeze
from sojourn_kernel.snapshot.frozen import Frozen
from sojourn_kernel.snapshot.objects.definitions import is_definition

from tests.unit.snapshot.memory import Memory
from tests.unit.snapshot.test_properties import shape, thawed

NAMES = ("a", "b", "c", "d")
STATEMENTS = (
    "{x} = [{y}, {z}]", "{x} = {y}", "{x} = {{'k': {y}}}['k']", "{x}.append({y})", "{x}.insert(0, [{y}])", "{x}[0:1] = [{y}]",
    "{x}, {y} = {y}, {x}", "{x} = list({y})", "del {x}[1:]", "{x} += [{y}]", "{x} = [{y} for _ in range(2)]",
    "for item in {x}:\n    if isinstance(item, list):\n        item.append(7)",
    "[inner.append(1) for inner in {x} if isinstance(inner, list) and inner is not {x}]",
    "def reach(): {x}.append({y})", "reach()", "def keep(to={x}): to.append(3)", "keep()", "alias = lambda: {x}", "alias().append(5)",
    "getattr({x}, 'append')({y})", "globals()['{x}'].append(9)", "exec('{x}.append(11)')", "del {x}", "{x}.clear()",
    "try:\n    {x}.remove({x}[0]); 1 / 0\nexcept (ZeroDivisionError, IndexError):\n    {y}.append(0)",
)  # fmt: skip
BEGIN = "a, b, c, d = [], [1], [2], []\ndef reach(): a.append(b)\ndef keep(to=b): to.append(3)\nalias = lambda: c"

statement = st.builds(
    lambda text, x, y, z: text.format(x=x, y=y, z=z), st.sampled_from(STATEMENTS), *[st.sampled_from(NAMES)] * 3
)
cells = st.tuples(st.lists(statement, min_size=1, max_size=3).map("\n".join), st.booleans())


class Session:
    """A namespace in which cells run, watched as the kernel watches them, and its checkpoints."""

    def __init__(self) -> None:
        self.names: dict[str, Any] = {"__name__": "__main__", "np": np}
        compiler = types.SimpleNamespace(get_code_name=lambda *_: "", _filename_map={})
        self.watch = Watch(types.SimpleNamespace(user_ns=self.names, compile=compiler))
        self.memory = Memory()
        self.dirty: set[str] | None = None
        self.last: Frozen | None = None
        self.anchors: dict[str, Any] = {}

    def run(self, number: int, source: str) -> None:
        self.watch.before(source)
        ok = True
        try:
            exec(compile(source, "<cell>", "exec"), self.names)
        except Exception:  # of a name that a cell before has deleted, say: a cell may fail half-way
            ok = False
        names = self.watch.after(source, number, 0.0, ok, "")
        self.dirty = None if names is None or self.dirty is None else self.dirty | names

    def save(self) -> None:
        roots = self.roots()
        known = self.last.owner if self.last else {}
        dirty = None if self.dirty is None or self.last is None else self.dirty | (roots.keys() - known.keys())
        self.last = freeze(roots, self.memory, main=self.names, dirty=dirty, previous=self.last, anchors=self.anchors)
        self.anchors = {name: value for name, value in roots.items() if is_definition(value)}
        self.dirty = set()

    def moved(self) -> Session:
        """The session as it goes on in a new process: with what the checkpoint holds, and what is known of its cells."""
        assert self.last is not None
        there = Session()
        there.memory, there.last, there.dirty = self.memory, self.last, set()
        there.watch.lineage = self.watch.lineage
        there.watch.accesses.ran(cell.source for cell in self.watch.lineage.cells)
        thaw = Thaw(self.last, self.memory, there.names)
        for name in reversed(self.last.order):
            there.names.update(thaw.load([name]))
        assert not thaw.told
        for name in self.last.order:
            there.names[name] = there.names.pop(name)
        there.anchors = {name: value for name, value in there.roots().items() if is_definition(value)}
        return there

    def roots(self) -> dict[str, Any]:
        return {name: value for name, value in self.names.items() if not name.startswith("__") and name != "np"}


def session_after(begin: str, script: list[tuple[str, bool]], moves: bool = False) -> Session:
    """Saved after the first cell, after those that say so, and at the end. moves: it goes on in a new process after each save."""
    session = Session()
    session.run(0, begin)
    session.save()
    for number, (source, saved) in enumerate(script, 1):
        session.run(number, source)
        if saved:
            session.save()
            session = session.moved() if moves else session
    session.save()
    return session


@given(st.lists(cells, min_size=1, max_size=8))
@settings(max_examples=150)
def test_saves_between_cells_that_share_and_change_lists_lose_no_change(script: list[tuple[str, bool]]) -> None:
    session = session_after(BEGIN, script)
    assert session.last is not None
    found = thawed(session.last, session.memory)
    lists = [name for name, value in session.roots().items() if isinstance(value, list)]
    assert shape({name: found[name] for name in lists}) == shape({name: session.names[name] for name in lists})
    for name in ("keep", "alias"):  # what functions hold is what the names hold
        for value in (session.names[name].__defaults__ or ()) if name in session.names else ():
            same = [other for other in lists if session.names[other] is value]
            assert all(found[name].__defaults__[0] is found[other] for other in same)


@given(st.lists(cells, min_size=1, max_size=8))
@settings(max_examples=150)
def test_sessions_that_move_end_as_those_that_stay(script: list[tuple[str, bool]]) -> None:
    check_that_a_move_changes_nothing(BEGIN, script, _lists)


def check_that_a_move_changes_nothing(begin: str, script: list[tuple[str, bool]], kept: Any) -> None:
    """kept: takes the values that are compared from those of a namespace."""
    stayed, moved = session_after(begin, script), session_after(begin, script, moves=True)
    assert moved.last is not None
    expected = shape(kept(stayed.roots()))
    assert shape(kept(moved.roots())) == expected
    assert shape(kept(thawed(moved.last, moved.memory))) == expected


def _lists(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if isinstance(value, list)}


ARRAYS = (
    "{x} = [{y}, {z}]", "{x} = {y}", "{x} = {{'k': {y}}}", "{x}[:10] += 1", "{x}[0][5:9] += 2", "{x}['k'][7:] *= 2", "{x} = np.arange(4096.0)",
    "{x} = np.ones((128, 64))[:, ::2] * 2", "{x} = {y}[::2]", "{x} = {y}.T", "{x}, {y} = {y}, {x}", "del {x}", "{x}.append({y})",
    "{x} = types.SimpleNamespace(held={y})", "{x}.held[3:] += 4", "{x} = {y}.copy()",
    "def change(): {x}[1:5] += 3", "change()", "for one in {x}:\n    one[2:4] -= 1", "{x} = np.asfortranarray(np.ones((64, 80)))[::2]",
    "{x}[:] = {y}", "{x} = [{y}[::3], {z}]", "{x}.pop()", "{x}.reverse()",
)  # fmt: skip
BEGIN_ARRAYS = (
    "import types\na, b, c = np.arange(4096.0), np.zeros(4096), np.ones((64, 80))\nd = [a, b, c, np.ones((128, 64))[:, ::2]]\n"
    "def change(): b[0] = 1"
)

array_statement = st.builds(
    lambda text, x, y, z: text.format(x=x, y=y, z=z), st.sampled_from(ARRAYS), *[st.sampled_from(NAMES)] * 3
)
array_cells = st.tuples(st.lists(array_statement, min_size=1, max_size=3).map("\n".join), st.booleans())


@given(st.lists(array_cells, min_size=1, max_size=8))
@settings(max_examples=300)
def test_a_buffer_that_is_not_read_again_is_as_it_was(script: list[tuple[str, bool]]) -> None:
    with mock.patch.object(reach, "LARGE", 1 << 14):
        session = session_after(BEGIN_ARRAYS, script)
    assert session.last is not None
    assert shape(_values(thawed(session.last, session.memory))) == shape(_values(session.roots()))


@given(st.lists(array_cells, min_size=1, max_size=8))
@settings(max_examples=150)
def test_arrays_of_sessions_that_move_end_as_those_of_sessions_that_stay(script: list[tuple[str, bool]]) -> None:
    with mock.patch.object(reach, "LARGE", 1 << 14):
        check_that_a_move_changes_nothing(BEGIN_ARRAYS, script, _values)


def _values(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in ("types", "change")}
