"""Generators: not begun and finished ones are kept, one in the middle is told."""

from __future__ import annotations

from pathlib import Path

from ambient.lives import live_twice


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


def test_a_generator_in_the_middle_is_told_and_its_neighbours_are_kept(tmp_path: Path) -> None:
    lives = live_twice(
        tmp_path,
        ["g = (i for i in range(3)); first = next(g); bag = {'g': g, 'n': 1}"],
        ["next(g)", "first", "bag['n']"],
    )
    assert lives.after["next(g)"].startswith("!SojournLost") and lives.after["bag['n']"] == "1"
    assert any("a generator's place in its code can't be kept" in told for told in lives.told)
