"""Old checkpoints go behind the user's back, and nothing that a save under way may name goes with them."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from sojourn_kernel.session import pruning
from sojourn_kernel.session.pruning import Pruning

from tests.integration.store.places import body_of, contents, memory_store, refs_of

DATA = [bytes([number]) * 100_000 for number in range(3)]


@pytest.fixture
def keeper(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Of a session with three checkpoints, of which one is to be kept."""
    monkeypatch.setattr(pruning, "blob_refs", refs_of)
    kept, warm = memory_store()[0].session("s"), None
    for data in DATA:
        writer = kept.writer(warm)
        warm = writer.commit(body_of(writer.put_blob(data)), {}).warm
    return SimpleNamespace(
        sending=SimpleNamespace(kept=kept), progress=SimpleNamespace(warm=warm), behind=SimpleNamespace(child=None),
        settings=SimpleNamespace(keep=1), log=logging.getLogger("test"),
    )  # fmt: skip


def until(condition: Callable[[], Any]) -> None:
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_what_is_to_go_is_forgotten_by_the_next_writer_and_then_removed(keeper: Any) -> None:
    calls: list[Callable[[], None]] = []
    before = keeper.progress.warm
    Pruning(keeper).begin(calls.append)
    until(lambda: calls)
    assert len(keeper.sending.kept.history()) == 3 and keeper.progress.warm is before
    calls.pop()()
    assert keeper.progress.warm != before
    until(lambda: len(keeper.sending.kept.history()) == 1)
    assert contents(keeper.sending.kept) == [DATA[2]]


def test_nothing_goes_where_something_was_saved_meanwhile(keeper: Any) -> None:
    calls: list[Callable[[], None]] = []
    one = Pruning(keeper)
    one.begin(calls.append)
    until(lambda: calls)
    keeper.behind.child = object()
    calls.pop()()
    assert len(keeper.sending.kept.history()) == 3
    keeper.behind.child = None
    one.begin(calls.append)
    until(lambda: calls)
    calls.pop()()
    until(lambda: len(keeper.sending.kept.history()) == 1)


def test_a_store_that_is_away_is_asked_another_time(keeper: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[Callable[[], None]] = []
    one, backend = Pruning(keeper), keeper.sending.kept.backend

    def away(when: str, step: str, key: str) -> None:
        raise OSError("away")

    backend.hook = away
    one.begin(calls.append)
    until(lambda: calls)
    calls.pop()()
    backend.hook = lambda *_: None
    one.begin(calls.append)
    until(lambda: calls)
    calls.pop()()
    until(lambda: len(keeper.sending.kept.history()) == 1)
