"""Running statements again to make values that were not stored, in the session's own namespace, which is left as it was.

What analysis takes for safe is kept from reaching outside as well: a statement that would write, connect or start something fails.
"""

from __future__ import annotations

import ast
import contextlib
import contextvars
import io
import sys
import time
import warnings
from collections.abc import Iterable, Iterator, Mapping, MutableMapping, Sequence
from typing import Any

from ..observe.accesses import is_data
from ..observe.lineage import CellExecution
from ..observe.marks import REPLAY
from ..recipe import Recipe
from ..snapshot.objects.definitions import is_definition
from ..snapshot.process.confinement import Guard, guarded
from ..snapshot.process.interruption import Interruption, let_in
from .patience import LEAST, TIMES, patience

_SOCKETS = frozenset({"socket.bind"})  # what one that is made again says of itself is compared


class ReplayFailed(Exception):
    """A statement raised, or a name is missing after it; the message is for the user."""


class InputsChanged(ReplayFailed):
    """Statements that were taken for safe have changed what they were given; names: of all that they may have changed."""

    def __init__(self, message: str, names: tuple[str, ...]) -> None:
        super().__init__(message)
        self.names = names


def replay(
    recipe: Recipe,
    cells: Sequence[CellExecution],
    main: MutableMapping[str, Any],
    given: Mapping[str, Any],
    timings: dict[tuple[int, int], float] | None = None,
    trial: bool = False,
) -> dict[str, Any]:
    """Values of the recipe's roots. Raises ReplayFailed.

    given: values of inputs that are not in the namespace yet. timings: filled with the seconds that each step took. trial: whether
    the values are only compared; then a cell that the user marked reaches nothing outside either.

    Functions and generators made in the statements get the live namespace for their globals, as they had; so the statements run
    there, with only what the recipe knows of in the way, and every name is put back afterwards.
    """
    context = _context()
    in_time = contextlib.nullcontext() if trial else patience(max(LEAST, TIMES * recipe.seconds))
    with _quietly(), _as_it_was(main, recipe, given), in_time:
        for cell, position in recipe.steps:
            begin = time.perf_counter()
            try:
                context.run(_run, cells[cell], position, main, recipe.inputs, trial)
            except ReplayFailed:
                refuse(
                    value
                    for name, value in main.items()
                    if name not in recipe.inputs and not str(name).startswith("__")
                )
                raise
            if timings is not None:
                timings[cell, position] = time.perf_counter() - begin
        try:
            values = {name: main[name] for name in recipe.roots}
        except KeyError as error:
            raise ReplayFailed(f"running its cells again did not make {error.args[0]}") from None
        _let_go(main, recipe.inputs)
    return values | {alias: values[name] for alias, name in recipe.aliases}


def _context() -> contextvars.Context:
    """One of their own: what the cells set in theirs may have been set to something else since."""
    context = contextvars.copy_context()
    decimal = sys.modules.get("decimal")
    if decimal is not None:  # an object that is changed in place
        context.run(decimal.setcontext, decimal.getcontext().copy())
    return context


def _let_go(main: MutableMapping[str, Any], inputs: Sequence[str]) -> None:
    """What was made on the way ends while its code still finds the names that it was made with, not those of the session."""
    for name, value in list(main.items()):
        if not (name in inputs or str(name).startswith("__") or is_data(value, 2) or is_definition(value)):
            del main[name]


_refused: list[Any] = []


def refuse(values: Iterable[Any]) -> None:
    """What was made in vain is never let go: the ends of generators and of objects are code of the user's, in the live namespace."""
    _refused.extend(value for value in values if not is_data(value, 2))


def _run(
    cell: CellExecution, position: int, main: MutableMapping[str, Any], inputs: Sequence[str], trial: bool
) -> None:
    blocked: list[str] = []
    try:
        statement = ast.parse(cell.source).body[position]
        defines = isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
        if defines and statement.name in inputs:  # type: ignore[attr-defined]
            return  # the one that was kept
        code = compile(ast.Module([statement], []), cell.file_name, "exec", dont_inherit=True)
        guard = contextlib.nullcontext() if cell.mark == REPLAY and not trial else guarded(Guard(blocked, but=_SOCKETS))
        with guard, let_in():
            exec(code, main)  # type: ignore[arg-type]
    except Interruption:
        raise
    except BaseException as error:
        raise ReplayFailed(f"running cell [{cell.number}] again raised {type(error).__name__}: {error}") from None
    if blocked:  # and the code went on as if nothing were
        raise ReplayFailed(f"cell [{cell.number}] reaches outside ({blocked[0]})")


@contextlib.contextmanager
def _as_it_was(main: MutableMapping[str, Any], recipe: Recipe, given: Mapping[str, Any]) -> Iterator[None]:
    before, order = dict(main), list(main)
    try:
        for name in list(main):
            if not str(name).startswith("__") and name not in recipe.inputs:
                del main[name]
        main.update(given)
        yield
    finally:
        after = set(main)
        for name in after - before.keys():
            del main[name]
        for name in order:  # in the order it had
            main.pop(name, None)
            main[name] = before[name]


@contextlib.contextmanager
def _quietly() -> Iterator[None]:
    """What the cells printed was seen the first time."""
    with (
        contextlib.redirect_stdout(io.StringIO()),
        contextlib.redirect_stderr(io.StringIO()),
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore")
        yield
