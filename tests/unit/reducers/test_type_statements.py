"""Aliases and parameters of types that Python's own syntax makes, which Python before 3.12 does not have."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from ambient.lives import live_twice

pytestmark = pytest.mark.skipif(
    not (3, 12) <= sys.version_info < (3, 14), reason="this Python has none, or its are not known"
)


def _same(folder: Path, cells: list[str], checks: list[str], then: tuple[str, ...] = ()) -> None:
    lives = live_twice(folder, cells, checks, then)
    assert not [check for check, value in lives.after.items() if value.startswith("!")]
    assert (lives.after, lives.told) == (lives.before, [])


def test_aliases_are_themselves_wherever_they_are_held(tmp_path: Path) -> None:
    cells = [
        "type X = int | str\ntype L[T] = list[T] | None\ntype Rec = dict[str, Rec] | int\ndef f(a: X) -> L[int]: return [a]",
        "class C:\n    type Inner = C | None\nd = {'a': X}; _ = Rec.__value__; li = L[int]",
    ]
    checks = [
        "X, X.__module__, X.__value__, L.__value__, L.__type_params__, C.Inner.__value__.__args__[0] is C",
        "d['a'] is X is f.__annotations__['a'], li, li.__origin__ is L, L.__value__.__args__[0].__args__ == L.__type_params__",
        "Rec.__value__.__args__[0].__args__[1] is Rec",
    ]
    _same(tmp_path, cells, checks)


def test_what_an_alias_stands_for_is_evaluated_when_it_is_asked_for(tmp_path: Path) -> None:
    cells = [
        "asked = []\ndef what():\n    asked.append(1)\n    return later\ntype A = what()\ndef f[T: what()](x: T): pass"
    ]
    lives = live_twice(
        tmp_path,
        [*cells, "found = None"],
        ["found, asked"],
        ("later = int; found = A.__value__, f.__type_params__[0].__bound__",),
    )
    assert list(lives.after.values()) == ["((<class 'int'>, <class 'int'>), [1, 1])"]
    assert lives.told == []


def test_parameters_of_functions_and_classes_are_those_of_the_syntax(tmp_path: Path) -> None:
    cells = [
        "import typing\ndef first[T: (int, str)](xs: list[T]) -> T: return xs[0]",
        "class Box[T: int]:\n    def map[K](self, f: typing.Callable[[T], K]) -> 'Box[K]': return T\nclass Sub[K](Box[K]): pass",
        "class Pair[*Ts, **P]: pass",
    ]
    checks = [
        "first.__type_params__, first.__type_params__[0].__constraints__, first.__annotations__['return'] is first.__type_params__[0]",
        "Box.__parameters__, Box.__type_params__[0].__bound__, Box.map.__type_params__, Box[int], Sub.__orig_bases__",
        "Box(). map(1) is Box.__type_params__[0], Box.__type_params__[0].__module__, Box.__type_params__[0].__infer_variance__",
        "Pair.__type_params__, Pair[int, str, [bool]]",
    ]
    _same(tmp_path, cells, checks)


@pytest.mark.skipif(sys.version_info < (3, 13), reason="this Python has no defaults of parameters")
def test_parameters_keep_their_defaults_and_that_they_have_none(tmp_path: Path) -> None:
    cells = ["import typing\nclass Box[T = int, *Ts = *tuple[int, str]]: pass\ndef f[K](x: K): pass"]
    checks = [
        "[one.__default__ for one in Box.__type_params__], Box[()], f.__type_params__[0].has_default()",
        "f.__type_params__[0].__default__ is typing.NoDefault",
    ]
    _same(tmp_path, cells, checks)
