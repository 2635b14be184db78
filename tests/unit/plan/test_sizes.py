"""What a value's size says of the time that it takes."""

from __future__ import annotations

import fractions
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sojourn_kernel.plan.sizes import is_all_there_is


@pytest.mark.parametrize(
    "value", [1, "a", None, np, [1, "a"], {"a": 1.5}, np.arange(3), np.float64(1), pd.DataFrame({"a": [1]})]
)
def test_numbers_texts_and_tables_lead_to_nothing_else(value: Any) -> None:
    assert is_all_there_is(value)


@pytest.mark.parametrize(
    "value", [[[1]], (fractions.Fraction(1, 2),), {"a": []}, np.array([{}]), object(), list(range(2000))]
)
def test_others_may_hold_anything(value: Any) -> None:
    assert not is_all_there_is(value)
