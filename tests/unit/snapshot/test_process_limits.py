"""Limits that cells set are not in the way of what is Sojourn's, and are there again after it."""

from __future__ import annotations

import errno
import os
import resource
from collections.abc import Iterator

import pytest
from sojourn_kernel.snapshot.unobserved import undisturbed

FILES = resource.RLIMIT_NOFILE


@pytest.fixture
def hard() -> Iterator[int]:
    """The limit that nobody may pass; a cell has set another, which has been reached."""
    before = resource.getrlimit(FILES)
    free = os.open(os.devnull, os.O_RDONLY)
    os.close(free)
    resource.setrlimit(FILES, (free, before[1]))
    yield before[1]
    resource.setrlimit(FILES, before)


def soft() -> int:
    return resource.getrlimit(FILES)[0]


def test_a_save_can_open_what_a_cell_could_not(hard: int) -> None:
    limit = soft()
    with undisturbed(), undisturbed():
        for number in os.pipe():
            os.close(number)
    assert soft() == limit
    with pytest.raises(OSError) as met:
        os.pipe()
    assert met.value.errno == errno.EMFILE


def test_a_limit_that_is_set_again_meanwhile_stays(hard: int) -> None:
    limit = soft()
    with undisturbed():
        resource.setrlimit(FILES, (limit + 1, hard))
    assert soft() == limit + 1
