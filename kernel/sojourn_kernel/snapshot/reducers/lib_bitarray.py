"""bitarray: one over another's buffer looks into that again, where a variable is that buffer; else that it does not is told."""

from __future__ import annotations

from typing import Any

from ..aliasing import addresses
from . import KeptBut, reducer, variables


@reducer("bitarray:bitarray")
def bits(value: Any) -> Any:
    about = value.buffer_info()
    if not about.imported:
        return NotImplemented
    owner = next((one for one in variables() if _is_over(one, about)), None)
    if owner is None:
        raise KeptBut(
            value.__reduce_ex__(5), "it looked into another's memory, and comes back with a memory of its own"
        )
    return over, (type(value), owner, about.endian)


def _is_over(owner: Any, about: Any) -> bool:
    if not (type(owner).__name__ == "ndarray" or addresses.is_owner(owner)):
        return False
    try:
        view = memoryview(owner)
        return view.c_contiguous and view.nbytes == about.nbytes and addresses.address(owner) == about.address
    except (TypeError, BufferError, ValueError):
        return False


def over(cls: Any, owner: Any, endian: str) -> Any:
    return cls(buffer=owner, endian=endian)
