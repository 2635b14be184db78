"""What was let go of while its name stayed."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest

from .test_buffers import again


def said(use: Callable[[], Any]) -> tuple[str, str]:
    """What a use raises."""
    with pytest.raises(Exception) as raised:
        use()
    return type(raised.value).__name__, str(raised.value)


def test_a_released_view_stays_released() -> None:
    with memoryview(b"abc") as view:
        pass
    back = again(view)
    for use in (lambda one: one.nbytes, len, bytes, hash):
        assert said(lambda use=use: use(back)) == said(lambda use=use: use(view))  # type: ignore[misc]


def test_a_released_view_that_knows_its_hash_is_told() -> None:
    view = memoryview(b"abc")
    hash(view)
    view.release()
    with pytest.raises(Exception, match="only its hash is left"):
        again(view)


def test_a_stream_of_text_without_its_buffer_stays_without() -> None:
    text = io.TextIOWrapper(io.BytesIO(b"abc"), encoding="latin-1", errors="replace", newline="\n")
    text.note = "n"  # type: ignore[attr-defined]
    text.detach()
    back = again(text)
    assert (back.encoding, back.errors, back.buffer, back.note) == ("latin-1", "replace", None, "n")
    assert said(back.read) == said(text.read)


@pytest.mark.parametrize("cls", [io.BufferedReader, io.BufferedWriter, io.BufferedRandom])
def test_so_does_a_buffer(cls: Any) -> None:
    buffer = cls(io.BytesIO(b"abc"))
    buffer.detach()
    back = again(buffer)
    assert type(back) is cls
    assert said(back.tell) == said(buffer.tell)


WAYS: list[Callable[[Any], Any]] = [
    iter,
    reversed,
    lambda one: iter(one.values()),
    lambda one: iter(one.items()),
    lambda one: reversed(one.items()),
]


@pytest.mark.parametrize("way", WAYS)
def test_an_iterator_that_found_its_dictionary_changed_says_so_again(way: Callable[[Any], Any]) -> None:
    owner = {1: 2}
    iterator = way(owner)
    owner[2] = 3
    expected = said(lambda: next(iterator))
    _, back = again((owner, iterator))
    assert type(back) is type(iterator)
    assert [said(lambda: next(back)) for _ in range(2)] == [expected] * 2


def test_so_does_one_of_a_set() -> None:
    owner = {1}
    iterator = iter(owner)
    owner.add(2)
    expected = said(lambda: next(iterator))
    _, back = again((owner, iterator))
    assert [said(lambda: next(back)) for _ in range(2)] == [expected] * 2


def test_one_that_is_done_stays_done() -> None:
    owner = {1: 2}
    iterator = iter(owner)
    list(iterator)
    assert list(again(iterator)) == []
