"""Calls that change a library's setting though their names don't say so: found by looking, and made again."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest
from sojourn_kernel.snapshot.ambient import reached_state

from .lives import live_twice

LIBRARY = """\
import contextlib, contextvars, enum, string, threading
from . import _core
_level, _started, _calls, _cache = 0, None, 0, {}
_local, _var, opened = threading.local(), contextvars.ContextVar("mode", default="plain"), []

class Level(enum.Enum):
    LOW, HIGH = 1, 2

class Options:
    quality = "low"
    def __init__(self): self._inner = {"shape": "round"}; self.level = Level.LOW
    def shape(self, name): self._inner["shape"] = name
    set_shape = shape
    def quality_of(self, name): type(self).quality = name
    @classmethod
    def everywhere(cls, name): cls.quality = name
    @property
    def title(self): return self._inner["title"]
    @title.setter
    def title(self, text): self._inner["title"] = text

options = Options()

def verbosity(n):
    global _level
    _level, old = n, _level
    return old
set_depth = verbosity
def loud(): verbosity(9)
def dark_mode(): _core.state.dark = True
def backend(name): _core.choose(name)
def level(of): options.level = of
def heading(text): options.title = text
def per_thread(n): _local.n = n
def mode(name): _var.set(name)
def create(name, base): globals()[name] = type(name, (base,), {})
def closure():
    limit = 5
    def change(n):
        nonlocal limit
        limit = n
    return change, lambda: limit
limit, current_limit = closure()
def prettier():
    def shown(self): return "pretty"
    string.Template.delimiter = "%"
    string.Template.shown = shown
def greet(who):
    global _calls, _started
    _calls += 1
    _started = _started or object()
    return f"hello {who}"
def square(n):
    _cache[n] = n * n
    return Square(n * n)
class Square:
    def __init__(self, area): self.area = area
class Job:
    def __init__(self, n): self.n = n
    def do(self, f): self.f = f; jobs.append(self); return self
jobs, rules = [], {}
def every(n): return Job(n)
def parse(text): rules[text.split("=")[0]] = int(text.split("=")[1])
class Store:
    _one = None
    @classmethod
    def instance(cls):
        cls._one = cls._one or cls()
        return cls._one
    def __init__(self): self.held = {}
    def keep(self, name, value): self.held[name] = value
def define(name, value, where=options._inner): where[name] = Square(value)
class Picture:
    def save(self, path):
        global _level
        _level = 2
        open(path, "w").write("x")
def picture(): return Picture()
def journal(path):
    opened.append(path)
    open(path, "a").write("x")
class Policies(threading.local):
    of_class = None
_policies = Policies()
class Policy: pass
def policy_of(name, policy): _policies.__dict__[name] = policy
set_policy = policy_of
def patched(function):
    copy = type(function)(function.__code__, function.__globals__, function.__name__)
    setattr(next(iter(function.__annotations__.values())), function.__name__, copy)
def put_on(cls): return patched_for(cls)
def patched_for(cls): return lambda function: setattr(cls, "put", function)
class Bound(int):  # as binding generators make functions: of a class of their own, with nothing in them that Python shows
    __slots__, __name__, __module__ = (), "set_bound", property(lambda self: "quiet")
    def __call__(self, n): verbosity(n + self)
set_bound = Bound(0)
class Stacked:
    stacks = []
    def __init__(self): self.inner = Inner()
    def __enter__(self): Stacked.stacks.append(self); self.inner.enter(); return self
    def __exit__(self, *_): self.inner.leave(); Stacked.stacks.pop()
class Stack:
    def __init__(self): self._held = []
    def push(self, one): self._held.append(one)
    def pop(self): self._held.pop()
class Section(dict): pass
sections = {"main": Section(lines=None)}
class Item:
    @contextlib.contextmanager
    def temporarily(self, lines):
        before = sections["main"]["lines"]
        sections["main"]["lines"] = lines
        yield
        sections["main"]["lines"] = before
item = Item()
class Flags(threading.local):
    def __init__(self): self.on = False
    @contextlib.contextmanager
    def context(self, **given):
        before = dict(self.__dict__)
        for name, value in given.items(): setattr(self, name, value)
        yield
        self.__dict__.clear(); self.__dict__.update(before)
flags = Flags()
class Inner:
    entered = Stack()
    def enter(self): Inner.entered.push(self)
    def leave(self): Inner.entered.pop()
