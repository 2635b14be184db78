"""A store that goes away while a session runs: the user is told, and told again when all is saved."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable

import pytest

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


@pytest.fixture
def away(start, store_folder) -> Callable[[bool], None]:
    """Takes the store away (True) and puts it back (False)."""
    hidden = store_folder.with_name("hidden")

    def act(gone: bool) -> None:
        if gone:
            store_folder.rename(hidden)
            store_folder.write_text("no folder")
        else:
            store_folder.unlink()
            hidden.rename(store_folder)

    store_folder.mkdir()
    return act


def test_a_session_comes_back_once_the_store_is_there(start, away):
    first = start(**BEHIND)
    first.run("x = [1, 2]")
    assert first.terminate() == 0
    away(True)
    second = start()
    assert request(second, op="status")["restored"] is None
    away(False)
    until(lambda: request(second, op="status")["restored"])
    assert second.value("x") == "[1, 2]"


def test_what_ran_while_the_store_was_away_is_not_overwritten_and_overwrites_nothing(start, away):
    first = start(**BEHIND)
    first.run("x = 1")
    assert first.terminate() == 0
    away(True)
    second = start(**BEHIND)
    assert "the store can't be reached" in second.run("x = 2").announced
    away(False)
    until(lambda: "cells have run meanwhile" in second.run("y = 3").announced)
    assert second.value("x") == "2"
    second.terminate()
    assert start().value("x") == "1"


def test_a_new_session_is_saved_once_the_store_is_there(start, away):
    away(True)
    first = start(**BEHIND)
    first.run("x = 1")
    away(False)
    until_saved(first)
    assert "saved from here on" in first.run("y = 2").announced
    first.terminate()
    assert start().value("(x, y)") == "(1, 2)"


def test_what_a_stop_could_not_save_is_told_where_the_session_goes_on(start):
    first = start(**BEHIND)
    first.run("import random, resource\nx = [1]")
    until_saved(first)
    first.run("resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))")  # no larger file, whoever writes it
    first.run("large = random.Random(1).randbytes(3_000_000); x.append(2)")
    assert first.terminate() == 1
    second = start()
    assert second.value("x, 'large' in globals()") == "([1], False)"
    report = second.run("print(__import__('sojourn_kernel').report())").text
    assert "what cells did after that could not be saved" in report
    assert second.terminate() == 0
    assert "could not be saved" not in start().run("print(__import__('sojourn_kernel').report())").text


def test_a_store_that_was_emptied_is_filled_anew(start, store_folder):
    first = start(**BEHIND)
    first.run("x = [1]")
    until_saved(first)
    shutil.rmtree(store_folder)
    first.run("y = x")
    until_saved(first)
    assert "were removed from the store; what is here is saved anew" in first.run("x.append(2)").announced
    assert first.terminate() == 0
    second = start(**BEHIND)
    assert second.value("x, y is x") == "([1, 2], True)"
    shutil.rmtree(store_folder / "sessions")
    assert "saved" in second.run("x.append(3)\n%sojourn checkpoint").text
    assert second.terminate() == 0
    assert start().value("x") == "[1, 2, 3]"
