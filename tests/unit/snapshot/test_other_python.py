"""A checkpoint of another Python version: data as it was, functions and classes from the source of their cells."""

from __future__ import annotations
import __future__

import io
import json
import pickle
import sys
import traceback
import types
import typing
from collections.abc import Callable
from typing import Any

import pytest
from sojourn_kernel.observe.lineage import CellExecution
from sojourn_kernel.restore.careful import CarefulUnpickler
from sojourn_kernel.restore.recompile import recompile
from sojourn_kernel.restore.thaw import Thaw
from sojourn_kernel.snapshot.freeze import freeze
from sojourn_kernel.snapshot.lost import SojournLost
from sojourn_kernel.snapshot.objects import definitions
from sojourn_kernel.snapshot.objects.definitions import WRITTEN_HERE

from tests.unit.snapshot.memory import Memory

CELL = """
import functools
def plain(x, k=2): return x * k
def outer(a, b):
    def inner(c): return (a, b, c)
    return inner
closed = outer(1, 2)
square = lambda x: x * x
class Point:
    size = 3
    def __init__(self, x): self.x = x
    @property
    def twice(self): return self.x * 2
    @staticmethod
    def make(x): return Point(x)
@functools.lru_cache
def cached(n): return n + 1
async def later(): return 5
numbers = [n * closed(n)[0] for n in range(3)]
point = Point(4)
"""

WRITTEN = """
import abc, collections, contextlib, dataclasses, enum, queue, typing
@dataclasses.dataclass(order=True)
class Row:
    size: int
    parts: list = dataclasses.field(default_factory=list, compare=False)
    unit: typing.ClassVar[str] = 'm'
    def double(self): return self.size * 2
@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Fixed:
    side: int = 2
@dataclasses.dataclass
class Longer(Row):
    name: str = 'none'
row, fixed, longer = Row(3, [1]), Fixed(), Longer(1)
Pair = collections.namedtuple('Pair', 'left right', defaults=[5])
class Named(typing.NamedTuple):
    a: int
    b: str = 'b'
    def both(self): return f'{self.a}{self.b}'
pair, named = Pair(1), Named(1)
class Kind(enum.Enum):
    LIST = [1]
    WORD = 'word'
@contextlib.contextmanager
def inside(name):
    yield name.upper()
T = typing.TypeVar('T', bound=int)
class Box(typing.Generic[T]):
    def get(self, other: T) -> T: return other
P = typing.ParamSpec('P')
def calls(*parts: P.args, **more: P.kwargs): return parts
class Linked:
    next: list[typing.ForwardRef('Box')]
@typing.runtime_checkable
class Gets(typing.Protocol):
    def get(self, other): ...
two = [lambda: [1], lambda: [2], lambda x: x + 3]
"""

NAMELESS = "def plain(x): return x\nexec('def written(x): return x')\nclass Holder:\n    def own(self): return 1\n    method = written\nholder = Holder()"


Session = Callable[..., tuple[dict[str, Any], Thaw]]


@pytest.fixture
def moved(monkeypatch: pytest.MonkeyPatch) -> Session:
    """Gives the names of cells as another Python would have frozen them, thawed in a namespace of its own."""

    def move(*sources: str, flags: int = 0) -> tuple[dict[str, Any], Thaw]:
        made = types.ModuleType("__main__")
        monkeypatch.setitem(sys.modules, "__main__", made)
        for number, source in enumerate(sources, 1):
            exec(compile(source, f"<cell {number}>", "exec", flags, True), made.__dict__)
        names = {name: value for name, value in made.__dict__.items() if not name.startswith("__")}
        monkeypatch.setattr(definitions, "VERSION", (2, 7))
        memory = Memory()
        table = freeze(names, memory, main=made.__dict__)
        cells = [CellExecution(n, source, 0.1, True, (), (), "", f"<cell {n}>") for n, source in enumerate(sources, 1)]
        for name in names:
            del made.__dict__[name]
        thaw = Thaw(table, memory, made.__dict__, lambda hint: recompile(cells, hint), other_python=True)
        loaded = thaw.load_all()
        made.__dict__.update(loaded)
        return loaded, thaw

    return move


def test_all_comes_back_and_nothing_is_told(moved: Session) -> None:
    names, thaw = moved(CELL)
    assert thaw.told == []
    assert names["plain"](3) == 6 and names["closed"](9) == (1, 2, 9) and names["square"](5) == 25
    assert names["point"].twice == 8 and type(names["point"]) is names["Point"] and names["Point"].make(1).x == 1
    assert names["cached"](1) == 2 and names["numbers"] == [0, 1, 2]


