"""Outputs that no cell can have touched stay as they are stored; those that one has are in the next save, by whatever way."""

from __future__ import annotations

import pytest

from tests.integration.kernel.test_save_and_restore import request

LARGE = "big = bytearray(400_000_000)"  # a session in which saves do not look at every object
WAYS = {
    "by its own name": ("", "_3.append(2)"),
    "as an entry of Out": ("", "Out[3].append(2)"),
    "by another name for Out": ("d = Out", "d[3].append(2)"),
    "by what holds the namespace": ("kept = [globals()]", "kept[0]['_3'].append(2)"),
    "by a variable": ("x = _3", "x.append(2)"),
    "by what a variable holds": ("x = {'a': (_3,)}", "x['a'][0].append(2)"),
    "by a function": ("def f():\n    _3.append(2)", "f()"),
    "by a function's default": ("def f(to=_3):\n    to.append(2)", "f()"),
    "by a thread that was given it": (
        "import threading\ngo = threading.Event(); x = _3\ndef wait(to):\n    go.wait(); to.append(2); threading.Event().wait()\n"
        "threading.Thread(target=wait, args=(x,), daemon=True).start(); del x",
        "go.set(); import time; time.sleep(.3)",
    ),
}


LAST = {"as the last one": "_.append(2)", "as the last one, which it is no more": "_.append(2); 5"}


def changed_between_saves(start, before: tuple[str, ...], change: str) -> str:
    """What the third output is in the next kernel."""
    first = start()
    for cell in (LARGE, "made = 1", "[1]", *before):
        first.run(cell)
    assert request(first, op="checkpoint", deadline=60)["status"] == "ok"
    first.run(change)
    assert first.terminate() == 0
    return start().value("Out[3], _3")


@pytest.mark.parametrize(("before", "change"), WAYS.values(), ids=WAYS.keys())
def test_an_output_that_was_changed_is_in_the_next_save(start, before, change):
    later = ("'four'", "'five'", "'six'")  # of which _, __ and ___ are
    assert changed_between_saves(start, (*later, before or "pass"), change) == "([1, 2], [1, 2])"


@pytest.mark.parametrize("change", LAST.values(), ids=LAST.keys())
def test_the_last_output_that_was_changed_is_in_the_next_save(start, change):
    assert changed_between_saves(start, (), change) == "([1, 2], [1, 2])"
