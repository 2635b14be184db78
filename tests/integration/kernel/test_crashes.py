"""Objects whose pickling, or loading, ends the process: they are told, and the session around them goes on."""

from __future__ import annotations

import pytest

from tests.fidelity.kernel import KernelFailed
from tests.integration.kernel.test_save_and_restore import NOT_BEHIND, until_saved

TOLD = "__import__('sojourn_kernel').report().told"
MODULE = """
code = '''
import ctypes, os
class Ends:
    def __init__(self): self.part = 1
    def {method}:
        {act}
'''
open('ends.py', 'w').write(code)
from ends import Ends
ends = Ends(); kept = [2]
"""
ACTS = ["ctypes.string_at(0)", "os.abort()", "os._exit(3)"]
SAVING = MODULE.replace("{method}", "__reduce__(self)")
LOADING = MODULE.replace("{method}", "__setstate__(self, state)")


@pytest.mark.parametrize("act", ACTS)
def test_the_last_save_goes_on_without_what_would_end_it(start, act):
    first = start(**NOT_BEHIND)
    first.run("held = [1]")
    first.run(SAVING.format(act=act))
    assert first.terminate(20) == 0
    second = start()
    assert (second.value("held, kept"), second.value(TOLD)) == ("([1], [2])", "['ends']")


def test_so_does_a_background_checkpoint(start):
    first = start()
    first.run(SAVING.format(act=ACTS[0]))
    until_saved(first)
    first.close()
    second = start()
    assert (second.value("kept"), second.value(TOLD)) == ("[2]", "['ends']")


def test_the_kernel_lives_on_after_a_save_that_the_user_asks_for(start):
    first = start(**NOT_BEHIND)
    first.run(SAVING.format(act=ACTS[0]))
    assert first.run("%sojourn save").status == "ok"
    assert first.value("kept") == "[2]"


@pytest.mark.parametrize("act", ACTS)
def test_what_ends_the_kernel_that_loads_it_is_told_by_the_next(start, act):
    first = start(**NOT_BEHIND)
    first.run(LOADING.format(act=act))
    assert first.terminate(20) == 0
    with pytest.raises(KernelFailed):
        start().value("kept, ends")
    second = start(**NOT_BEHIND)
    assert (second.value("kept"), second.value("ends.part").split(":")[0], second.value(TOLD)) == (
        "[2]",
        "!SojournLost",
        "['ends']",
    )
    assert second.terminate(20) == 0
    assert start().value("kept") == "[2]"
