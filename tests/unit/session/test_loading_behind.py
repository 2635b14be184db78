"""How many steps it takes to load a session of many small variables behind the user's back."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from sojourn_kernel.observe.accesses import Accesses
from sojourn_kernel.restore.fetching import AT_ONCE
from sojourn_kernel.restore.thaw import Thaw
from sojourn_kernel.session.loading import Loading
from sojourn_kernel.snapshot.freeze import freeze
from sojourn_kernel.store import BlobRef, Corrupt

from tests.unit.snapshot.memory import Memory


class Shell(SimpleNamespace):
    """What loading asks of IPython's shell."""

    def __init__(self) -> None:
        super().__init__(user_ns={}, user_ns_hidden={}, displayhook=SimpleNamespace(), user_module=None)
        self.builtin_trap = contextlib.nullcontext()


def loading(roots: dict[str, Any]) -> Loading:
    memory, shell = Memory(), Shell()
    thaw = Thaw(freeze(roots, memory, main={}), memory, shell.user_ns)
    return Loading(shell, thaw, Accesses(), {}, lambda act, *arguments, **named: act(*arguments, **named))


def steps_of(loads: Loading) -> int:
    steps = 0
    while loads.load_some():
        steps += 1
        while loads._fetching is not None and loads._fetching[1].is_alive():
            time.sleep(0.001)
    return steps


def test_small_variables_are_loaded_many_at_a_time() -> None:
    roots = {f"v{number}": [number] for number in range(10 * AT_ONCE)}
    loads = loading(roots)
    assert steps_of(loads) <= 2 * 10 + 1
    assert {name: loads.shell.user_ns[name] for name in roots} == roots


def test_what_is_large_comes_alone_and_last() -> None:
    loads = loading({"large": [bytes(1 << 20)], "small": [1], "other": [2]})
    assert [piece.roots for piece in loads._smallest()] == [("other",), ("small",)]
    loads.ensure({"other", "small"})
    assert [piece.roots for piece in loads._smallest()] == [("large",)]


def test_a_variable_that_a_cell_asks_for_is_not_loaded_again() -> None:
    loads = loading({name: [name] for name in "abc"})
    assert loads.load_some()
    loads.ensure({"b"})
    b = loads.shell.user_ns["b"]
    steps_of(loads)
    assert loads.done and loads.shell.user_ns["b"] is b


def test_many_small_variables_are_read_from_the_store_together(monkeypatch: pytest.MonkeyPatch) -> None:
    roots = {f"v{number}": [number] for number in range(10 * AT_ONCE)}
    loads, reads = loading(roots), []
    read = Memory.read_blobs
    monkeypatch.setattr(Memory, "read_blobs", lambda self, refs: reads.append(len(refs)) or read(self, refs))
    loads.ensure(None)
    assert len(reads) == 10 and sum(reads) == 10 * AT_ONCE
    assert {name: loads.shell.user_ns[name] for name in roots} == roots


def test_one_that_is_damaged_costs_none_that_is_read_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    loads = loading({name: [name] for name in "abc"})
    damaged = loads.thaw.frozen.owner["b"].stream

    def read(self: Memory, refs: list[BlobRef]) -> Iterator[tuple[BlobRef, memoryview]]:
        for ref in refs:
            if ref == damaged:
                raise Corrupt("other bytes")
            yield ref, memoryview(self.blobs[ref.digest])

    monkeypatch.setattr(Memory, "read_blobs", read)
    loads.ensure(None)
    assert loads.shell.user_ns["a"] == ["a"] and loads.shell.user_ns["c"] == ["c"]
    assert [told.name for told in loads.thaw.told] == ["b"]