"""
CORE = """\
import types
state = types.SimpleNamespace(dark=False, backend="numpy")
def choose(name): state.backend = {"jit": "numba"}.get(name, name)
"""
USE = "import sys\nsys.path.insert(0, '../site-packages')\nimport quiet"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder whose ``site-packages`` holds a library that was installed."""
    package = tmp_path / "site-packages" / "quiet"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(LIBRARY)
    (package / "_core.py").write_text(CORE)
    return tmp_path


@pytest.mark.parametrize(
    ("cell", "check"),
    [
        ("quiet.verbosity(3)", "quiet._level"),
        ("old = quiet.verbosity(3)", "(old, quiet._level)"),
        ("n = 7\nquiet.verbosity(n)\nn = 8", "quiet._level"),
        ("if quiet:\n    quiet.verbosity(4)", "quiet._level"),
        ("quiet.loud()", "quiet._level"),
        ("quiet.dark_mode()", "quiet._core.state.dark"),
        ("quiet.backend('jit')", "quiet._core.state.backend"),
        ("quiet.level(quiet.Level.HIGH)", "quiet.options.level"),
        ("quiet.heading('Report')", "quiet.options.title"),
        ("quiet.options.shape('square')", "quiet.options._inner"),
        ("quiet.options.quality_of('high')", "quiet.Options.quality"),
        ("quiet.Options.everywhere('best')", "quiet.options.quality"),
        ("quiet.per_thread(2)", "quiet._local.n"),
        ("quiet.mode('fancy')", "quiet._var.get()"),
        ("quiet.limit(11)", "quiet.current_limit()"),
        ("quiet.prettier()", "(quiet.string.Template.delimiter, quiet.string.Template('').shown())"),
        ("quiet.create('Own', dict)\none = quiet.Own(a=1)", "(type(one) is quiet.Own, one)"),
        ("def job(): return 5\nquiet.every(3).do(job)", "[(one.n, one.f is job) for one in quiet.jobs]"),
        ("quiet.parse('depth=4')", "quiet.rules"),
        ("from quiet import Store\nStore.instance().keep('x', 4)", "quiet.Store.instance().held"),
        ("quiet.define('size', 3)", "quiet.options._inner['size'].area"),
        ("from quiet import verbosity as v\nv(6)", "quiet._level"),
        ("def hook(): return 4\nquiet.backend(hook)", "quiet._core.state.backend is hook"),
        ("mine = quiet.Policy()\nquiet.set_policy('of_class', mine)", "quiet._policies.of_class is mine"),
        ("from quiet import set_bound\nset_bound(4)", "quiet._level"),
        ("@quiet.patched\ndef shout(self: quiet.Job, n): return n + 1", "(quiet.Job(1).shout(2), shout)"),
        ("@quiet.put_on(quiet.Job)\ndef put(self): return self.n", "(quiet.Job(3).put(), put)"),
    ],
)
def test_what_a_call_set_is_set_again(folder: Path, cell: str, check: str) -> None:
    lives = live_twice(folder, [USE, cell], [check])
    assert lives.after == lives.before
    assert lives.told == []


MINE = """\
import quiet as q
depth = 5
def setup(n, name="x"):
    q.set_depth(n)
    deeper(name)
def attributes(text):
    q.Options.quality = text
    q._core.state.backend = text
def deeper(name):
    q.options.set_shape(name)
"""


@pytest.mark.parametrize(
    "cell",
    [
        "import mine\nmine.setup(4, 'cube')",
        "from mine import setup\nsetup(4, 'cube')",
        "def set_all(n):\n    quiet.set_depth(n)\n    quiet.options.set_shape('cube')\nset_all(4)",
        "n = 4\nimport mine as q\nq.setup(n, name='cube')",
    ],
)
def test_what_a_function_of_the_users_set_is_set_again(folder: Path, cell: str) -> None:
    (folder / "work").mkdir()
    (folder / "work" / "mine.py").write_text(MINE)
    check = "(quiet._level, quiet.options._inner)"
    lives = live_twice(folder, [USE, cell], [check])
    assert lives.after == lives.before == {check: "(4, {'shape': 'cube'})"}
    assert lives.told == []


