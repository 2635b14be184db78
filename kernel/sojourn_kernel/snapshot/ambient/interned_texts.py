"""Texts that cells interned: where one has been, another of the same letters that is interned later is the same object."""

from __future__ import annotations

import ctypes
import sys
from typing import Any

from .provider import LATE, Provider, provide

_CALL = "intern("  # in the code of a cell
_STATE = object.__basicsize__ + 2 * ctypes.sizeof(
    ctypes.c_ssize_t
)  # where a text's flags are: after its length and hash
_INTERNED = 0b11


def _is_interned(text: str) -> bool:
    if hasattr(sys, "_is_interned"):  # Python 3.13 and later say so
        return bool(sys._is_interned(text))
    return bool(ctypes.c_uint.from_address(id(text) + _STATE).value & _INTERNED)


def _interned(shell: Any, _: Any) -> list[str] | None:
    """Names of the variables that hold an interned text, in a session that interns any."""
    names = shell.user_ns
    if not any(_CALL in cell for cell in list(names.get("_ih", ()))):
        return None
    held = list(names.items())
    return [name for name, value in held if type(value) is str and name[:1] != "_" and _is_interned(value)] or None


def _put(shell: Any, state: list[str]) -> None:
    for name in state:
        if type(value := shell.user_ns.get(name)) is str:
            shell.user_ns[name] = sys.intern(value)


provide(Provider("interned texts", "interned texts", LATE, lambda _: None, _interned, _put))
