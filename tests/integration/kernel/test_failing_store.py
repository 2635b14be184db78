"""A store that goes away while a session runs: the user is told, and told again when all is saved."""

from __future__ import annotations

import time

from tests.integration.kernel.test_save_and_restore import BEHIND, request, until_saved


def until(condition) -> None:
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.5)


def test_the_next_cell_tells_that_nothing_is_saved_and_later_that_all_is(start, store_folder):
    kernel = start(**BEHIND)
    kernel.run("x = 1")
    until_saved(kernel)
    away = store_folder.rename(store_folder.with_name("away"))
    store_folder.write_text("no folder")
    kernel.run("x = 2")
    until(lambda: "could not be saved yet" in kernel.run("y = 3").announced)
    assert request(kernel, op="status")["failing"]
    store_folder.unlink()
    away.rename(store_folder)
    until(lambda: not request(kernel, op="status")["failing"])
    assert "checkpoints are made again" in kernel.run("z = 4").announced
    until_saved(kernel)
    kernel.close()
    assert start().value("(x, y, z)") == "(2, 3, 4)"
