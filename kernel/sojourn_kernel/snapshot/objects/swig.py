"""Objects of libraries that SWIG wraps: they stand for one in C++ memory, and one without it looks alive until C code is given nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...told import Cause
from ..looking.classes import names_of, qualname_of
from ..reducers import CannotKeep
from .contents import PICKLING


def decision(cls: type) -> Callable[[Any], Any] | None:
    """How objects of such a class are refused, where it has no pickling of its own; None for any other class."""
    bases = cls.__mro__[:-1]
    if not any("__swig_destroy__" in names_of(base) for base in bases):
        return None
    if any(PICKLING & names_of(base).keys() for base in bases):
        return None

    def refuse(value: Any) -> Any:
        raise CannotKeep(
            Cause.LIVE_RESOURCE, f"a {qualname_of(cls)} stands for an object in the memory of a C++ library"
        )

    return refuse
