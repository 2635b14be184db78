"""A save in the kernel itself leaves the session's classes as they are: pickling would note the names of slots in them."""

from __future__ import annotations

from typing import Any

import pytest
from memory import Memory
from sojourn_kernel.snapshot.freeze import freeze

CLASSES = {
    "a plain class": "class C:\n    pass\nx = C()",
    "an enumeration": "import enum\nclass C(enum.Enum):\n    A = 1\nx = C.A",
    "an enumeration without a variable": "import enum\nclass C(enum.IntFlag):\n    A = 1",
    "a class with slots": "class C:\n    __slots__ = ('a',)\nx = C(); x.a = 1",
    "a dictionary": "class C(dict):\n    pass\nx = C(a=1)",
    "a class with a hash": "class C:\n    def __hash__(self):\n        return 1\nx = C(); x.all = {x}",
    "a class with pickling of its own": "class C:\n    __slots__ = ('a',)\n    def __reduce__(self):\n        return C, ()\nx = C()",
}


@pytest.mark.parametrize("source", CLASSES.values(), ids=CLASSES.keys())
def test_a_class_shows_nothing_of_a_save(source: str) -> None:
    main: dict[str, Any] = {"__name__": "__main__"}
    exec(source, main)
    before = list(vars(main["C"]))
    freeze({name: main[name] for name in ("C", "x") if name in main}, Memory(), main=main)
    assert list(vars(main["C"])) == before
