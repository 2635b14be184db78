"""What a front end sees while a large session is loaded: one display, updated in place, which ends by saying what was restored."""

from __future__ import annotations

import time
from queue import Empty

from tests.fidelity.kernel import Kernel

NOT_BEHIND = {"SOJOURN_BACKGROUND": "0"}


def displays(kernel: Kernel, code: str) -> list[tuple[str, str, str]]:
    """Kind, id and text of each display until nothing comes any more."""
    kernel.client.execute(code)
    found, last = [], time.monotonic()
    while time.monotonic() - last < 3:
        try:
            message = kernel.client.get_iopub_msg(timeout=0.5)
        except Empty:
            continue
        last, content = time.monotonic(), message["content"]
        if message["msg_type"] in ("display_data", "update_display_data"):
            found.append((message["msg_type"], content["transient"].get("display_id"), content["data"]["text/plain"]))
    return found


def test_a_large_session_shows_how_far_it_is_loaded_in_one_display(start):
    first = start(**NOT_BEHIND)
    first.run("import numpy as np\na, b, small = np.random.default_rng(0).random(6_000_000), bytearray(60_000_000), 5")
    assert first.terminate() == 0
    found = displays(start(**NOT_BEHIND), "small")
    assert found[0][0] == "display_data" and "Loading the rest" in found[0][2]
    assert {kind for kind, _, _ in found[1:]} == {"update_display_data"}
    assert len({id for _, id, _ in found}) == 1 and len(found) < 20
    assert "restored" in found[-1][2] and "Loading" not in found[-1][2]


def test_a_small_session_shows_one_line(start):
    first = start(**NOT_BEHIND)
    first.run("x = 1")
    assert first.terminate() == 0
    assert [kind for kind, _, _ in displays(start(**NOT_BEHIND), "x")] == ["display_data"]
