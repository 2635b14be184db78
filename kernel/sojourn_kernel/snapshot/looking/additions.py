"""What a module's code adds to: ``n += 1``, ``cls.n = cls.n + 1``. Read from its bytes, since libraries have much code."""

from __future__ import annotations

import dis
import re
import sys
import types
from collections.abc import Iterator
from typing import Any

from .classes import module_of, names_of
from .codes import nested


def added_by(module: types.ModuleType) -> tuple[set[str], set[str]]:
    """Globals and attributes that the functions and classes of a module add to."""
    of_globals, of_attributes = set[str](), set[str]()
    for code in _codes(module):
        globals_here, attributes_here = added_to(code)
        of_globals |= globals_here
        of_attributes |= attributes_here
    return of_globals, of_attributes


def _codes(module: types.ModuleType) -> Iterator[types.CodeType]:
    parts: list[Any] = list(vars(module).values())
    classes: set[int] = set()
    for part in parts:  # it grows by what classes hold
        if issubclass(type(part), type):
            if id(part) not in classes and module_of(part) == module.__name__:
                classes.add(id(part))
                parts += names_of(part).values()
            continue
        for one in _functions(part):
            if type(one) is types.FunctionType and one.__module__ == module.__name__:
                yield from nested(one.__code__)


def _functions(part: Any) -> tuple[Any, ...]:
    if type(part) is property:
        return part.fget, part.fset
    return (part.__func__ if type(part) in (classmethod, staticmethod) else part,)


_ADD = re.compile(re.escape(bytes([dis.opmap["BINARY_OP"]])) + b"[\x00\x0d]") if "BINARY_OP" in dis.opmap else re.compile(
    b"[" + re.escape(bytes([dis.opmap.get("INPLACE_ADD", 0), dis.opmap.get("BINARY_ADD", 0)])) + b"]."
)  # fmt: skip
_BEFORE, _AFTER = 44, 28  # bytes around an addition in which the name is loaded and stored
_STORES = {dis.opmap["STORE_GLOBAL"]: True, dis.opmap["STORE_ATTR"]: False}
_LOADS = {
    dis.opmap["LOAD_GLOBAL"]: int(sys.version_info >= (3, 11)),
    dis.opmap["LOAD_ATTR"]: int(sys.version_info >= (3, 12)),
}
"Operation → how far the number of the name is shifted in its argument."


def added_to(code: types.CodeType) -> tuple[set[str], set[str]]:
    """Globals and attributes that a code object adds to."""
    raw, of_globals, of_attributes = code.co_code, set[str](), set[str]()
    for match in _ADD.finditer(raw):
        at = match.start()
        if at % 2:
            continue
        loaded = {
            raw[place + 1] >> _LOADS[raw[place]] for place in range(max(0, at - _BEFORE), at, 2) if raw[place] in _LOADS
        }
        for place in range(at + 2, min(len(raw), at + _AFTER), 2):
            is_global = _STORES.get(raw[place])
            if is_global is not None and raw[place + 1] in loaded:
                (of_globals if is_global else of_attributes).add(code.co_names[raw[place + 1]])
                break
    return of_globals, of_attributes
