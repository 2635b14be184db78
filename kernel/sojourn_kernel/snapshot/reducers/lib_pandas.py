"""pandas: labels of columns. Frames made from one another share the array behind them, which nobody can change."""

from __future__ import annotations

from typing import Any

from . import reducer

_FEW = 10_000  # labels: more are worth keeping once


@reducer("pandas:Index", "pandas.core.indexes.base:Index")
def index(value: Any) -> Any:
    if type(value).__name__ != "Index" or len(value) > _FEW or not hasattr(value.dtype, "na_value"):
        return NotImplemented
    make, (cls, state), *rest = value.__reduce_ex__(5)
    return make, (cls, {**state, "data": state["data"].copy()}), *rest