def test_attributes_that_a_function_of_a_users_module_set_are_set_again(folder: Path) -> None:
    (folder / "work").mkdir()
    (folder / "work" / "mine.py").write_text(MINE)
    check = "(quiet.Options.quality, quiet._core.state.backend)"
    lives = live_twice(folder, [USE, "import mine\nmine.attributes('top')"], [check])
    assert lives.after == lives.before == {check: "('top', 'top')"}
    assert lives.told == []


def test_a_name_that_means_two_things_is_told(folder: Path) -> None:
    (folder / "work").mkdir()
    (folder / "work" / "mine.py").write_text(MINE)
    lives = live_twice(folder, [USE, "import mine", "depth = 4\nmine.setup(depth)"], ["1"])
    assert "what with can't be told" in "\n".join(lives.told)


def test_the_last_of_several_calls_holds(folder: Path) -> None:
    cells = [USE, "quiet.verbosity(3)", "quiet.verbosity(5)", "quiet.verbosity(3)"]
    assert live_twice(folder, cells, ["quiet._level"]).after == {"quiet._level": "3"}


@pytest.mark.parametrize("cell", ["quiet.greet('Ann')", "area = quiet.square(3)", "g = quiet.greet('Ann')"])
def test_caches_and_what_is_made_at_first_use_are_the_librarys_business(folder: Path, cell: str) -> None:
    check = "(quiet._cache, quiet._started)"
    lives = live_twice(folder, [USE, cell], [check])
    assert lives.after == {check: "({}, None)"}
    assert lives.told == []


def test_what_stores_a_file_is_no_setting(folder: Path) -> None:
    lives = live_twice(folder, [USE, "quiet.picture().save('a.png')"], ["1"])
    assert lives.told == []


def test_a_file_is_not_written_twice_and_that_is_told(folder: Path) -> None:
    lives = live_twice(folder, [USE, "quiet.journal('notes.txt')"], ["1"])
    assert (folder / "work" / "notes.txt").read_text() == "x"
    assert "what quiet.journal('notes.txt') set is not kept" in "\n".join(lives.told)


@pytest.mark.parametrize(
    "cell", ["options.shape('square')", "options.set_shape('square')", "quiet.level(quiet.Level.HIGH)"]
)
def test_an_object_that_a_cell_imported_by_name_stays_the_librarys(folder: Path, cell: str) -> None:
    check = "(options is quiet.options, options._inner, options.level)"
    cells = [USE, "from quiet import options", cell]
    lives = live_twice(folder, cells, [check])
    assert lives.after == lives.before


def test_what_stands_deep_and_is_then_named_itself_is_looked_at_again(folder: Path) -> None:
    cells = [USE, "one = quiet.Stacked()\none.__enter__()"]
    check = "(quiet.Stacked.stacks == [one], quiet.Inner.entered._held == [one.inner])"
    lives = live_twice(folder, cells, [check])
    assert lives.told == []
    assert lives.after == lives.before == {check: "(True, True)"}


def test_functions_that_set_and_import_nothing_are_not_taken_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """A cell waits while they are looked at."""
    taken_apart: list[object] = []
    monkeypatch.setattr(reached_state.dis, "get_instructions", lambda code: taken_apart.append(code) or [])
    seen = reached_state.look(textwrap.wrap)
    assert seen is not None
    assert seen.values
    assert taken_apart == []


def _puts(self: object) -> None:
    textwrap.TextWrapper.width = 1
    self.own = textwrap.x = 2


def test_what_functions_put_on_things_of_their_globals_is_found() -> None:
    assert reached_state.put_on(_puts.__code__) == ((("textwrap", "TextWrapper"), "width"), (("textwrap",), "x"))


@pytest.mark.parametrize(
    ("made", "shown"),
    [
        ("quiet.item.temporarily(7)", "quiet.sections['main']['lines']"),
        ("quiet.flags.context(on=True)", "quiet.flags.on"),
    ],
)
def test_what_a_method_sets_whose_context_was_entered_is_set_until_it_is_left(
    folder: Path, made: str, shown: str
) -> None:
    cells = [USE, f"held = {made}\nheld.__enter__()"]
    lives = live_twice(folder, cells, [shown])
    assert (lives.after, lives.told) == (lives.before, [])
    left = live_twice(folder, cells, [shown], ("held.__exit__(None, None, None)",)).after[shown]
    assert left in ("None", "False")
