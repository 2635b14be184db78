"""param: objects with parameters, and panel's widgets and panes, which are such objects.

Their own ``__setstate__`` is meant for a copy: it binds what watches an object to that object, by the method's name, also where the
method is another object's, which need not have one of that name.
"""

from __future__ import annotations

from typing import Any

from ..objects import contents
from . import reducer


@reducer("param.parameterized:Parameterized")
def parameterized(value: Any) -> Any:
    cls = type(value)
    librarys = next(base for base in cls.__mro__ if base.__module__ == "param.parameterized" and base.__name__ == "Parameterized")  # fmt: skip
    if any(getattr(cls, name, None) is not getattr(librarys, name, None) for name in contents.PICKLING):
        return NotImplemented  # it says itself how it is kept
    return contents.by_state(value)
