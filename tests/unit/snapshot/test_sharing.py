"""Which variables are saved together: those between which sharing can be observed, and no others."""

from __future__ import annotations

import datetime
import sys
import types
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar

import numpy as np
import pandas as pd
import pytest
from sojourn_kernel.restore.thaw import Thaw
from sojourn_kernel.snapshot.aliasing import sharing
from sojourn_kernel.snapshot.freeze import freeze
from sojourn_kernel.store import open_store

from tests.unit.snapshot.memory import Memory


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
        self.times: list[int] = []

    def __reduce__(self) -> tuple[type, tuple[()]]:
        self.times.append(1)
        return Counted, ()


def test_what_is_long_is_pickled_once_though_what_shares_it_holds_a_nan(tmp_path: Path) -> None:
    counted = Counted()
    many = [counted, *([] for _ in range(60_000))]
    assert together(tmp_path, a=many, b=[many[1], np.nan], c=[np.nan, many[2], float("nan")]) == ["a+b+c"]
    assert sum(counted.times) == 1


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


class Node:
    """Part of a tree that knows all of it; how often one was pickled is counted."""

    pickled: ClassVar[Counter[int]] = Counter()

    def __init__(self, above: Node | None = None) -> None:
        self.above, self.below = above, []
        if above is not None:
            above.below.append(self)

    def __getstate__(self) -> object:
        Node.pickled[id(self)] += 1
        return self.__dict__


def test_a_tree_is_gone_through_once_and_stored_once_whatever_names_are_in_it(tmp_path: Path) -> None:
    tree = Node()
    parts = [Node(Node(tree)) for _ in range(9)]
    Node.pickled.clear()
    named = {f"part{number}": part for number, part in enumerate(parts)}
    assert together(tmp_path, tree=tree, some=parts[:3], **named) == ["+".join(sorted([*named, "some", "tree"]))]
    assert set(Node.pickled.values()) == {2}


def test_what_comes_to_anothers_objects_is_loaded_with_them() -> None:
    tree = Node()
    part, apart = Node(Node(tree)), Node()
    values = {"apart": apart, "part": part, "tree": tree, "pair": [part, apart], "about": vars(part)}
    frozen = freeze(dict(values), memory := Memory(), main=dict(values))
    assert [piece.roots for piece in frozen.pieces] == [tuple(values)]
    loaded = Thaw(frozen, memory, main={}).load(list(values))
    assert loaded["part"].above.above is loaded["tree"]
    assert loaded["pair"] == [loaded["part"], loaded["apart"]]
    assert loaded["about"] is vars(loaded["part"])


class Plain:
    """An object with a dictionary."""


def test_a_dictionary_that_something_else_holds_is_found_among_many_others(monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = Plain(), Plain()
    one.a, other.a = 1, 2
    met = [one, vars(one), *({} for _ in range(100)), vars(one), other, vars(other), one]
    for mostly in (1e9, sharing._MOSTLY_OTHERS):  # all are counted, or only the dictionaries of the two
        monkeypatch.setattr(sharing, "_MOSTLY_OTHERS", mostly)
        assert sharing.sharing_their_dict(met) == {id(one)}


def test_of_a_graph_of_dictionaries_only_those_of_objects_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    graph = Plain()
    graph.nodes = [{"weight": number} for number in range(1000)]
    counted: list[int] = []

    class Counting(Counter[int]):
        def __init__(self, numbers: Iterable[int]) -> None:
            super().__init__(numbers)
            counted.append(self.total())

    monkeypatch.setattr(sharing, "Counter", Counting)
    memory = Memory()
    values = Thaw(freeze({"graph": graph, "held": vars(graph)}, memory, main={}), memory, {}).load_all()
    assert vars(values["graph"]) is values["held"] and values["held"]["nodes"][7] == {"weight": 7}
    assert sum(counted) < 20


def test_a_path_and_a_time_zone_under_a_name_stay_the_ones_that_others_hold() -> None:
    root, zone, utc = Path("data"), datetime.timezone(datetime.timedelta(hours=1)), datetime.timezone.utc
    one = types.SimpleNamespace(root=root, others=[Path("data"), Path("more")])
    values = {"root": root, "one": one, "zone": zone, "zones": [zone], "utc": utc, "utcs": [utc], "apart": [Path("x")]}
    frozen = freeze(dict(values), memory := Memory(), main=dict(values))
    assert {piece.roots for piece in frozen.pieces} == {
        ("root", "one"), ("zone", "zones"), ("utc",), ("utcs",), ("apart",)
    }  # fmt: skip
    back = Thaw(frozen, memory, main={}).load_all()
    assert back["one"].root is back["root"] and back["one"].others[0] is not back["root"]
    assert back["zones"][0] is back["zone"] and back["utcs"][0] is utc
