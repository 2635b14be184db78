"""Objects of libraries' classes that unpickling, left to itself, would put together in a way that these do not take."""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from typing import Any

import pytest
import zstandard
from made_libraries import library_of
from memory import Memory
from sojourn_kernel.restore.thaw import Thaw
from sojourn_kernel.snapshot.freeze import freeze
from sojourn_kernel.snapshot.lost import Lost
from test_kept_whole import again

LIBRARY = """
class Pattern(str):
    def __new__(cls, text, parts): return str.__new__(cls, text)
    def __init__(self, text, parts): self.parts = parts
class Whole(Pattern): pass
class Span(tuple):
    def __new__(cls, low, high): return super().__new__(cls, (low, high))
class Amount(float):
    def __new__(cls, number, *, unit):
        made = super().__new__(cls, number); made.unit = unit; return made
class Among(frozenset):
    def __new__(cls, low, high): return super().__new__(cls, range(low, high))
class Code(int):
    known = {}
    def __new__(cls, number): return cls.known.setdefault(number, super().__new__(cls, number))
class Pair(tuple):
    def __new__(cls, low, high):
        made = super().__new__(cls, (low, high)); made.by = "the library"; return made
    def __getnewargs__(self): return tuple(self)
    def __getstate__(self): return None
class Node:
    __slots__ = ("__weakref__", "number", "following")
    def __init__(self, number): self.number = number
    def __getstate__(self): return {name: getattr(self, name, None) for name in Node.__slots__} | getattr(self, "__dict__", {})
    def __setstate__(self, state):
        for name, one in state.items(): setattr(self, name, one)
class Loose(Node): pass
class Counted(Node):
    def __getstate__(self): return {"__weakref__": None, "number": self.number + 1}
class Figure:
    def __new__(cls, *_):
        one = object.__new__(cls); one.made = 3
        return one
    def __init__(self, size): self.asked, self.size = {"size"}, size
    def __setattr__(self, name, one): object.__setattr__(self, name, one)
    def __getattribute__(self, name):
        own = super().__getattribute__
        return own(name) if name == "asked" or name not in self.asked else own(name)
class Sized(Figure):
    def __new__(cls, size): return object.__new__(cls)
class Frozen:  # as mypyc compiles a frozen dataclass
    __slots__ = __mypyc_attrs__ = ("numbers",)
    def __init__(self): object.__setattr__(self, "numbers", [])
    def __setattr__(self, name, one): raise AttributeError("it is frozen")
    def __getstate__(self): return {"numbers": self.numbers}
    def __setstate__(self, state):
        for name, one in state.items(): setattr(self, name, one)
import collections
class Dep(collections.namedtuple("Dep", "key note")):
    def __new__(cls, key): return super().__new__(cls, key, [key])
class Symbol:
    def __init__(self, held): self.held = held
    def __getstate__(self): raise TypeError("only within a context")
class Box: pass
class Labelled: pass
"""


@pytest.fixture
def library() -> Iterator[Any]:
    with library_of("odd_library", LIBRARY) as module:
        yield module


@pytest.mark.parametrize("name", ["Pattern", "Whole"])
def test_a_text_that_is_made_of_more_than_itself_is_what_it_was(library: Any, name: str) -> None:
    cls = getattr(library, name)
    part = cls("a", ())
    back = again(one=cls("a+b", (part, "b")), part=part)["one"]
    assert (type(back), back, back.parts, type(back.parts[0])) == (cls, "a+b", ("a", "b"), cls)


def test_so_are_other_values(library: Any) -> None:
    ones = [library.Span(1, 5), library.Amount(2.5, unit="m"), library.Among(1, 4)]
    back = again(ones=ones)["ones"]
    assert [(type(one), one, vars(one)) for one in back] == [(type(one), one, vars(one)) for one in ones]


def test_where_its_class_can_take_the_value_that_makes_it(library: Any) -> None:
    back = again(one=library.Code(7), pair=library.Pair(1, 2))
    assert back["one"] is library.Code(7)
    assert back["pair"] == (1, 2) and back["pair"].by == "the library"


def test_a_class_of_a_cell_over_one_is_made_without_either(library: Any) -> None:
    class Mine(library.Pattern):  # type: ignore[misc, name-defined]
        def __new__(cls, text: str) -> Any:
            return super().__new__(cls, text, ())

        def __init__(self, text: str) -> None:
            super().__init__(text, (text,))

    Mine.__module__ = "__main__"
    back = again(one=Mine("a"))["one"]
    assert (back, back.parts, type(back).__name__) == ("a", ("a",), "Mine")


def test_a_weakref_slot_in_what_a_class_gives_as_its_state_costs_nothing(library: Any) -> None:
    node, loose = library.Node(1), library.Loose(2)
    node.following, loose.note = loose, "n"
    back = again(node=node, loose=loose)
    assert back["node"].following is back["loose"]
    assert (back["node"].number, back["loose"].number, back["loose"].note) == (1, 2, "n")
    assert weakref.ref(back["node"])() is back["node"]


def test_what_such_a_class_says_else_is_left_to_it(library: Any) -> None:
    assert again(one=library.Counted(3))["one"].number == 4


def test_a_class_that_looks_at_all_that_is_asked_of_its_objects_is_not_asked(library: Any) -> None:
    figure = library.Figure(3)
    back = again(one=figure, same=figure)
    assert back["one"] is back["same"]
    assert (back["one"].size, back["one"].asked, back["one"].made) == (3, figure.asked, 3)


def test_one_that_wants_arguments_is_made_without_them(library: Any) -> None:
    assert again(one=library.Sized(4))["one"].size == 4


def test_a_compiled_class_that_lets_nobody_set_its_state_itself_included_is_given_it(library: Any) -> None:
    one = library.Frozen()
    one.numbers.append(3)
    back = again(one=one, numbers=one.numbers)
    assert back["one"].numbers == [3]
    assert back["one"].numbers is back["numbers"]


def test_a_named_tuple_is_made_of_its_fields_whatever_its_class_takes(library: Any) -> None:
    one = library.Dep("a")
    back = again(one=one, note=one.note)
    assert (type(back["one"]), back["one"], back["one"].note is back["note"]) == (library.Dep, ("a", ["a"]), True)


def test_what_refuses_to_be_pickled_and_is_an_object_of_c_code_is_told_whole(library: Any) -> None:
    """As SWIG's are: what stands in the place of ``this`` is given to C code, which raises what says nothing of it."""
    values, told = losing(one=library.Symbol(zstandard.ZstdDecompressor()), other=library.Symbol([1]))
    assert type(values["one"]) is Lost
    assert (values["other"].held, told) == ([1], {"one"})


def test_so_is_what_has_nothing_but_one(library: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for cls in (library.Box, library.Labelled):
        monkeypatch.setattr(cls, "__module__", "zstandard")
        monkeypatch.setattr(zstandard, cls.__name__, cls, raising=False)
    box, labelled = library.Box(), library.Labelled()
    box.held, labelled.held, labelled.name = zstandard.ZstdDecompressor(), zstandard.ZstdDecompressor(), "n"
    values, told = losing(box=box, labelled=labelled)
    assert type(values["box"]) is Lost
    assert (type(values["labelled"].held), values["labelled"].name) == (Lost, "n")
    assert told == {"box", "labelled"}


def losing(**roots: Any) -> tuple[dict[str, Any], set[str]]:
    """The roots after a save and a restore, and of which of them was told."""
    store = Memory()
    thaw = Thaw(freeze(roots, store, main=roots), store, {})
    values = thaw.load_all()
    return values, {told.name for told in thaw.told}
