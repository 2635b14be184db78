"""awkward: an array takes its class from the behaviors that are known when it is unpickled, which those of cells are not yet. Its buffers may
be other arrays of the session."""

from __future__ import annotations

from typing import Any

from . import reducer


@reducer("awkward.highlevel:Array", "awkward.highlevel:Record")
def array(value: Any) -> Any:
    reduced = value.__reduce_ex__(4)  # with arrays, which may share memory with others, for buffers
    cls = type(value)
    if cls.__module__ != "__main__" or not isinstance(reduced, tuple) or len(reduced) != 2:
        return reduced
    return *reduced, cls, None, None, take_class


def take_class(made: Any, cls: type) -> None:
    made.__class__ = cls
