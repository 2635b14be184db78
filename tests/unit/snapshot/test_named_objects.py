"""What is lost of an object that is put back by its attributes alone."""

import functools

from sojourn_kernel.snapshot.looking.classes import holds_more_than_attributes


def test_objects_of_c_code_hold_more_than_attributes() -> None:
    class Named(functools.partial):  # type: ignore[type-arg]
        def __reduce__(self) -> str:  # type: ignore[override]
            return "named"

    class Plain:
        __slots__ = ("__dict__", "held")

    assert holds_more_than_attributes(Named)
    assert not holds_more_than_attributes(Plain)
