"""Which variables are saved together: those between which sharing can be observed, and no others."""

from __future__ import annotations

import sys
import types
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sojourn_kernel.snapshot.freeze import freeze
from sojourn_kernel.store import open_store


def together(folder: Path, **values: object) -> list[str]:
    """The variables of each piece, by name."""
    writer = open_store(f"file://{folder}").session("test").writer()
    return sorted("+".join(sorted(piece.roots)) for piece in freeze(dict(values), writer, main=dict(values)).pieces)


def frame() -> pd.DataFrame:
    made = pd.DataFrame({"n": np.arange(5), "x": np.ones(5)})
    made["s"] = made["n"].astype(str)
    return made


def test_a_frame_copied_from_another_stands_alone(tmp_path: Path) -> None:
    one = frame()
    assert together(tmp_path, one=one, head=one.head(2).copy()) == ["head", "one"]


def test_frames_and_nans_of_their_own_stand_alone(tmp_path: Path) -> None:
    assert together(tmp_path, one=frame(), other=frame(), missing=[np.nan], also=[np.nan]) == [
        "also",
        "missing",
        "one",
        "other",
    ]


def test_a_frame_under_two_names_is_one(tmp_path: Path) -> None:
    one = frame()
    assert together(tmp_path, one=one, again=[one]) == ["again+one"]


def test_a_shared_list_binds_among_many_objects(tmp_path: Path) -> None:
    shared: list[int] = []
    many = [[] for _ in range(60_000)]
    found = together(tmp_path, a=[shared, many], b=[shared], c=[[] for _ in range(60_000)])
    assert found == ["a+b", "c"]


def test_a_nan_of_the_users_binds(tmp_path: Path) -> None:
    own = float("nan")
    assert together(tmp_path, a=[own], b={own: 1}) == ["a+b"]


class Counted:
    """Says how often it was pickled."""

    def __init__(self) -> None:
        self.times = 0

    def __reduce__(self) -> tuple[type, tuple[()]]:
        self.times += 1
        return Counted, ()


def test_what_is_long_is_pickled_once_though_what_shares_it_holds_a_nan(tmp_path: Path) -> None:
    counted = Counted()
    many = [counted, *([] for _ in range(60_000))]
    assert together(tmp_path, a=many, b=[many[1], np.nan], c=[np.nan, many[2], float("nan")]) == ["a+b+c"]
    assert counted.times == 1


def test_columns_of_their_own_stand_alone(tmp_path: Path) -> None:
    """All of them carry a list of their class's into their streams."""
    one = frame()
    assert together(tmp_path, one=one["n"] * 2, best=one[["n", "x"]].describe().loc["max"]) == ["best", "one"]


def test_frames_of_a_librarys_class_stand_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cls = type("Frame", (pd.DataFrame,), {"_metadata": ["crs"], "__module__": "geo", "_constructor": property(type)})
    module = types.ModuleType("geo")
    monkeypatch.setitem(sys.modules, "geo", module)
    module.Frame = cls  # type: ignore[attr-defined]
    assert together(tmp_path, one=cls({"x": [1]}), other=cls({"x": [2]})) == ["one", "other"]
