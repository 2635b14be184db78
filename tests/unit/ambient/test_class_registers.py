"""What class statements of cells leave in the classes of a library."""

from __future__ import annotations

from pathlib import Path

import pytest

from .lives import library_in, live_twice

LIBRARY = """\
known = []
class Loader:
    readers = {"": None}
class Safe(Loader): pass
class Meta(type):
    def __init__(cls, name, bases, own):
        super().__init__(name, bases, own)
        if "tag" in own:
            if "readers" not in vars(Safe): Safe.readers = Safe.readers.copy()
            Safe.readers[cls.tag] = cls.read
class Read(metaclass=Meta):
    @classmethod
    def read(cls): return cls()
class Known:
    def __init_subclass__(cls):
        if "Lost" not in cls.__name__: known.append(cls)
class Task(metaclass=Meta):
    heard = {}
    @classmethod
    def on(cls, event):
        def wrapped(function):
            cls.heard.setdefault(cls, {}).setdefault(event, set()).add(function); return function
        return wrapped
    @classmethod
    def say(cls, event): return [one() for one in cls.heard.get(cls, {}).get(event, ())]
"""
USE = "import sys\nsys.path.insert(0, '../site-packages')\nimport lib"


@pytest.mark.parametrize(
    ("cell", "check"),
    [
        (
            "class Mine(lib.Read):\n    tag = 'mine'",
            "type(lib.Safe.readers['mine']()) is Mine, list(lib.Loader.readers)",
        ),
        (
            "class Mine(lib.Task): pass\n@Mine.on('done')\ndef done(): return True",
            "lib.Task.heard[Mine]['done'] == {done}, Mine.say('done')",
        ),
        ("class Mine(lib.Known): pass\nclass Lost(lib.Known): pass", "lib.known == [Mine]"),
    ],
)
def test_a_library_knows_the_classes_that_it_knew(tmp_path: Path, cell: str, check: str) -> None:
    lives = live_twice(library_in(tmp_path, LIBRARY), [USE, cell], [check])
    assert (lives.after, lives.told) == (lives.before, [])
    assert lives.after[check].startswith(("True", "(True"))
