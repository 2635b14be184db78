"""Generators: not begun, finished and half-way ones are kept; what can't be read of one is told."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from ambient.lives import live_twice
from sojourn_kernel.snapshot.objects import suspended


def test_generators_that_have_not_begun_are_kept_with_their_arguments(tmp_path: Path) -> None:
    cells = [
        "k = 10\ndef count(n, *more, step=1, **named):\n    for i in range(n): yield i * step + k, more, named",
        "g = count(2, 'a', step=3, z=1)",
        "def outer():\n    total = [0]\n    def inner():\n        total[0] += 1\n        yield total\n    return inner(), total\nh, total = outer()",
        "e = (x * k for x in [1, 2])",
        "async def coro(x): return x + k\nc = coro(5)",
    ]
    then = (
        "k = 100",
        "got = list(g)\nfirst = next(h)\nexp = list(e)",
        "try:\n    c.send(None)\nexcept StopIteration as stop:\n    awaited = stop.value",
    )
    lives = live_twice(
        tmp_path,
        [*cells, "got = first = exp = awaited = None"],
        ["got", "first is total", "exp", "awaited", "g.__name__"],
        then,
    )
    assert lives.after == {
        "got": "[(100, ('a',), {'z': 1}), (103, ('a',), {'z': 1})]",
        "first is total": "True",
        "exp": "[100, 200]",
        "awaited": "105",
        "g.__name__": "'count'",
    }
    assert lives.told == []


def test_a_finished_generator_stays_finished(tmp_path: Path) -> None:
    lives = live_twice(tmp_path, ["g = (i for i in [1]); got = list(g)"], ["list(g)", "got"])
    assert lives.after == {"list(g)": "[]", "got": "[1]"}


@pytest.mark.skipif(not (3, 11) <= sys.version_info < (3, 14), reason="this Python's generators are not known")
def test_a_generator_in_the_middle_goes_on_where_it_was(tmp_path: Path) -> None:
    lives = live_twice(
        tmp_path,
        ["g = (i for i in range(3)); first = next(g); bag = {'g': g, 'n': 1}"],
        ["bag['g'] is g", "first", "bag['n']", "vars().get('rest')"],
        ("rest = next(g), list(bag['g'])",),
    )
    assert list(lives.after.values()) == ["True", "0", "1", "(1, [2])"]
    assert lives.told == []


def test_a_generator_that_can_not_be_read_is_told_and_its_neighbours_are_kept(
    tmp_path: Path,
) -> None:
    lives = live_twice(
        tmp_path,
        [
            "from sojourn_kernel.snapshot.objects import suspended; suspended._LAYOUT = None",
            "g = (i for i in range(3)); first = next(g); bag = {'g': g, 'n': 1}",
        ],
        ["next(g)", "first", "bag['n']"],
    )
    assert lives.after["next(g)"].startswith("!SojournLost") and lives.after["bag['n']"] == "1"
    assert any("a generator's place in its code can't be kept" in told for told in lives.told)


@pytest.mark.skipif(not (3, 11) <= sys.version_info < (3, 14), reason="this Python's generators are not known")
def test_a_place_in_other_code_is_refused() -> None:
    def one() -> Iterator[int]:
        yield 1
        yield 2

    def other() -> Iterator[int]:
        yield from (1, 3)

    begun = one()
    next(begun)
    place = suspended.read(begun)  # type: ignore[arg-type]
    with pytest.raises(suspended.NotReadable):
        suspended.go_on(other(), place)  # type: ignore[arg-type]
    again = one()
    suspended.go_on(again, place)  # type: ignore[arg-type]
    assert (next(again), next(begun)) == (2, 2)


@pytest.mark.skipif(not (3, 11) <= sys.version_info < (3, 14), reason="this Python's generators are not known")
def test_what_is_made_and_not_loaded_to_its_end_runs_no_code() -> None:
    ended: list[int] = []

    def one() -> Iterator[int]:
        try:
            yield 1
        finally:
            ended.append(1)

    begun = one()
    next(begun)
    place = suspended.read(begun)  # type: ignore[arg-type]
    with contextlib.suppress(LookupError), suspended.loading():
        suspended.later(one(), place)  # type: ignore[arg-type]
        raise LookupError
    assert ended == []


@pytest.mark.skipif(sys.version_info < (3, 12), reason="this Python has no batches")
def test_batches_go_on_where_they_were(tmp_path: Path) -> None:
    cells = [
        "import itertools\nsource = iter('abcdefg'); b = itertools.batched(source, 2); first = next(b); bag = [b]",
        "done = itertools.batched([1], 2); one = next(done), next(done, 0); got = None",
    ]
    lives = live_twice(
        tmp_path, cells, ["got"], ("got = next(bag[0]), bag[0] is b, next(source), list(b), list(done)",)
    )
    assert lives.after == {"got": "(('c', 'd'), True, 'e', [('f', 'g')], [])"}
    assert lives.told == []
