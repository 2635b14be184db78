"""Checkpoints of earlier formats load: each folder in ``formats`` is a store that the version of that format wrote."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from sojourn_kernel.session.checkpoint import BODY_FORMAT

FORMATS = Path(__file__).parent / "formats"
GENERATORS = 5
"The first format that keeps generators half-way."


def test_the_format_before_this_one_is_among_them():
    assert (FORMATS / f"body-{BODY_FORMAT - 1}").is_dir()


@pytest.mark.parametrize("folder", sorted(FORMATS.iterdir()), ids=lambda path: path.name)
def test_a_checkpoint_of_an_earlier_format_is_exact_and_goes_on(start, folder: Path):
    shutil.copytree(folder, start.store)
    kernel = start(SOJOURN_SESSION="golden")
    for expression, value in {
        "alias is shared, shared[2]['deep'], loop[0] is shared, loop[1] is loop": "(True, [3], True, True)",
        "view.base is big, float(big.sum()), view[:2].tolist()": "(True, 199990000.0, [10.0, 11.0])",
        "p.norm(), type(p) is Point": "(5.0, True)",
        "step(), step()": "(3, 4)",
        "lock.locked(), Out[8], random.random()": "(False, 42, 0.32383276483316237)",
    }.items():
        assert kernel.value(expression) == value
    told = kernel.value("sorted(__import__('sojourn_kernel').report().told)")
    of_generators = ["squares"] if int(folder.name.removeprefix("body-")) < GENERATORS else []
    assert told == str([*of_generators, "thread", "thread Thread-5 (wait)"])
    kernel.run("big[0] = 7")
    assert kernel.terminate() == 0
    again = start(SOJOURN_SESSION="golden")
    assert again.value("view.base is big, big[0]") == "(True, np.float64(7.0))"
