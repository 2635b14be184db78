"""Objects and classes that raise whatever is asked of them: they may be told, the session around them is kept."""

from __future__ import annotations

import pytest

from tests.integration.kernel.test_save_and_restore import until_saved

ODD = """
class Meta(type):
    def __getattribute__(cls, name): raise RuntimeError("meta " + name)
    def __hash__(cls): raise RuntimeError("hash of the class")
    def __eq__(cls, other): raise RuntimeError("eq of the class")
class Odd(metaclass=Meta):
    def __getattribute__(self, name): raise RuntimeError(name)
    def __eq__(self, other): raise RuntimeError("eq")
    def __hash__(self): raise RuntimeError("hash")
    def __bool__(self): raise RuntimeError("bool")
    def __len__(self): raise RuntimeError("len")
    def __repr__(self): raise RuntimeError("repr")
"""
CELLS = ["import numpy as np\nx = 41", "big = np.arange(400_000)\nboth = [big, big]", ODD, "odd = Odd(); held = [odd]"]


@pytest.mark.parametrize("behind", [False, True], ids=["by SIGTERM", "behind the user's back"])
def test_a_class_that_raises_whatever_is_asked_of_it_costs_its_neighbours_nothing(start, behind):
    first = start(SOJOURN_BACKGROUND="1" if behind else "0")
    for cell in CELLS:
        assert first.run(cell).status == "ok"
    if behind:
        until_saved(first)
        first.close()
    else:
        assert first.terminate() == 0
    second = start()
    assert second.value("(x, int(big.sum()), both[0] is both[1], both[0] is big)") == "(41, 79999800000, True, True)"
    assert second.value("'odd' in globals() and 'held' in globals()") == "True"


@pytest.mark.parametrize("name", ["xxhash", "click"])
def test_a_file_of_the_users_with_the_name_of_a_library_of_ours_is_not_taken_for_it(start, name):
    first = start()
    first.run(f"open('{name}.py', 'w').write('mine = 1\\nprint(mine)'); x = [1]")
    assert first.terminate() == 0
    assert start().value("x") == "[1]"


def test_what_a_background_checkpoint_needs_may_be_something_else_by_now(start):
    first = start()
    first.run("import os; kept = [1]; os.listdir = lambda *place: ['not a number']")
    until_saved(first)
    first.run("kept.append(2)")
    until_saved(first)
    first.close()
    assert start().value("kept") == "[1, 2]"


def test_where_there_is_no_room_for_a_child_the_kernel_saves_by_itself(start):
    first = start()
    first.run("import errno, os; kept = [1]")
    first.run("def fork(): raise OSError(errno.EAGAIN, 'no room')\nos.fork = fork")
    first.run("kept.append(2)")
    until_saved(first)
    first.close()
    assert start().value("kept") == "[1, 2]"
