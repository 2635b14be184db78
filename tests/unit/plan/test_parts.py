"""What is stored anyway, with what it was taken from."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from sojourn_kernel.plan.parts import is_part_of, takes_it_apart
from sojourn_kernel.recipe import Recipe

ARRAY = np.arange(12.0)


@pytest.mark.parametrize(
    "whole",
    [ARRAY, [0, ARRAY], (ARRAY,), {"a": ARRAY}, SimpleNamespace(a=ARRAY), ARRAY[:0], [ARRAY.reshape(3, 4)]],
    ids=["itself", "list", "tuple", "dict", "object", "view", "view in a list"],
)
def test_what_another_holds_or_shows_is_part_of_it(whole: Any) -> None:
    assert is_part_of(ARRAY[2:5] if whole is ARRAY else ARRAY, whole)


@pytest.mark.parametrize("whole", [ARRAY.copy(), [ARRAY.copy()], {}, None, [np.frombuffer(bytes(8))], [[ARRAY]]])
def test_equal_values_and_what_lies_deeper_are_not(whole: Any) -> None:
    assert not is_part_of(ARRAY, whole)


def test_a_recipe_that_unpacks_its_input_takes_it_apart() -> None:
    recipe = Recipe(("a",), ((1, 0),), ("arrays", "np"), 0.1, True)
    names = {"a": ARRAY, "arrays": [ARRAY], "np": np}
    assert takes_it_apart(recipe, names, names)
    assert not takes_it_apart(recipe, names, names | {"arrays": [ARRAY.copy()]})
