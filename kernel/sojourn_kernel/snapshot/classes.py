"""A class's own names, asked without running code of its metaclass."""

from __future__ import annotations

import types
from typing import Any

_IN_C = (types.MethodDescriptorType, types.WrapperDescriptorType, types.ClassMethodDescriptorType)


def qualname_of(cls: type) -> str:
    found: str = type.__dict__["__qualname__"].__get__(cls)
    return found


def module_of(cls: type) -> str:
    found: Any = type.__getattribute__(cls, "__module__")
    return found if type(found) is str else ""


def made_in_c(cls: type) -> bool:
    """Whether C code defines the class, so that it can't be made again from what it holds."""
    own = type.__dict__["__dict__"].__get__(cls)
    return any(isinstance(held, _IN_C) and held.__objclass__ is cls for held in own.values())
