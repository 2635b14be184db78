"""What the interpreter and libraries hold of the user's, and what runs beside the cells."""

from __future__ import annotations

from pathlib import Path

import pytest

from .lives import live_twice


@pytest.mark.parametrize(
    ("cell", "check"),
    [
        ("import atexit\ndone = []\natexit.register(done.append, 1)", "len(done)"),
        (
            "import collections.abc\nclass Bag: pass\ncollections.abc.Sequence.register(Bag)",
            "isinstance(Bag(), collections.abc.Sequence)",
        ),
        (
            "import pandas as pd\n@pd.api.extensions.register_series_accessor('mine')\nclass Mine:\n    def __init__(s, o): s.o = o\n    def twice(s): return (s.o * 2).tolist()",
            "pd.Series([1, 2]).mine.twice()",
        ),
        (
            "import sys\nclass Finder:\n    def find_spec(self, name, path=None, target=None): return None\nsys.meta_path.insert(0, Finder())",
            "type(sys.meta_path[0]).__name__",
        ),
        ("import threading\ndef hook(args): pass\nthreading.excepthook = hook", "threading.excepthook is hook"),
        ("import faulthandler; faulthandler.enable()", "faulthandler.is_enabled()"),
        ("import tracemalloc; tracemalloc.start(7)", "tracemalloc.get_traceback_limit()"),
    ],
)
def test_what_others_hold_is_kept(tmp_path: Path, cell: str, check: str) -> None:
    lives = live_twice(tmp_path, [cell], [check])
    assert lives.after == lives.before
    assert not lives.after[check].startswith("!")


def test_a_function_registered_at_exit_runs_at_the_second_end_with_the_live_variable(tmp_path: Path) -> None:
    cells = [
        "import atexit, os\nlines = []\ndef close():\n    with open('closed.txt', 'a') as f: f.write(f'{os.getpid()} {lines}\\n')",
        "import atexit\nr = atexit.register(close)",
    ]
    live_twice(tmp_path, cells, ["r is close"], ("lines.append('second')",))
    first, second = (tmp_path / "work" / "closed.txt").read_text().splitlines()
    assert first.endswith("[]") and second.endswith("['second']")


def test_an_unregistered_function_is_forgotten(tmp_path: Path) -> None:
    cells = [
        "import atexit\ndef close(): open('closed.txt', 'a').write('x')\natexit.register(close); atexit.unregister(close)"
    ]
    live_twice(tmp_path, cells, [])
    assert not (tmp_path / "work" / "closed.txt").exists()


def test_running_threads_and_children_are_told_by_name(tmp_path: Path) -> None:
    cells = [
        "import threading\nstop = threading.Event()\nth = threading.Thread(target=lambda: stop.wait(60), name='poller', daemon=True); th.start()",
    ]
    lives = live_twice(tmp_path, cells, ["stop.is_set()"])
    assert any(told.startswith("thread poller: it was running") for told in lives.told)
    assert lives.after == {"stop.is_set()": "False"}
