"""Blocks of pandas: their own memory, or one with what else looks into it."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sojourn_kernel.restore.thaw import Thaw
from sojourn_kernel.snapshot.freeze import freeze
from sojourn_kernel.snapshot.reducers import lib_pandas

from tests.unit.snapshot.memory import Memory

copies_on_write = pytest.mark.skipif(pd.__version__ < "3", reason="this pandas does not copy on write")
writes_through = pytest.mark.skipif(pd.__version__ >= "3", reason="this pandas copies on write")


def round_trip(roots: dict[str, Any]) -> dict[str, Any]:
    memory = Memory()
    return Thaw(freeze(roots, memory, main={}), memory, {}).load_all()


def written_to(kind: str) -> tuple[Any, dict[str, Any]]:
    """A series, and it with its end after a round trip and a write to where both have the same."""
    series = pd.Series([1, 2, 3]).astype(kind)
    values = round_trip({"series": series, "part": series[1:]})
    values["series"].iloc[1] = values["series"].iloc[0]
    return series, values


@copies_on_write
def test_frames_that_only_share_among_themselves_are_apart() -> None:
    frame = pd.DataFrame({"a": [1.0, 2.0, 3.0]})
    values = round_trip({"frame": frame, "head": frame.head(2)})
    assert not np.shares_memory(values["frame"]["a"].to_numpy(), values["head"]["a"].to_numpy())


@copies_on_write
@pytest.mark.parametrize("kind", ["f8", "category", "Int64", "datetime64[ns]"])
def test_a_write_to_one_is_not_seen_in_the_other(kind: str) -> None:
    series, values = written_to(kind)
    assert values["part"].tolist() == series[1:].tolist()


@copies_on_write
def test_a_frame_that_a_pandas_before_3_stored_with_its_columns_series() -> None:
    frame = pd.DataFrame({"a": [1.0, 2.0]})
    made = pd.DataFrame.__new__(pd.DataFrame)
    lib_pandas.fill_frame(made, (frame.__getstate__(), {"a": frame["a"]}))
    assert made.equals(frame)


def test_an_array_that_looks_into_a_frame_still_does() -> None:
    frame = pd.DataFrame({"a": [1.0, 2.0]})
    values = round_trip({"frame": frame, "array": frame["a"].to_numpy()})
    values["frame"].loc[0, "a"] = 9
    assert values["array"].tolist() == [9, 2]


def test_an_index_keeps_its_labels_when_the_series_made_of_it_is_written_to() -> None:
    index = pd.DatetimeIndex(["2024-01-01", "2024-01-02"])
    values = round_trip({"index": index, "series": pd.Series(index)})
    values["series"].iloc[0] = pd.Timestamp("2000")
    assert values["index"].equals(index)


def groups_of(frame: pd.DataFrame) -> list[Any]:
    return [group for _, group in frame.groupby("group")]


def rows_of(frame: pd.DataFrame) -> list[Any]:
    return [row for _, row in frame.iterrows()]


@copies_on_write
@pytest.mark.parametrize("parts", [groups_of, rows_of])
def test_who_shares_the_memory_of_a_frames_parts_is_counted_once_for_all_of_them(
    parts: Callable[[pd.DataFrame], list[Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = []
    count = lib_pandas._held_arrays
    monkeypatch.setattr(lib_pandas, "_held_arrays", lambda refs: counted.append(refs) or count(refs))
    made = parts(pd.DataFrame({"group": np.arange(300.0) % 100, "value": 1.0}))
    values = round_trip({"parts": made})["parts"]
    assert len(counted) <= 2  # one for each column
    assert all(value.equals(part) for value, part in zip(values, made, strict=True))
    assert not np.shares_memory(values[0].to_numpy(), values[1].to_numpy())


@writes_through
@pytest.mark.parametrize("kind", ["f8", "category", "Int64", "datetime64[ns]"])
def test_before_pandas_3_a_write_to_one_is_seen_in_the_other(kind: str) -> None:
    _, values = written_to(kind)
    assert values["part"].iloc[0] == values["series"].iloc[0]


@writes_through
def test_before_pandas_3_a_frame_has_its_columns_series() -> None:
    frame = pd.DataFrame({"a": [1.0, 2.0], "b": ["x", "y"]})
    values = round_trip({"frame": frame, "column": frame["a"]})
    assert values["frame"]["a"] is values["column"]
    values["column"][0] = 9.0
    assert values["frame"].loc[0, "a"] == 9
