"""awkward: an array takes its class from the behaviors that are known when it is unpickled, which those of cells are not yet."""

from __future__ import annotations

from typing import Any

from . import reducer


@reducer("awkward.highlevel:Array", "awkward.highlevel:Record")
def of_a_class_of_the_users(value: Any) -> Any:
    cls = type(value)
    reduced = value.__reduce_ex__(5) if cls.__module__ == "__main__" else None
    if not isinstance(reduced, tuple) or len(reduced) != 2:
        return NotImplemented
    return *reduced, cls, None, None, take_class


def take_class(made: Any, cls: type) -> None:
    made.__class__ = cls
