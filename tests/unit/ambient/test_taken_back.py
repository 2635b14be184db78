"""Settings that a session took back: by the object that the call gave, by a function that removes, or by a provider's library."""

from __future__ import annotations

from pathlib import Path

import pytest

from .lives import library_in, live_twice

LIBRARY = """\
state, hooks, caches = {"width": 80}, {}, {}
class set_options:
    def __init__(self, **given):
        self.old = {name: state.get(name) for name in given}
        state.update(given)
    def __enter__(self): return self
    def __exit__(self, *_): state.update(self.old)
class Listening:
    def __init__(self, name): self.name = name
    def close(self): hooks.pop(self.name)
def listen(name, hook): hooks[name] = hook; return Listening(name)
def register(hook): hooks["it"] = hook
def remove(name, hook): del _key(name)[name]
def _key(name): return globals()["hook" + "s"]
def set_look(size, *more):
    import matplotlib, pandas
    matplotlib.rcParams["font.size"] = size
    pandas.set_option("display.max_rows", size)
def discard(name): state.pop(name)
def add(one, other): return caches.setdefault((one, other), one + other)
"""
USE = "import sys\nsys.path.insert(0, '../site-packages')\nimport lib\ndef hook(): return 5"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder whose ``site-packages`` holds a library that was installed."""
    return library_in(tmp_path, LIBRARY)


@pytest.mark.parametrize(
    ("cells", "check"),
    [
        (["held = lib.set_options(width=60)"], "lib.state"),
        (["held = lib.set_options(width=60)", "held.__exit__(None, None, None)"], "lib.state"),
        (["held = lib.set_options(width=60)", "with held: pass"], "lib.state"),
        (["held = lib.set_options(width=60)\nmore = lib.set_options(width=70)", "more.__exit__()"], "lib.state"),
        (["held = lib.set_options(width=60)\nmore = lib.set_options(width=70)", "held.__exit__()"], "lib.state"),
        (["held = lib.listen('a', hook)"], "lib.hooks['a'] is hook"),
        (["held = lib.listen('a', hook)", "held.close()"], "lib.hooks"),
        (["lib.listen('a', hook)", "lib.remove('a', hook)"], "lib.hooks"),
        (["lib.register(hook)", "lib.remove('it', hook)"], "lib.hooks"),
        (["lib.discard('width')"], "lib.state"),
        (["three = lib.add(1, 2)"], "three"),
    ],
)
def test_what_was_taken_back_stays_so(folder: Path, cells: list[str], check: str) -> None:
    lives = live_twice(folder, [USE, *cells], [check])
    assert lives.after == lives.before
    assert lives.told == []


def test_a_function_called_like_a_method_that_sets_nothing_is_not_called_again(folder: Path) -> None:
    assert live_twice(folder, [USE, "lib.add(1, 2)\nlib.caches"], ["lib.add(1, 2)"], ("lib.caches.clear()",)).told == []


@pytest.mark.parametrize("given", ["7", "7, hook"])
def test_options_that_were_set_back_to_their_defaults_stay_so(folder: Path, given: str) -> None:
    cells = [
        f"{USE}\nimport matplotlib, pandas as pd\nlib.set_look({given})",
        "matplotlib.rcdefaults(); pd.reset_option('display.max_rows')",
    ]
    lives = live_twice(folder, cells, ["matplotlib.rcParams['font.size'], pd.get_option('display.max_rows')"])
    assert lives.after == lives.before


def test_a_call_on_what_cells_put_in_a_module_is_not_made_again(folder: Path) -> None:
    cells = [USE, "lib.cache = {}; held = lib.cache.setdefault('x', [])\nlib.cache.update(y=1)", "held.append(1)"]
    lives = live_twice(folder, cells, ["lib.cache, lib.cache['x'] is held"])
    assert (lives.after, lives.told) == (lives.before, [])
