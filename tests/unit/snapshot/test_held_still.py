"""Objects that hold all already are as they were after calls that put it there are made again."""

from __future__ import annotations

import weakref
from collections import OrderedDict, deque
from typing import Any

import pytest
from sojourn_kernel.snapshot.libraries.held_still import held_still


class Board:
    def __init__(self, held: Any) -> None:
        self.held, self.count = held, 0


@pytest.mark.parametrize("held", [[1, [2]], {"a": 1}, {1, 2}, deque([1, 2], maxlen=3), OrderedDict(b=1, a=2)])
def test_what_a_container_in_it_held_is_there_once(held: Any) -> None:
    before, board = repr(held), Board(held)
    with held_still([board]):
        for act in ("append", "add"):
            if hasattr(held, act):
                getattr(held, act)(7)
        if isinstance(held, dict):
            held["z"] = 3
        board.count += 1
        board.more = 1  # type: ignore[attr-defined]
    assert (repr(held), board.held is held, board.count, hasattr(board, "more")) == (before, True, 0, False)


def test_so_are_objects_in_it() -> None:
    inner, key = Board([1]), Board([])
    board = Board({"inner": (inner,)})
    board.by = weakref.WeakKeyDictionary({key: [1]})  # type: ignore[attr-defined]
    with held_still([board]):
        inner.count = 5
        inner.held.append(2)
        board.by[inner] = 3  # type: ignore[attr-defined]
    assert (inner.count, inner.held, list(board.by.values())) == (0, [1], [[1]])  # type: ignore[attr-defined]


def test_what_is_done_elsewhere_stays() -> None:
    elsewhere: list[int] = []
    with held_still([Board([1])]):
        elsewhere.append(1)
    assert elsewhere == [1]


def test_an_object_that_holds_itself_ends() -> None:
    board = Board([])
    board.held.append(board)
    with held_still([board]):
        board.held.clear()
    assert board.held[0] is board


def test_all_is_as_it_was_where_a_call_raises() -> None:
    board = Board([])
    with pytest.raises(ValueError), held_still([board]):
        board.held.append(1)
        raise ValueError
    assert board.held == []
