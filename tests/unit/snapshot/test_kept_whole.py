"""What comes back with all that it had: in one process, from a stream."""

from __future__ import annotations

import csv
import functools
import gc
import io
import itertools
import sys
import time
import traceback
import types
from collections import OrderedDict
from enum import Enum
from pathlib import Path
from typing import Any

import pytest
from memory import Memory
from sojourn_kernel.restore.thaw import Thaw
from sojourn_kernel.snapshot.aliasing.sharing import Sharing
from sojourn_kernel.snapshot.freeze import Freezing, freeze
from sojourn_kernel.snapshot.frozen import STORING
from sojourn_kernel.snapshot.lost import SojournLost
from sojourn_kernel.snapshot.objects.tracebacks import make
from sojourn_kernel.snapshot.objects.tracebacks import reduce as reduce_traceback


def again(**roots: Any) -> dict[str, Any]:
    """The roots after a save and a restore; classes of this module are taken for classes of cells."""
    store, main = Memory(), vars(sys.modules["__main__"])
    frozen = freeze(roots, store, main=main)
    thaw = Thaw(frozen, store, main)
    values = thaw.load_all()
    assert thaw.told == []
    return values


def of_a_cell(cls: type) -> type:
    cls.__module__ = "__main__"
    return cls


def test_what_follows_the_pickling_of_a_root_is_not_taken_for_its_doing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who watches a save ends a root that takes too long, wherever the process is at that time."""
    at = [""]
    said: list[tuple[str, str]] = []
    for cls, name in ((Freezing, "_lost_piece"), (Sharing, "add")):
        act = getattr(cls, name)
        monkeypatch.setattr(cls, name, lambda *given, act=act, name=name: said.append((name, at[0])) or act(*given))
    frozen = freeze(
        {"a": [1], "b": {}, "late": [[object()] * 20_000], "c": [3]},
        Memory(),
        main={},
        progress=lambda root: at.__setitem__(0, root),
        deadline=time.monotonic() - 10,
    )
    assert {told.name for told in frozen.told} >= {"late"}
    assert {place for _, place in said} == {""}


def test_a_freeze_says_which_root_it_is_at_and_when_none_is_to_blame() -> None:
    said: list[str] = []
    freeze({"a": [1], "b": [2]}, Memory(), main={}, progress=said.append)
    assert said == ["a", "", "b", "", STORING]


def test_a_subclass_of_a_container_is_filled_past_its_own_methods() -> None:
    @of_a_cell
    class Capped(OrderedDict):  # type: ignore[type-arg]
        def __init__(self, cap: int) -> None:
            super().__init__()
            self.cap, self.set = cap, 0

        def __setitem__(self, key: Any, value: Any) -> None:
            self.set += 1
            super().__setitem__(key, value)

    one = Capped(2)
    one["a"], one["b"] = 1, 2
    made = again(one=one)["one"]
    assert (list(made.items()), made.cap, made.set) == ([("a", 1), ("b", 2)], 2, 2)


def test_a_value_whose_class_wants_arguments() -> None:
    @of_a_cell
    class Money(int):
        def __new__(cls, value: int, currency: str) -> Any:
            made = super().__new__(cls, value)
            made.currency = currency  # type: ignore[attr-defined]
            return made

    made = again(one=Money(5, "EUR"))["one"]
    assert (made + 1, made.currency) == (6, "EUR")


def test_an_enumeration_whose_members_hold_more_than_their_value() -> None:
    class Code(str, Enum):
        OK = ("ok", 200)
        FINE = ("ok", 201)

        def __new__(cls, text: str, number: int) -> Any:
            made = str.__new__(cls, text)
            made._value_, made.number = text, number  # type: ignore[attr-defined]
            return made

    Code.__module__ = "__main__"
    made = again(Kind=Code, one=Code.OK)
    assert made["one"] is made["Kind"].OK is made["Kind"].FINE
    assert made["one"] == "ok" and made["one"].number == 200  # type: ignore[comparison-overlap]


def test_an_objects_dictionary_is_its_own() -> None:
    @of_a_cell
    class Plain:
        pass

    one: Any = Plain()
    one.x = 1
    made = again(one=one, attributes=vars(one))
    made["attributes"]["y"] = 2
    assert made["one"].y == 2


def test_a_traceback_shows_the_same_lines_and_columns() -> None:
    try:
        {}["a"]["b"]  # type: ignore[var-annotated]
    except KeyError as error:
        caught = error
    assert caught.__traceback__ is not None
    before = "".join(traceback.format_exception(caught))
    rebuild, arguments = reduce_traceback(caught.__traceback__)
    assert rebuild is make
    assert "".join(traceback.format_exception(caught.with_traceback(make(*arguments)))) == before


def test_the_frames_of_a_traceback_hold_none_of_those_that_made_them() -> None:
    try:
        raise ValueError("no")
    except ValueError as error:
        _, arguments = reduce_traceback(error.__traceback__)  # type: ignore[arg-type]
    made = make(*arguments)
    assert made.tb_frame.f_back is None
    assert not [one for one in gc.get_referents(made.tb_frame) if isinstance(one, types.FrameType)]


def test_local_variables_of_a_traceback_are_told_and_have_no_marks_for_what_shows_errors() -> None:
    try:
        raise ValueError("x")
    except ValueError as error:
        rebuild, arguments = reduce_traceback(error.__traceback__)  # type: ignore[arg-type]
    local = rebuild(*arguments).tb_frame.f_locals
    assert "__tracebackhide__" not in local
    with pytest.raises(SojournLost):
        local["error"]


def test_readers_and_writers_of_comma_separated_values() -> None:
    reader, out = csv.reader(iter(["a,b", "1,2", "3,4"])), io.StringIO()
    next(reader)
    writer = csv.writer(out, delimiter=";")
    writer.writerow([1, 2])
    made = again(reader=reader, writer=writer, out=out)
    assert (list(made["reader"]), made["reader"].line_num) == ([["1", "2"], ["3", "4"]], 3)
    made["writer"].writerow([3])
    assert made["out"].getvalue() == "1;2\r\n3\r\n"


@pytest.mark.parametrize("steps", [0, 1, 3])
def test_pairs_go_on(steps: int) -> None:
    pairs = itertools.pairwise(iter([1, 2, 3, 4]))
    list(itertools.islice(pairs, steps))
    assert list(again(pairs=pairs)["pairs"]) == [(1, 2), (2, 3), (3, 4)][steps:]


def test_pairs_of_classes_go_on() -> None:
    pairs = itertools.pairwise(iter([int, str, bytes]))
    next(pairs)
    assert list(again(pairs=pairs)["pairs"]) == [(str, bytes)]


def test_a_cache_counts_on() -> None:
    @functools.lru_cache(maxsize=2)
    def double(number: int) -> int:
        if number < 0:
            raise ValueError
        return 2 * number

    for number in (1, 2, 1, 3):
        double(number)
    with pytest.raises(ValueError):
        double(-1)
    double.__module__ = "__main__"
    assert again(double=double)["double"].cache_info() == double.cache_info()


def test_a_loop_over_a_file_goes_on_where_it_is(tmp_path: Path) -> None:
    path = tmp_path / "lines"
    path.write_text("".join(f"é{number}\n" for number in range(5000)), encoding="utf-8")
    with path.open(encoding="utf-8") as file:
        assert [next(file) for _ in range(3000)][-1] == "é2999\n"
        made = again(file=file)["file"]
        assert made.readline() == file.readline() == "é3000\n"
        made.close()
