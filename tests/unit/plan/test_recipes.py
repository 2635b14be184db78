"""Which values can be made again by running which statements; in doubt, none."""

from __future__ import annotations

import colorsys
import gc
import signal
import sys
import types
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sojourn_kernel.observe.lineage import Lineage
from sojourn_kernel.plan.recipes import NoRecipe, Recipes
from sojourn_kernel.recipe import Recipe
from sojourn_kernel.restore.replay import InputsChanged, ReplayFailed, replay
from sojourn_kernel.session.deciding import make_again
from sojourn_kernel.snapshot.fingerprint import fingerprint

Session = Callable[..., Recipes]


@pytest.fixture(autouse=True)
def _as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a session puts into a library is not there for the next."""
    monkeypatch.setattr(colorsys, "rgb_to_yiq", colorsys.rgb_to_yiq)


def recipe(recipes: Recipes, *names: str) -> Recipe:
    found = recipes.of(names)
    assert isinstance(found, Recipe), found
    return found


MADE_AGAIN = {
    "an array": ("x", "import numpy as np", "x = np.zeros(5)"),
    "beside a clock that is only looked at": ("x", "import time\nimport numpy as np", "t = time.time()\nx = np.ones(3)\nprint(time.time() - t)"),
    "a generator that was advanced": ("g", "def f(n):\n    for i in range(n): yield i", "g = f(9)", "a = next(g)", "b = next(g)"),
    "a generator that waits for another": ("g", "def inner():\n    yield 1\n    yield 2\ndef outer():\n    yield from inner()", "g = outer()\nnext(g)"),
    "an instance of a data class": (
        "x", "from dataclasses import dataclass, field\n@dataclass\nclass A:\n    n: int\n    xs: list = field(default_factory=list)\n    def more(s):\n        s.xs.append(s.n)\n        return s",
        "x = A(3).more()",
    ),
    "by a private method of a class": ("x", "class A:\n    def __f(s): return 4\n    def f(s): return [s.__f(), s.__class__.__name__]", "x = A().f()"),
    "by a closure that counts": ("x", "def make():\n    n = 0\n    def f():\n        nonlocal n\n        n += 1\n        return n\n    return f", "f = make()\nf()", "x = [f()]", "f()"),
    "by an object that is called": ("x", "class A:\n    n = 0\n    def __call__(s, k):\n        s.n += k\n        return s.n", "a = A()\na(2)", "x = [a(3)]", "a(4)"),
    "by a default that is only read": ("x", "def f(a=[1, 2]): return sum(a)", "x = [f()]"),
    "a hash under way": ("h", "import hashlib\nh = hashlib.sha256()", "h.update(b'x')"),
    "from a seeded stream": ("x", "import numpy as np", "rng = np.random.default_rng(0)\nx = rng.normal(size=3)", "y = rng.normal()"),
    "through a class of the session": ("y", "class A:\n    def __init__(s, v): s.v = v\n    def twice(s): return s.v * 2", "y = A(4).twice()"),
    "through a function that reads a global": ("y", "k = 3\ndef f(x): return x * k", "y = [f(i) for i in range(4)]"),
    "an older value of an input": ("y", "k = 1", "y = [k] * 3", "k = 2"),
    "a list changed by a later cell": ("a", "a = [1]", "a.append(2)", "a[0] = 5"),
    "a model with a fixed seed": ("m", "from sklearn.tree import DecisionTreeClassifier as T\nX = [[0], [1]]", "m = T(random_state=0).fit(X, [0, 1])"),
}  # fmt: skip
NOT_SAFE = {
    "unseeded randomness": ("x", "import numpy as np", "x = np.random.rand(3)"),
    "the stream without a seed": ("x", "import numpy as np", "x = np.random.default_rng().normal()"),
    "a seed that is None": ("x", "import numpy as np", "x = np.random.default_rng(None).normal()"),
    "the clock": ("x", "import time", "x = [time.time()]"),
    "the day": ("x", "import datetime", "x = [datetime.datetime.now()]"),
    "a file": ("x", "x = open('/dev/null').read()"),
    "a file opened through a table": ("x", "f = {'f': open}", "x = f['f']('/dev/null').read()"),
    "a file opened through an alias": ("x", "f = open", "x = f('/dev/null').read()"),
    "a file opened by map": ("x", "x = list(map(open, ['/dev/null']))"),
    "a file opened in a function": ("x", "def f(): return open('/dev/null').read()", "x = f()"),
    "a file read by a library": ("x", "import numpy as np", "x = np.fromfile('/dev/null')"),
    "a process": ("x", "import subprocess", "x = subprocess.Popen(['true']); x.wait()"),
    "an import of the system's": ("x", "import os", "x = os.listdir('/')"),
    "getattr": ("x", "import numpy as np", "x = getattr(np, 'load')"),
    "a dunder": ("x", "x = ().__class__.__base__.__subclasses__()"),
    "exec": ("x", "exec('x = [1]')"),
    "a model without a seed": ("m", "from sklearn.tree import DecisionTreeClassifier as T\nX = [[0], [1]]", "m = T().fit(X, [0, 1])"),
    "a value changed by a cell that is not understood": ("x", "x = [1]", "import os\nos.environ.get(str(x.append(2)))"),
    "a cell marked never": ("x", "# sojourn: never\nx = [1]"),
    "a cell that failed": ("x", "x = [1]\n1 / 0"),
    "id": ("x", "x = [id(object())]"),
    "a with statement": ("x", "with open('/dev/null') as f:\n    x = [1]"),
    "a metaclass": ("x", "class M(type):\n    pass", "class C(metaclass=M):\n    pass\nx = [C()]"),
    "a wrapper that bears another's name": (
        "x", "import functools, os\ndef w(f):\n    @functools.wraps(f)\n    def inner(): return [os.getpid()]\n    return inner",
        "@w\ndef f(): return [1]", "x = f()",
    ),
    "a function behind a decorator": ("x", "import functools\n@functools.lru_cache\ndef f(): return open('/dev/null').read()", "x = [f()]"),
    "the environment": ("x", "import os", "x = [os.environ.get('HOME')]"),
    "the day by its name": ("x", "import numpy as np", "x = np.full(5, np.datetime64('today'))"),
    "rows drawn from the process's stream": ("x", "import pandas as pd\ndf = pd.DataFrame({'a': range(9)})", "x = df.sample(3)"),
    "a graph drawn without a seed": ("x", "import networkx as nx", "x = nx.gnp_random_graph(5, 0.5)"),
    "numbers of a distribution without a seed": ("x", "from scipy.stats import norm", "x = norm.rvs(size=3)"),
    "a file written by a library": ("x", "import numpy as np, scipy.io", "x = [scipy.io.savemat('/dev/null', {'a': 1})]"),
    "a function in another's place in a library": (
        "x", "import colorsys, functools\nkept = colorsys.rgb_to_yiq\n@functools.wraps(kept)\ndef loud(*n): return open('/dev/null').read()",
        "colorsys.rgb_to_yiq = loud", "x = [colorsys.rgb_to_yiq(0, 0, 0)]\ncolorsys.rgb_to_yiq = kept", "colorsys.rgb_to_yiq = loud",
    ),
    "an older function under a new name": ("x", "def f(): return open('/dev/null').read()", "g = f", "def f(): return 1", "x = [g()]"),
    "another function's code": ("x", "def f(): return 1\ndef g(): return open('/dev/null').read()\nf.__code__ = g.__code__", "x = [f()]"),
    "a method put into a class": ("x", "class A:\n    def f(s): return 1\nA.f = lambda s: open('/dev/null').read()", "x = [A().f()]"),
    "a static method": ("x", "class A:\n    @staticmethod\n    def f(): return open('/dev/null').read()", "x = [A.f()]"),
    "what a class counts": ("x", "class A:\n    n = 0\n    def __init__(s): type(s).n += 1", "x = [A()]"),
    "what a class lists": ("x", "class A:\n    all = []\n    def __init__(s): s.all.append(1)", "x = [A()]"),
    "what a class numbers": ("x", "import itertools\nclass A:\n    ids = itertools.count()\n    def __init__(s): s.id = next(s.ids)", "x = [A()]"),
    "a descriptor": ("x", "class D:\n    def __get__(s, o, t=None): return open('/dev/null').read()\nclass A:\n    d = D()", "x = [A().d]"),
    "a default that is changed": ("x", "def f(a=[]):\n    a.append(1)\n    return a", "x = list(f())"),
    "a part of a default that is changed": ("x", "def f(a={'k': []}):\n    b = a['k']\n    b.append(1)\n    return 1", "x = [f()]"),
    "a closure that counts, made by what is not understood": (
        "x", "import os\ndef make():\n    n = 0\n    def f():\n        nonlocal n\n        n += 1\n        return n\n    return f",
        "f = make() if os.getpid() else None", "x = [f()]",
    ),
    "a global that a function hides from the one that it calls": (
        "x", "import os\nseen = [os.getpid()]\ndef note(): seen.append(1)\ndef f():\n    seen = {}\n    note()\n    return 1", "x = [f()]",
    ),
    "a factory of a library's in a data class": ("x", "import uuid\nfrom dataclasses import dataclass, field\n@dataclass\nclass A:\n    i: object = field(default_factory=uuid.uuid4)", "x = [A().i]"),
    "a library's function as a method": ("x", "import uuid\nclass A:\n    new = uuid.uuid4", "x = [A.new()]"),
    "rows that are split without a seed": ("x", "import numpy as np\nfrom sklearn.model_selection import train_test_split\na = np.arange(9)", "x = train_test_split(a, a, a, a)"),
    "a seed under another name": ("x", "from scipy.stats import qmc", "x = qmc.Sobol(2).random(4)"),
    "a series that is shuffled": ("x", "import polars as pl", "s = pl.Series([1, 2, 3])\nx = s.shuffle()"),
    "a function redefined since": ("x", "def f(): return [1]", "x = f()", "def f(): return [2]"),
}  # fmt: skip


@pytest.mark.parametrize("case", MADE_AGAIN.values(), ids=MADE_AGAIN.keys())
def test_made_again_is_what_it_was(session: Session, main: types.ModuleType, case: tuple[str, ...]) -> None:
    name, *cells = case
    recipes = session(*cells)
    digest = fingerprint({name: main.__dict__[name]}, main.__dict__)
    before = {key: id(value) for key, value in main.__dict__.items()}
    values = make_again(replace(recipe(recipes, name), digest=digest), Lineage(list(recipes.cells)), main.__dict__, {})
    assert digest and name in values
    assert {key: id(value) for key, value in main.__dict__.items()} == before


@pytest.mark.parametrize("case", NOT_SAFE.values(), ids=NOT_SAFE.keys())
def test_not_run_again(session: Session, case: tuple[str, ...]) -> None:
    name, *cells = case
    found = session(*cells).of([name])
    assert isinstance(found, NoRecipe) and found.why


def test_what_the_user_marked_is_run_again_as_a_whole_cell(session: Session) -> None:
    recipes = session("# sojourn: replay\nimport os\nx = [os.getpid()]\ny = x * 2")
    assert [step for _, step in recipe(recipes, "y").steps] == [0, 1, 2]


def test_only_the_statements_that_are_needed_run(session: Session) -> None:
    recipes = session("a = [1]\nb = [2]\nprint('hello')\nc = a * 2")
    assert recipe(recipes, "c").steps == ((0, 0), (0, 3))


def test_inputs_are_names_that_have_not_changed_since(session: Session) -> None:
    found = recipe(session("import numpy as np\nk = 3", "x = np.full(4, k)"), "x")
    assert found.inputs == ("k", "np") and found.steps == ((1, 0),)


def test_the_order_of_a_set_differs_from_process_to_process(session: Session) -> None:
    assert not recipe(session("x = list({'a', 'b'})"), "x").steady
    assert recipe(session("x = list(['a', 'b'])"), "x").steady


NOT_ON_ANY_MACHINE = [
    "np.ones((4, 4)) @ np.ones((4, 4))",
    "np.arange(4.) ** 1.3",
    "np.argsort(np.zeros(4))",
    "np.empty_like(np.zeros(4))",
    "[math.sin(1)]",
]


@pytest.mark.parametrize("made", NOT_ON_ANY_MACHINE)
def test_what_the_processor_decides_is_not_the_same_on_any_machine(session: Session, made: str) -> None:
    assert not recipe(session("import math, numpy as np", f"x = {made}"), "x").steady
    assert recipe(session("import math, numpy as np", "x = np.arange(4.) ** 2"), "x").steady


def test_a_file_of_the_users_with_a_librarys_name_is_not_known(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "calendar.py").write_text("seen = []\ndef days():\n    seen.append(1)\n    return len(seen)\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "calendar", raising=False)
    assert isinstance(session("import calendar", "x = [calendar.days()]").of(["x"]), NoRecipe)
    del sys.modules["calendar"]


def test_aliases_are_made_again_together_or_not_at_all(session: Session, main: types.ModuleType) -> None:
    recipes, names = session("a = [1]", "b = a", "a.append(2)"), main.__dict__
    both = replace(recipe(recipes, "a", "b"), digest=fingerprint({"a": main.a, "b": main.b}, names))
    values = make_again(both, Lineage(list(recipes.cells)), names, {})
    assert values["a"] is values["b"]
    alone = replace(recipe(recipes, "b"), digest=fingerprint({"b": main.b}, names))
    with pytest.raises(ReplayFailed):
        make_again(alone, Lineage(list(recipes.cells)), names, {})


def test_another_value_than_before_is_refused(session: Session, main: types.ModuleType) -> None:
    recipes = session("x = [1]")
    with pytest.raises(ReplayFailed, match="another value"):
        make_again(replace(recipe(recipes, "x"), digest="other"), Lineage(list(recipes.cells)), main.__dict__, {})


EFFECTS = {
    "a file": "open('made', 'a').write('x')",
    "a process": "os.system('touch made')",
    "a file, whatever happens": "suppressed(open, 'made', 'w')",
}


@pytest.mark.parametrize("effect", EFFECTS.values(), ids=EFFECTS.keys())
def test_what_analysis_took_for_safe_still_reaches_nothing_outside(
    session: Session, main: types.ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, effect: str
) -> None:
    monkeypatch.chdir(tmp_path)
    helper = "def suppressed(f, *a):\n    try:\n        return f(*a)\n    except OSError:\n        return None"
    recipes = session("import os", helper, f"x = [{effect}]")
    (tmp_path / "made").unlink()
    unmarked = Recipe(("x",), ((2, 0),), ("os", "suppressed"), 0.0, True)
    with pytest.raises(ReplayFailed):
        replay(unmarked, recipes.cells, main.__dict__, {})
    assert not (tmp_path / "made").exists()


def test_what_comes_to_no_end_is_refused(
    session: Session, main: types.ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipes = session("import time", "# sojourn: replay\ntime.sleep(hold[0] if 'hold' in dir() else 0)\nx = [1]")
    main.hold = [30.0]
    monkeypatch.setattr("sojourn_kernel.restore.replay.LEAST", 0.2)
    endless = Recipe(("x",), ((1, 0), (1, 1)), ("time", "hold"), 0.0, True)
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(ReplayFailed, match="takes longer than"):
        replay(endless, recipes.cells, main.__dict__, {})
    assert main.x == [1] and signal.getsignal(signal.SIGINT) is before


def test_what_is_kept_beside_a_value_is_taken_as_it_is(session: Session, main: types.ModuleType) -> None:
    recipes, names = session("import os\nrows = [1, os.getpid()]", "g = (x for x in rows)\nnext(g)"), main.__dict__
    assert isinstance(recipes.of(["g", "rows"]), NoRecipe)
    found = recipes.of(["g"], ["rows"])
    assert isinstance(found, Recipe) and found.covers == ("g", "rows") and found.inputs == ("rows",)
    found = replace(found, digest=fingerprint({"g": main.g, "rows": main.rows}, names))
    made = make_again(Recipe.from_json(found.to_json()), Lineage(list(recipes.cells)), names, {})
    main.rows.append("new")
    assert list(made["g"])[-1] == "new"


def test_statements_that_change_what_they_are_given_are_refused(session: Session, main: types.ModuleType) -> None:
    recipes = session("import os\na = [os.getpid()]", "b = [a]", "b[0].append(1)\nx = [len(b[0])]")
    wrong = Recipe(("x",), ((2, 0), (2, 1)), ("b",), 0.0, True)
    with pytest.raises(InputsChanged) as refused:
        make_again(wrong, Lineage(list(recipes.cells)), main.__dict__, {})
    assert refused.value.names == ("b",)


def test_a_generator_that_is_refused_is_not_ended(session: Session, main: types.ModuleType) -> None:
    walk = (
        "log = []\ndef walk():\n    try:\n        yield 1\n        yield 2\n    finally:\n        log.append('ended')"
    )
    recipes = session(walk, "g = walk()\nnext(g)")
    with pytest.raises(ReplayFailed, match="another value"):
        make_again(replace(recipe(recipes, "g"), digest="other"), Lineage(list(recipes.cells)), main.__dict__, {})
    gc.collect()
    assert main.log == []


def test_a_statement_that_raises_leaves_the_namespace_as_it_was(session: Session, main: types.ModuleType) -> None:
    recipes = session("a = [1]", "x = a[0]", "a = 'mine'")
    steps = recipe(recipes, "x").steps
    broken = Recipe(("x",), (steps[-1],), (), 0.0, True)
    before = dict(main.__dict__)
    with pytest.raises(ReplayFailed, match=r"cell \[2\] again raised NameError"):
        replay(broken, recipes.cells, main.__dict__, {})
    assert main.__dict__ == before


def test_without_numpy_what_no_table_knows_is_not_known(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "numpy", None)  # as where it is not installed
    assert session("x = list(map(str.upper, ['a']))").of(["x"]) == NoRecipe("x: it is not known what upper() does")


def test_a_recipe_comes_back_from_a_manifest() -> None:
    made = Recipe(("x",), ((0, 1), (2, 0)), ("np",), 0.25, True, "digest", (("Out[3]", "x"),))
    assert Recipe.from_json(made.to_json()) == made and made.covers == ("Out[3]", "x")


ODD = """
class Meta(type):
    def __getattribute__(cls, name): raise RuntimeError(name)
class Odd(metaclass=Meta):
    def __getattribute__(self, name): raise RuntimeError(name)
    def __eq__(self, other): raise RuntimeError("eq")
    def __hash__(self): raise RuntimeError("hash")
"""


def test_an_object_that_answers_no_question_costs_only_its_own_recipe(session: Session) -> None:
    recipes = session(ODD, "odd = Odd()", "x = [odd]", "y = [1, 2] * 3")
    assert isinstance(recipes.of(["x"]), NoRecipe)
    assert not isinstance(recipes.of(["y"]), NoRecipe)
