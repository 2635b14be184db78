"""A class's own names, asked without running code of its metaclass."""

from __future__ import annotations

from typing import Any


def qualname_of(cls: type) -> str:
    found: str = type.__dict__["__qualname__"].__get__(cls)
    return found


def module_of(cls: type) -> str:
    found: Any = type.__getattribute__(cls, "__module__")
    return found if type(found) is str else ""
