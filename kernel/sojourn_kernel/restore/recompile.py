"""Code objects for another Python version: compiled again from the source of the cell that they came from."""

from __future__ import annotations

import ast
import types
from collections.abc import Iterator, Sequence

from ..observe.lineage import CellExecution


def recompile(cells: Sequence[CellExecution], hint: str) -> types.CodeType:
    """The code object at a place: ``file:line:name:free variables``, as its checkpoint says. Raises LookupError.

    The free variables must come out in the same order: the closure's cells are matched by it.
    """
    file, line, name, free = hint.rsplit(":", 3)
    cell = next((cell for cell in reversed(cells) if cell.file == file), None)
    if cell is None:
        raise LookupError(f"it was made by another Python version, and the source of {name} is in no cell")
    try:
        whole = compile(cell.source, file, "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
    except (SyntaxError, ValueError) as error:
        raise LookupError(
            f"it was made by another Python version, and cell [{cell.number}] does not compile here: {error}"
        ) from None
    last = name.rpartition(".")[2]
    found = [code for code in _nested(whole) if (code.co_firstlineno, code.co_name) == (int(line), last)]
    if len(found) != 1 or ",".join(found[0].co_freevars) != free:
        reason = "can't be told from others on its line" if len(found) > 1 else "is not in the source any more"
        raise LookupError(f"it was made by another Python version, and {name} of cell [{cell.number}] {reason}")
    return found[0]


def _nested(code: types.CodeType) -> Iterator[types.CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield constant
            yield from _nested(constant)
