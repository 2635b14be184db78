"""What the own pickling of libraries' classes keeps back of their objects."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import pytest
from sojourn_kernel.snapshot import trial
from test_kept_whole import again


class Sparing:
    """Keeps back all that is named in ``leaves``; ``copies`` go as copies."""

    def __init__(self, leaves: tuple[str, ...] = (), copies: tuple[str, ...] = (), **held: Any) -> None:
        vars(self).update(held, leaves=leaves, copies=copies)

    def __getstate__(self) -> dict[str, Any]:
        state = {name: one for name, one in vars(self).items() if name not in self.leaves}
        return state | {name: list(getattr(self, name)) for name in self.copies}


class Restoring(Sparing):
    """Makes again what it has left out."""

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update({name: ["made again"] for name in state["leaves"]}, **state)


class Copying(Sparing):
    def __init__(self, rows: Any) -> None:
        super().__init__(rows=rows)

    def __getstate__(self) -> dict[str, Any]:
        return {"rows": self.rows.copy()}


class Emptying(Copying):
    def __getstate__(self) -> dict[str, Any]:
        return {"rows": []}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self.rows.append("filled again")


class Nested(Sparing):
    def __getstate__(self) -> dict[str, Any]:
        return {"fields": {"shown": vars(self)["rows"]}}


def test_what_nothing_stands_for_afterwards_is_what_it_was() -> None:
    rows = [1]
    back = again(one=Sparing(("found",), found=rows), rows=rows)
    assert back["one"].found is back["rows"]


def test_what_the_library_makes_again_is_the_librarys() -> None:
    assert again(one=Restoring(("found",), found=[1]))["one"].found == ["made again"]


def test_a_copy_that_pickling_makes_is_the_thing_itself_again() -> None:
    rows = [1]
    back = again(one=Sparing(copies=("rows",), rows=rows), rows=rows)
    assert back["one"].rows is back["rows"]


def test_a_copied_array_is_the_array_itself_again() -> None:
    rows = np.arange(3.0)
    back = again(one=Copying(rows), rows=rows)
    assert back["one"].rows is back["rows"]


def test_what_pickling_empties_is_left_to_those_who_fill_it_again() -> None:
    filled = again(one=Emptying([1]))["one"].rows
    assert filled == ["filled again"]


def test_a_part_knows_the_whole_that_it_is_in() -> None:
    whole = Sparing(parts=[])
    whole.parts.append(Sparing(("whole",), whole=whole))
    back = again(whole=whole)["whole"]
    assert back.parts[0].whole is back


@pytest.mark.parametrize("name", ["_cache", "handle", "_lock"])
def test_what_its_name_says_to_be_derived_or_of_the_process_stays_left_out(name: str) -> None:
    assert not hasattr(again(one=Sparing((name,), **{name: [1]}))["one"], name)


def test_what_cannot_be_kept_whole_stays_left_out_and_is_not_told() -> None:
    worker = threading.Thread(target=threading.Event().wait, daemon=True)
    worker.start()
    assert not hasattr(again(one=Sparing(("crew",), crew=[worker]))["one"], "crew")


def test_numbers_and_texts_stay_left_out() -> None:
    assert not hasattr(again(one=Sparing(("number",), number=12345))["one"], "number")


def test_what_stands_in_the_state_under_another_name_is_not_kept_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[Any] = []
    monkeypatch.setattr(trial._Trying, "dump", lambda self, value: looked.append(value))
    again(one=Nested(rows=[1]))
    assert [1] not in looked


def test_objects_that_share_what_is_kept_back_have_it_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[Any] = []
    dump = trial._Trying.dump
    monkeypatch.setattr(trial._Trying, "dump", lambda self, value: (looked.append(value), dump(self, value))[1])
    whole: list[Any] = [[1], [2]]
    again(parts=[Sparing(("of",), of=whole) for _ in range(5)] + [Sparing(("of",), of=part) for part in whole])
    assert sum(value is whole for value in looked) == 1
    assert not [value for value in looked if value in whole and value is not whole]


class LettingGo(Sparing):
    """Lets go of its parts as it is pickled."""

    def __getstate__(self) -> dict[str, Any]:
        self.part = None
        del self.other
        return dict(vars(self))


def test_what_an_object_lets_go_of_as_it_is_pickled_is_given_back() -> None:
    part = [1]
    one = LettingGo(part=part, other=part)
    back = again(one=one, part=part)
    assert one.part is one.other is part
    assert back["one"].part is back["one"].other is back["part"]


class Counting(Sparing):
    def __getstate__(self) -> dict[str, Any]:
        self.times += 1
        return dict(vars(self))


def test_what_else_changes_meanwhile_stays() -> None:
    one = Counting(times=0)
    again(one=one)
    assert one.times > 0


class Called:
    """Is made again by a call, which knows its size alone."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._fill()

    def _fill(self) -> None:
        self.made = [self.size]

    def __reduce__(self) -> Any:
        return Called, (self.size,)


def test_what_a_call_does_not_make_again_is_what_it_was() -> None:
    one = Called(3)
    one.note = ["mine"]  # type: ignore[attr-defined]
    back = again(one=one, note=one.note)["one"]  # type: ignore[attr-defined]
    assert (back.size, back.made, back.note) == (3, [3], ["mine"])


def test_what_a_call_makes_again_is_what_it_makes() -> None:
    one = Called(3)
    one.made.append(4)
    assert again(one=one)["one"].made == [3]


def test_large_attributes_of_what_a_call_makes_again_are_left_to_the_call() -> None:
    one = Called(3)
    one.many = list(range(5_000))  # type: ignore[attr-defined]
    assert not hasattr(again(one=one)["one"], "many")
