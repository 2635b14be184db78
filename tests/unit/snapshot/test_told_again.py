"""Placeholders that a session holds are told with every save, wherever they are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sojourn_kernel.snapshot.freeze import freeze
from sojourn_kernel.snapshot.lost import Lost, lost_function
from sojourn_kernel.told import Cause, Told

from tests.unit.snapshot.memory import Memory

TOLD = Told("line", Cause.LIVE_RESOURCE, "its other end belongs to the old process.", "", 2)


def _whole() -> Any:
    return Lost(TOLD)


def _in_a_list() -> Any:
    return [1, {"k": Lost(TOLD)}]


def _function() -> Any:
    return lost_function(Lost(TOLD))


@pytest.mark.parametrize("make", [_whole, _in_a_list, _function])
def test_a_placeholder_is_told_again(make: Callable[[], Any]) -> None:
    assert list(freeze({"x": make()}, Memory(), main={}).told) == [TOLD]
