"""Code objects for another Python version: compiled again from the source of the cell, or of the installed file, that they came from."""

from __future__ import annotations
import __future__

import ast
import functools
import linecache
import re
import sys
import types
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from ..observe.lineage import CellExecution
from ..snapshot.objects.definitions import WRITTEN_HERE, column_of

_OTHER = "it was made by another Python version, and"
_INSTALLED = re.compile(r"/lib(?:64)?/python[\d.]+/(?:(?:site|dist)-packages/)?(.+)$")


def recompile(
    cells: Sequence[CellExecution], hint: str, generated: Callable[[], None] = lambda: None
) -> types.CodeType:
    """The code object at a place: ``file:line.column:name:free variables``, as its checkpoint says. Raises LookupError.

    The free variables must come out in the same order: the closure's cells are matched by it. generated: has linecache know the sources
    that libraries generated.
    """
    file, place, name, free = hint.rsplit(":", 3)
    line, _, column = place.partition(".")
    number = next((number for number in reversed(range(len(cells))) if cells[number].file == file), None)
    if number is not None:
        cell, flags = cells[number], future_flags(cells[: number + 1])
        whole, where = _compiled(cell.source, file, flags), f"cell [{cell.number}]"
        named = [code for code in whole if (code.co_firstlineno, code.co_name) == (int(line), name.rpartition(".")[2])]
    else:
        source, here = _of_file(file) or _of_generated(file, generated) or ("", "")
        if not here:
            raise LookupError(f"{_OTHER} the source of {name} is in no cell")
        whole, where = _compiled(source, here, 0), here
        named = [code for code in whole if getattr(code, "co_qualname", code.co_name) == name]
        if len(named) > 1:
            named = [code for code in named if code.co_firstlineno == int(line)]
    found = [code for code in named if ",".join(code.co_freevars) == free]
    if len(found) > 1:
        found = [code for code in found if column_of(code) == column] or found
    if len(found) != 1:
        reason = "can't be told from others on its line" if len(found) > 1 else "is not in the source any more"
        raise LookupError(f"{_OTHER} {name} of {where} {reason}")
    return found[0]


def future_flags(cells: Sequence[CellExecution]) -> int:
    """What the ``from __future__`` imports of cells have the compiler do in them and in all later ones."""
    flags = 0
    for cell in cells:
        for name in _futures(cell.source) if "__future__" in cell.source else ():
            flags |= getattr(getattr(__future__, name, None), "compiler_flag", 0)
    return flags


@functools.cache
def _futures(source: str) -> tuple[str, ...]:
    try:
        statements = ast.parse(source).body
    except (SyntaxError, ValueError):
        return ()
    imports = [one for one in statements if isinstance(one, ast.ImportFrom) and one.module == "__future__"]
    return tuple(alias.name for one in imports for alias in one.names)


@functools.lru_cache(64)
def _compiled(source: str, file: str, flags: int) -> tuple[types.CodeType, ...]:
    """All code objects of a source."""
    try:
        return tuple(_nested(compile(source, file, "exec", flags | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)))
    except (SyntaxError, ValueError) as error:
        raise LookupError(f"{_OTHER} the source of {file} does not compile here: {error}") from None


def _nested(code: types.CodeType) -> Iterator[types.CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield constant
            yield from _nested(constant)


def _of_file(file: str) -> tuple[str, str] | None:
    """Source and name of an installed module's file as it is here, or of one of the user's."""
    installed = _INSTALLED.search(file)
    places = [Path(folder or ".", installed[1]) for folder in sys.path] if installed else [Path(file)]
    for path in places:
        if path.suffix == ".py" and path.is_file():
            return path.read_text(errors="replace"), str(path)
    return None


def _of_generated(file: str, generated: Callable[[], None]) -> tuple[str, str] | None:
    if not file.startswith("<"):
        return None
    if file.startswith(WRITTEN_HERE):
        return file.removeprefix(WRITTEN_HERE), file
    if file not in linecache.cache:
        generated()
    lines = linecache.getlines(file)
    return ("".join(lines), file) if lines else None
