"""Numbers that are ids of objects are those of the objects that come back."""

from __future__ import annotations

import copy
import sys
from typing import Any

from memory import Memory
from sojourn_kernel.restore.thaw import Thaw
from sojourn_kernel.snapshot import drafts
from sojourn_kernel.snapshot.freeze import freeze


class Node:
    pass


def again(**roots: Any) -> dict[str, Any]:
    store, main = Memory(), vars(sys.modules["__main__"])
    thaw = Thaw(freeze(roots, store, main=main), store, main)
    values = thaw.load_all()
    assert thaw.told == []
    return values


def test_an_object_that_knows_its_own_id() -> None:
    node: Any = Node()
    node.me = id(node)
    made = again(node=node)["node"]
    assert made.me == id(made)


def test_keys_and_numbers_in_other_roots_than_their_objects() -> None:
    first, second = [1], [2]
    made = again(number=id(second), first=first, seen={id(first): "first", id(second): "second"}, second=second)
    assert made["seen"] == {id(made["first"]): "first", id(made["second"]): "second"}
    assert made["number"] == id(made["second"])


def test_the_memo_of_a_copy() -> None:
    node, memo = Node(), dict[int, Any]()
    copied = copy.deepcopy(node, memo)
    made = again(node=node, memo=memo, copied=copied)
    assert copy.deepcopy(made["node"], made["memo"]) is made["copied"]


def test_ids_of_what_a_long_draft_holds_which_is_continued() -> None:
    nodes = [Node() for _ in range(drafts.LONG)]
    made = again(nodes=nodes, seen={id(nodes[3])}, first=nodes[:1])
    assert made["seen"] == {id(made["nodes"][3])}
    assert made["first"][0] is made["nodes"][0]


def test_ids_in_a_long_draft_of_what_another_root_holds() -> None:
    seen = [4]
    made = again(nodes=[*(Node() for _ in range(drafts.LONG)), id(seen)], seen=seen)
    assert made["nodes"][-1] == id(made["seen"])


class MadeOfItsId:
    def __init__(self, number: Any) -> None:
        self.number = number

    def __reduce__(self) -> tuple[Any, ...]:
        return MadeOfItsId, (self.number,)


def test_an_object_that_is_made_of_its_id_comes_back_with_the_number_that_it_had() -> None:
    one = MadeOfItsId(None)
    one.number = (id(one), [5])
    assert again(one=one)["one"].number == one.number


def test_other_numbers_stay_what_they_are() -> None:
    numbers = [id(object()) ^ 1, 1 << 46, -(1 << 46), 7]
    assert again(numbers=numbers)["numbers"] == numbers
