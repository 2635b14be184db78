"""What shows that a library's object was changed, and its containers as they are put together again."""

from __future__ import annotations

import datetime
import types
from collections import Counter, OrderedDict, defaultdict, deque
from typing import Any

import numpy as np
import pytest
from sojourn_kernel.snapshot.libraries import imported
from sojourn_kernel.snapshot.libraries.seen import contents_since, fill, has_changed, look


class Registry(dict[str, Any]):
    pass


class Log(list[Any]):
    pass


class Names(set[str]):
    pass


class Thing:
    pass


class Slotted:
    __slots__ = ("left", "right")


class Holding:
    def __init__(self, held: Any) -> None:
        self.held = held


class Quantity(np.ndarray[Any, Any]):
    __slots__ = ("unit",)


CONTAINERS = [
    lambda: Registry(a=1),
    lambda: OrderedDict(a=1),
    lambda: defaultdict(list, a=[]),
    lambda: Counter(a=1),
    lambda: Log([1]),
    lambda: deque([1]),
    lambda: Names("a"),
]


def _add(value: Any) -> None:
    if hasattr(value, "append"):
        value.append("new")
    elif isinstance(value, set):
        value.add("new")
    else:
        value["new"] = 7


@pytest.mark.parametrize("make", CONTAINERS)
def test_what_was_added_to_a_container_over_pythons_own_is_seen(make: Any) -> None:
    value = make()
    then = look(value)
    assert not has_changed(then, value)
    _add(value)
    assert has_changed(then, value)


@pytest.mark.parametrize("make", CONTAINERS)
def test_a_container_that_is_filled_holds_what_the_other_did(make: Any) -> None:
    here, there = make(), make()
    then = look(here)
    _add(here)
    fill(there, contents_since(then, here))
    assert there == here


def test_a_container_in_a_container_is_looked_at_as_well() -> None:
    value = {"inner": OrderedDict(a=1)}
    then = look(value)
    value["inner"]["b"] = 2
    assert has_changed(then, value)


def test_what_a_dict_held_already_stays_the_librarys() -> None:
    here, there = Registry(a=Thing()), Registry(a=Thing())
    own, then = there["a"], look(here)
    here["b"] = 1
    fill(there, contents_since(then, here))
    assert there == {"a": own, "b": 1}


def test_what_a_list_held_already_stays_the_librarys_wherever_it_is_by_now() -> None:
    here, there = [Thing(), Thing()], [Thing(), Thing()]
    own, then = list(there), look(here)
    here.insert(0, here.pop())
    here.append("new")
    fill(there, contents_since(then, here))
    assert there == [own[1], own[0], "new"]


def test_what_it_held_and_a_fresh_process_does_not_have_is_the_others() -> None:
    here: list[Any] = []
    here.append(Thing())
    then = look(here)
    here.append(("x", 1))
    there: list[Any] = []
    fill(there, contents_since(then, here))
    assert there == here


def test_an_object_that_is_another_in_a_fresh_process_is_the_others() -> None:
    here, there = Registry(a=Holding(1)), Registry(a=Holding(2))
    then = look(here)
    here["b"] = 1
    fill(there, contents_since(then, here))
    assert there["a"] is here["a"]


def test_the_order_of_an_ordered_dictionary_is_the_others() -> None:
    here, there = OrderedDict(a=1, b=2), OrderedDict(a=1, b=2)
    then = look(here)
    here.move_to_end("a")
    fill(there, contents_since(then, here))
    assert list(there) == ["b", "a"]


def test_a_deque_keeps_its_length() -> None:
    there = deque([1], 2)
    fill(there, [1, 2, 3])
    assert (list(there), there.maxlen) == ([2, 3], 2)


@pytest.mark.parametrize("entries", [10_001, 150_000])
def test_of_a_large_container_it_is_seen_that_it_holds_others(entries: int) -> None:
    value = dict.fromkeys(range(entries), "a")
    then = look(value)
    assert not has_changed(then, value)
    value[0] = "b"
    assert has_changed(then, value)


@pytest.mark.parametrize(
    ("held", "other"),
    [
        ((1,), (2,)),
        (datetime.date(2000, 1, 1), datetime.date(2000, 1, 2)),
        (len, abs),
        (np.arange(3), np.ones(3, int)),
        (deque([1]), deque([2])),
        ({1}, {2}),
        (frozenset("a"), frozenset("b")),
        (OrderedDict(a=1), OrderedDict(a=2)),
    ],
)
def test_what_an_attribute_is_by_now_is_seen(held: Any, other: Any) -> None:
    value = Holding(held)
    then = look(value)
    assert look(value) == then
    value.held = other
    assert look(value) != then


def test_what_stands_in_slots_is_seen() -> None:
    value = Slotted()
    value.left = 1
    then = look(value)
    value.right = 2
    assert look(value) != then


def test_the_numbers_of_an_array_with_attributes_are_seen() -> None:
    value = np.zeros(2).view(Quantity)
    then = look(value)
    value[0] = 1
    assert look(value) != then


def test_what_is_too_much_to_compare_is_said_not_to_be_whole() -> None:
    assert not look(Holding(np.zeros(1 << 18))).is_whole
    assert look(Holding(np.zeros(8))).is_whole


def test_a_modules_own_dictionary_is_no_container_of_a_library() -> None:
    module = types.ModuleType("taken_with_all")
    vars(module)["inner"] = {"a": 1}
    assert not imported._is_kept(vars(module))
    assert imported._is_kept(vars(module)["inner"])
