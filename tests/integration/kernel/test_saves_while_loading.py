"""A session is saved while it is still being loaded: large data that nothing has touched stays as it is stored."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.fidelity.kernel import Kernel
from tests.integration.kernel.conftest import Start
from tests.integration.kernel.test_save_and_restore import BEHIND, NOT_BEHIND, request

CELLS = [
    "import numpy as np\nclass Row:\n    kind = 'old'\nsmall = {'n': 1}",
    "big = np.arange(400_000); view = big[100:]; rows = [Row() for _ in range(300_000)]",
    "text = 'long ' * 400_000\nhidden_one = 1\nnested = {'text': text, 'many': list(range(500_000))}",
    "list(range(400_000))",
    "'a'",
    "'b'",
    "'c'",
]
SAME = (
    "(int(big.sum()), view.base is big, len(rows), {type(r).kind for r in rows}, len(nested['text']), "
    "nested['text'] is text, len(Out[4]), _4 is Out[4], [n for n in dir() if n == 'text' or n.startswith('__get')])"
)
LARGE_ONES_LAST = """
from sojourn_kernel.session import loading, to_save
def only_small(self, load_some=loading.Loading.load_some, large=to_save.LARGE):
    sizes = [self.thaw.frozen.owner[root].size for root in self.thaw.pending]
    return not sizes or min(sizes) >= large or load_some(self)
loading.Loading.load_some = only_small
del loading, to_save, only_small
"""


@pytest.fixture
def first(start) -> Kernel:
    """Has run the cells."""
    kernel: Kernel = start(**NOT_BEHIND)
    for cell in CELLS:
        assert kernel.run(cell).status == "ok"
    return kernel


@pytest.fixture(autouse=True)
def large_ones_last(store_folder: Path) -> None:
    """Kernels load nothing large but what cells ask for."""
    startup = store_folder.parent / "ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True, exist_ok=True)
    (startup / "large_ones_last.py").write_text(LARGE_ONES_LAST)


def gone_on(first: Kernel, start: Start, cell: str, settings: Mapping[str, str] = NOT_BEHIND) -> Kernel:
    """The next kernel, in which a cell has run."""
    assert first.terminate() == 0
    second = start(**settings)
    assert second.run(cell).status == "ok"
    return second


def saved(kernel: Kernel) -> None:
    answer = request(kernel, op="checkpoint", deadline=20, reason="test")
    assert answer["checkpoint"] and not answer.get("error"), answer


def is_loading(kernel: Kernel) -> bool:
    return bool(request(kernel, op="status")["state"] == "restoring")


def test_a_last_save_loads_nothing_that_is_large_and_untouched(first, start):
    expected = first.value(SAME)
    second = gone_on(first, start, "small['n'] += 1; added = 'new'")
    saved(second)
    assert is_loading(second)
    assert second.terminate() == 0
    third = start(**NOT_BEHIND)
    assert third.value(SAME) == expected
    assert third.value("(small, added, list(In[1:5]) == In[1:5], __import__('sojourn_kernel').report().told)") == (
        "({'n': 2}, 'new', True, [])"
    )


def test_a_killed_kernel_that_was_still_loading_has_saved_what_its_cells_did(first, start):
    expected = first.value(SAME)
    second = gone_on(first, start, "small['n'] += 1", BEHIND)
    until_saved_behind(second)
    assert is_loading(second)
    second.process.kill()
    second.process.wait(30)
    third = start(**NOT_BEHIND)
    assert third.value(SAME) == expected
    assert third.value("small") == "{'n': 2}"


def test_names_keep_their_order_and_outputs_their_numbers(first, start):
    shown = "([n for n in globals() if n in ('small', 'big', 'view', 'rows', 'text', 'nested', 'added')], list(Out)[:4], len(Out[4]))"
    second = gone_on(first, start, "added = 1")
    saved(second)
    assert is_loading(second)
    assert second.value(shown) == "(['small', 'big', 'view', 'rows', 'text', 'nested', 'added'], [4, 5, 6, 7], 400000)"
    second.close()
    assert (
        start(**NOT_BEHIND).value(shown)
        == "(['small', 'big', 'view', 'rows', 'text', 'nested', 'added'], [4, 5, 6, 7], 400000)"
    )


def test_a_class_that_is_made_anew_leaves_unloaded_objects_their_own(first, start):
    second = gone_on(first, start, "class Row:\n    kind = 'new'")
    assert second.terminate() == 0
    assert start(**NOT_BEHIND).value("({type(r).kind for r in rows}, Row.kind)") == "({'old'}, 'new')"


def test_names_that_are_gone_or_others_now_are_not_brought_back(first, start):
    second = gone_on(first, start, "del rows\ntext = 'short'")
    saved(second)
    second.close()
    assert start(**NOT_BEHIND).value("('rows' in globals(), text, len(nested['text']))") == "(False, 'short', 2000000)"


def test_what_is_loaded_after_such_a_save_can_be_changed_and_saved_again(first, start):
    second = gone_on(first, start, "added = 1")
    saved(second)
    assert second.run("view[0] = -1").status == "ok"
    assert is_loading(second)
    assert second.terminate() == 0
    assert start(**NOT_BEHIND).value("(int(big[100]), len(rows), added)") == "(-1, 300000, 1)"


def until_saved_behind(kernel: Kernel) -> None:
    end = time.monotonic() + 60
    while not request(kernel, op="status")["last_checkpoint"]:
        assert time.monotonic() < end, kernel.tail()
        time.sleep(0.1)
