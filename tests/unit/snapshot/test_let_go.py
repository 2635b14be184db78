"""A save in the kernel itself leaves nothing behind that holds what is in the session: what cells delete then goes at once."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable
from typing import Any

import pytest
from memory import Memory
from sojourn_kernel.snapshot.drafts import LONG
from sojourn_kernel.snapshot.freeze import freeze


class Large:
    def __init__(self, *held: Any) -> None:
        self.held = held


class Refuses(Large):
    def __reduce__(self) -> Any:
        raise ValueError("not this one")


def deep() -> Any:
    nested: list[Any] = []
    for _ in range(20_000):
        nested = [nested]
    return Large(nested)


@pytest.mark.parametrize(
    "make",
    [Large, deep, lambda: Refuses([]), lambda: Large([[number] for number in range(LONG + 1)])],
    ids=["small", "nested too deep for C code", "told", "long"],
)
def test_what_was_saved_goes_when_it_is_deleted(make: Callable[[], Large]) -> None:
    roots = {"x": make(), "function": lambda: None, "class": type("Own", (), {"__module__": "__main__"})}
    there = weakref.ref(roots["x"])
    gc.collect()
    gc.disable()
    try:
        freeze(roots, Memory(), main={})
        del roots["x"]
        assert there() is None
    finally:
        gc.enable()
