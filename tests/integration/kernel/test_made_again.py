"""What is left to its cells: made again where the session goes on, and saved from there on as in its first kernel."""

from __future__ import annotations

import pytest

from tests.fidelity.systems import wait_until_saved
from tests.seaweedfs import S3

STEPS = "steps = np.arange(20_000_000)"
ZEROS = "zeros = np.zeros(40_000_000)"  # made in no time: sooner than stored on any disk
RECOMPUTED = "sorted(__import__('sojourn_kernel').report().recomputed)"


@pytest.fixture
def goes_on(start, s3: S3, request: pytest.FixtureRequest):
    """Runs cells in a kernel that is stopped then: the next one, on a store whose link counts as slow until it is measured."""
    session = {"SOJOURN_SESSION": f"test/{request.node.name}", "SOJOURN_BACKGROUND": "0"}

    def after(*cells: str):
        settings = {"SOJOURN_STORE": s3.url("made-again"), **s3.environment(), **session}
        first = start(**settings)
        for cell in cells:
            first.run(cell)
        assert first.terminate() == 0
        return start(**settings)

    return after


@pytest.mark.s3
def test_a_save_that_is_waited_for_leaves_to_its_cell_what_is_sooner_made_than_sent(goes_on):
    kernel = goes_on("import numpy as np", STEPS)
    assert kernel.value("int(steps.sum())") == "199999990000000"
    assert kernel.value(RECOMPUTED) == "['steps']"


@pytest.mark.s3
def test_where_a_thread_runs_a_save_that_is_waited_for_tries_no_recipe(goes_on):
    runs = "import threading, time\nthreading.Thread(target=time.sleep, args=(600,), daemon=True).start()"
    kernel = goes_on(runs, "import numpy as np", STEPS)
    assert kernel.value("int(steps[-1])") == "19999999"
    assert kernel.value(RECOMPUTED) == "[]"


@pytest.mark.s3
def test_a_value_whose_recipe_gives_another_one_is_stored(goes_on):
    unseen = "ctypes.memset(steps.__array_interface__['data'][0], 1, 1)"  # what no code shows
    kernel = goes_on("import numpy as np, ctypes", STEPS, unseen)
    assert kernel.value("int(steps[0]), int(steps[-1])") == "(1, 19999999)"
    assert kernel.value(RECOMPUTED) == "[]"


def test_a_kernel_that_has_made_values_again_goes_on_to_save_in_the_background(start):
    first = start(SOJOURN_IDLE="0.1")
    first.run("import numpy as np")
    first.run(ZEROS)
    wait_until_saved(first, 60)
    first.close()
    second = start(SOJOURN_IDLE="0.1")
    assert second.value("int(zeros[-1])") == "0"
    assert second.value(RECOMPUTED) == "['zeros']"
    second.run("more = np.zeros(40_000_001)")
    wait_until_saved(second, 60)
    second.close()
    assert start().value("len(more)") == "40000001"


def test_what_a_cell_that_is_not_understood_has_left_as_it_was_is_still_made_again(start):
    first = start()
    first.run("g = (i for i in range(4))\nn = next(g)")
    wait_until_saved(first, 60)
    first.run("import time\ntext = f'{g}', time.time()")
    assert first.terminate() == 0
    assert start().value("list(g)") == "[1, 2, 3]"


def test_trying_a_marked_cell_has_no_effect_outside(start, tmp_path):
    log = tmp_path / "log"
    first = start(SOJOURN_IDLE="0.1")
    first.run(
        f"import numpy as np\n# sojourn: replay\nn = open({str(log)!r}, 'a').write('x')\nzeros = np.zeros(40_000_000)"
    )
    wait_until_saved(first, 60)
    assert log.read_text() == "x"


def test_what_is_expendable_stays_so(start):
    first = start()
    first.run("x = [1]")
    assert "no variable named nosuch" in first.run("%sojourn expendable x, nosuch").text
    assert first.terminate() == 0
    assert start().run("%sojourn expendable").text.strip() == "expendable: x"


@pytest.mark.parametrize("seconds", ["-5", "nan", "inf", "5s"])
def test_a_plan_takes_a_number_of_seconds(start, seconds: str):
    assert (
        start().run(f"%sojourn plan {seconds}").text.strip()
        == f"Sojourn: a deadline is a number of seconds, not {seconds!r}"
    )
