"""Code objects: those inside one, and the operations in it."""

from __future__ import annotations

import dis
import types
from collections.abc import Iterator


def nested(code: types.CodeType) -> Iterator[types.CodeType]:
    """A code object, and those inside it."""
    yield code
    for constant in code.co_consts:
        if type(constant) is types.CodeType:
            yield from nested(constant)


def has(code: types.CodeType, *operations: str) -> bool:
    """Whether a function has operations, one right after the other: taking its code apart takes a hundred times as long, and a cell waits for it."""
    all_of_it = code.co_code[::2].replace(b"\0", b"")  # without the room for what the interpreter learns
    return bytes(dis.opmap[one] for one in operations) in all_of_it
