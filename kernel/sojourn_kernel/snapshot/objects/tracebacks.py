"""Tracebacks: where an error came through. Their frames are made again for the places; what the calls held is lost, and says so."""

from __future__ import annotations

import sys
import types
from collections.abc import Iterator, Mapping
from typing import Any

from ...told import Cause, Told
from .. import rebuild
from ..looking import pointers
from ..lost import SojournLost
from .definitions import VERSION

# name of the module, file, name, qualified name, first line, line table, length of its code
Place = tuple[str, str, str, str, int, bytes, int]
_COLUMNS = (3, 11)  # since when tables of lines hold columns, and are read the same by all versions
_RAISED = "__raised__"
_STUB = compile(f"raise {_RAISED}", "", "exec")


class LostLocals(Mapping[str, Any]):
    """Stands for the local variables of a call that had ended with an error."""

    def __init__(self) -> None:
        self.raised: BaseException | None = Exception()

    def __getitem__(self, name: str) -> Any:
        if self.raised is not None and name == _RAISED:
            return self.raised
        if name.startswith("_"):
            raise KeyError(name)  # what shows errors asks for marks of its own (__tracebackhide__)
        raise SojournLost(
            Told(name, Cause.LIVE_RESOURCE, "the local variables of a call that has ended can't be kept.")
        )

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0

    def __reduce__(self) -> tuple[Any, ...]:
        return LostLocals, ()


def reduce(value: types.TracebackType) -> tuple[Any, ...]:
    """One list for the whole chain: nesting would recurse as deep as the calls did."""
    places: list[Place] = []
    numbers: dict[types.CodeType, int] = {}
    rows: list[tuple[int, int, int]] = []
    one: types.TracebackType | None = value
    while one is not None:
        code = one.tb_frame.f_code
        if code not in numbers:
            numbers[code] = len(places)
            places.append(_place(code, one.tb_frame.f_globals))
        rows.append((numbers[code], one.tb_lasti, one.tb_lineno))
        one = one.tb_next
    return make, (VERSION, places, rows)


def _place(code: types.CodeType, globals: dict[str, Any]) -> Place:
    module = globals.get("__name__")
    qualname = getattr(code, "co_qualname", code.co_name)
    home = module if isinstance(module, str) else ""
    table = getattr(code, "co_linetable", b"")
    return home, code.co_filename, code.co_name, qualname, code.co_firstlineno, table, len(code.co_code)


def make(version: tuple[int, int], places: list[Place], rows: list[tuple[int, int, int]]) -> types.TracebackType:
    of_here = tuple(version) == VERSION or min(tuple(version), VERSION) >= _COLUMNS
    codes = [(_code(place, of_here), _globals(place[0])) for place in places]
    made: types.TracebackType | None = None
    for number, last, line in reversed(rows):
        # Elsewhere the instruction is in no table: the line is shown, without its columns.
        made = types.TracebackType(made, _frame(*codes[number]), last if of_here else -1, line)
    assert made is not None
    return made


def _code(place: Place, of_here: bool) -> types.CodeType:
    """Code that raises at once, and that shows the same lines and columns as the one that was there."""
    _, file, name, qualname, first, table, length = place
    changes: dict[str, Any] = {"co_filename": file, "co_name": name, "co_firstlineno": first}
    if sys.version_info >= (3, 11):
        changes["co_qualname"] = qualname
    if of_here and length >= len(_STUB.co_code):
        changes |= {
            "co_linetable": table,
            "co_code": _STUB.co_code + _STUB.co_code[-2:] * (length - len(_STUB.co_code) >> 1),
        }
    return _STUB.replace(**changes)


def _globals(module: str) -> dict[str, Any]:
    if module == "__main__":
        return rebuild.live("main")  # type: ignore[no-any-return]
    found = rebuild.MADE.get(module) or sys.modules.get(module)
    return {"__name__": module} if found is None else vars(found)


def _frame(code: types.CodeType, globals: dict[str, Any]) -> types.FrameType:
    held = LostLocals()
    try:
        exec(code, globals, held)
    except Exception as error:
        frame = error.__traceback__.tb_next.tb_frame  # type: ignore[union-attr]
    held.raised = None
    _uncall(frame)
    return frame


def _uncall(frame: types.FrameType) -> None:
    """Make a frame that has ended one that nobody called: it would hold those that load it, and all that they hold, as long as it is there."""
    for offset in (pointers.FIRST, pointers.FIRST + pointers.SIZE):  # the latter under Python 3.10
        if frame.f_back is not None and pointers.held_at(frame, offset) == id(frame.f_back):
            pointers.empty(frame, offset)