def test_what_the_standard_library_wrote_for_classes_it_writes_again(moved: Session) -> None:
    names, thaw = moved(WRITTEN)
    assert thaw.told == []
    row, Row, Fixed, Longer = (names[name] for name in ("row", "Row", "Fixed", "Longer"))
    assert repr(row) == "Row(size=3, parts=[1])" and Row(2).parts == [] and Row(1, [1]) == Row(1) < row
    assert (
        row.double() == 6 and Row.unit == "m" and "parts" not in vars(Row) and Row.__match_args__ == ("size", "parts")
    )
    assert (
        names["fixed"] == Fixed(side=2) and hash(Fixed()) == hash(names["fixed"]) and not hasattr(Fixed(), "__dict__")
    )
    with pytest.raises(AttributeError):
        names["fixed"].side = 3
    assert repr(Longer(7)) == "Longer(size=7, parts=[], name='none')"
    assert names["pair"] == (1, 5) and names["Pair"](2)._replace(left=3) == (3, 5)
    assert repr(names["named"]) == "Named(a=1, b='b')" and names["Named"](2).both() == "2b"
    assert names["Kind"]([1]) is names["Kind"].LIST and names["Kind"]("word") is names["Kind"].WORD
    with names["inside"]("x") as shown:
        assert shown == "X"
    assert names["T"].__bound__ is int and names["Box"][int]().get(3) == 3
    assert names["calls"].__annotations__ == {"parts": names["P"].args, "more": names["P"].kwargs}
    assert typing.get_type_hints(names["Linked"])["next"].__args__ == (names["Box"],)
    assert isinstance(names["Box"](), names["Gets"]) and not isinstance(3, names["Gets"])
    assert [one() for one in names["two"][:2]] == [[1], [2]] and names["two"][2](1) == 4


def test_code_without_source_costs_itself_and_not_the_class_that_holds_it(moved: Session) -> None:
    names, thaw = moved(NAMELESS)
    assert {(told.name, told.path) for told in thaw.told} == {("written", "")}
    assert names["plain"](2) == 2 and names["holder"].own() == 1 and type(names["holder"]) is names["Holder"]
    with pytest.raises(SojournLost, match="the source of written is in no cell"):
        names["written"](1)


def test_imports_from_the_future_hold_in_later_cells_too(moved: Session) -> None:
    later = "def outer():\n    def inner(x: Unknown): return x\n    return inner"
    names, _ = moved("from __future__ import annotations", later, flags=__future__.annotations.compiler_flag)
    assert names["outer"]()(3) == 3


def test_an_error_is_shown_with_the_lines_it_came_through(moved: Session) -> None:
    names, _ = moved("def bad(x): return x / 0\ntry:\n    bad(1)\nexcept ZeroDivisionError as error:\n    kept = error")
    shown = "".join(traceback.format_exception(names["kept"]))
    assert "line 3, in <module>" in shown and "line 1, in bad" in shown


def test_objects_get_what_their_constructors_give_here_only(moved: Session) -> None:
    cell = "import functools, queue\nline = queue.Queue(3)\nline.put(1)\ndel line.unfinished_tasks\nclass Own:\n    def __init__(self): self.x = 1\nown = Own()\ndel own.x\nmethod = functools.singledispatchmethod(len)\nvars(method).pop('_method_cache', None)"
    names, _ = moved(cell)
    assert names["line"].unfinished_tasks == 0 and names["line"].maxsize == 3 and names["line"].get() == 1
    assert not hasattr(names["own"], "x")


@pytest.mark.parametrize(
    ("hint", "said"),
    [
        ("<other>:3:plain:", "in no cell"),
        ("<cell>:99:plain:", "not in the source"),
        ("<cell>:5:outer.<locals>.inner:b,a", "not in the source"),
        ("<broken>:1:f:", "does not compile"),
        ("<twins>:1:<lambda>:", "others on its line"),
    ],
)
def test_code_that_can_not_be_found_again_says_why(hint: str, said: str) -> None:
    sources = {"<cell>": CELL, "<broken>": "def f(:", "<twins>": "pair = (lambda: 1, lambda: 2)"}
    cells = [CellExecution(1, source, 0.1, True, (), (), "", file) for file, source in sources.items()]
    with pytest.raises(LookupError, match=said):
        recompile(cells, hint)


def test_a_text_that_was_compiled_by_itself_is_compiled_again() -> None:
    text = "lambda x: x * 2"
    code = eval(compile(text, WRITTEN_HERE + text, "eval")).__code__
    assert types.FunctionType(recompile([], definitions.reduce_code(code)[1][2]), {})(4) == 8


def test_a_class_is_found_where_another_version_of_its_package_has_it() -> None:
    read = CarefulUnpickler(io.BytesIO(b"cjson._elsewhere\nJSONDecoder\n."))
    assert read.load() is json.JSONDecoder


class OfLaterPython:
    def __reduce__(self) -> tuple[Any, ...]:
        state = (None, {"size": 3, "of_later_python": 1})
        return Slotted, (), state


def test_slots_that_a_class_of_pythons_does_not_have_here_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = pickle.dumps(OfLaterPython())
    monkeypatch.setattr(Slotted, "__module__", "dataclasses")
    assert CarefulUnpickler(io.BytesIO(stream)).load().size == 3


class Slotted:
    __slots__ = ("size",)
