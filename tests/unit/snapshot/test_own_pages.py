"""What a fork costs the cells after it: pages that it has made shared."""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator

import pytest
from sojourn_kernel.snapshot.process.fork import Child
from sojourn_kernel.snapshot.process.own_pages import take_back

OBJECTS = 200_000  # small lists, whose reference counts lie on some 5,000 pages
FEW = 500  # faults that have other reasons


@pytest.fixture(scope="module")
def objects() -> Iterator[list[list[int]]]:
    made = [[number] for number in range(OBJECTS)]
    if not take_back(lambda: False):
        pytest.skip("this kernel says nothing of pages, or can't make them writable")
    yield made


def faults_of_a_walk(objects: list[list[int]]) -> int:
    """Page faults while every object is touched."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in objects:
        pass
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before


def test_after_a_child_a_walk_over_objects_has_faults(objects: list[list[int]]) -> None:
    Child(lambda report: None).wait()
    assert faults_of_a_walk(objects) > FEW


def test_pages_that_were_taken_back_have_none(objects: list[list[int]]) -> None:
    Child(lambda report: None).wait()
    take_back(lambda: False)
    assert faults_of_a_walk(objects) < FEW


def test_what_a_living_child_shares_is_left_shared(objects: list[list[int]]) -> None:
    child = Child(lambda report: time.sleep(60))
    try:
        take_back(lambda: False)
        assert faults_of_a_walk(objects) > FEW
    finally:
        child.kill()
        child.wait()


def test_it_gives_way_at_once(objects: list[list[int]]) -> None:
    assert take_back(lambda: True) == 0
