"""Running the code of a user's module again without what it did to the world: what would reach outside the process is left out.

The module's own compiled code runs under a guard. Where that stops something, its statement is left out, and the rest goes on a statement
at a time, without those that need what is missing. Names that are left out come from the checkpoint, or are told.
"""

from __future__ import annotations
import __future__

import ast
import contextlib
import inspect
import sys
import threading
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from ...observe.setting_calls import fluent_names
from ..process.confinement import Guard, guarded

_MOVING = frozenset({"os.chdir", "socket.getaddrinfo"})
_STARTERS = ("_start_new_thread", "_start_joinable_thread")  # of threading: no audit event before Python 3.12
_FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


class NotDoneAgain(BaseException):
    """Raised in place of what would reach outside; no handler of the module's takes it for one of the errors that it expects."""


@dataclass(frozen=True)
class LeftOut:
    """A statement of a module's that did not run to its end. names: what it would have bound. why: for the user.

    raised: it was no guard that stopped it. called: the name that its call begins with, of one that binds nothing.
    """

    module: str
    line: int
    names: tuple[str, ...]
    why: str
    raised: bool = False
    called: str = ""


@dataclass(frozen=True)
class _Stop:
    """Why and where code did not come to its end. inside: the line within the body of a class, or 0."""

    why: str
    position: tuple[int, int]
    inside: int = 0
    raised: bool = False


class Again:
    """One run of a module's code. parse: its tree, wanted only where something is left out. lenient: go on after an error of its own."""

    def __init__(
        self, module: types.ModuleType, parse: Callable[[], ast.Module], lenient: Callable[[Exception], bool]
    ) -> None:
        self.module, self._parse, self._lenient = module, parse, lenient
        self.left_out: list[LeftOut] = []
        self._missing: set[str] = set()
        self._blocked: list[str] = []
        self._taken = (0, 0)
        "Where something was stopped last: a handler that takes anything may take that."
        self._path, self._flags = "", 0

    def run(self, whole: types.CodeType) -> None:
        """Run all of it."""
        stop = self._run(whole)
        if stop is None and not self._blocked:
            return
        body = self._parse().body
        self._path, self._flags = whole.co_filename, _future_flags(body)
        at = _statement_at(body, self._taken if stop is None else stop.position)
        if stop is None:
            self._note_taken(body[at])
            return
        self._leave_or_rescue(body[at], stop)
        for statement in body[at + 1 :]:
            if not _is_text(statement):  # compiled alone it would be the module's documentation
                self._go_on(statement)
        self._forget_deleted(body)

    def _go_on(self, statement: ast.stmt) -> None:
        if needs := self._missing & _reads(statement):
            why = f"it needs {min(needs)}, which was left out"
            self._leave_or_rescue(statement, _Stop(why, _start(statement)))
        elif (stop := self._run_statement(statement)) is not None:
            self._leave_or_rescue(statement, stop)
        elif self._blocked:
            self._note_taken(statement)
        else:
            self._missing -= _binds(statement)

    def _run_statement(self, statement: ast.stmt) -> _Stop | None:
        return self._run(compile(ast.Module([statement], []), self._path, "exec", self._flags, dont_inherit=True))

    def _run(self, code: types.CodeType) -> _Stop | None:
        """Run code in the module; None if it came to its end."""
        namespace = vars(self.module)
        self._blocked.clear()

        def applies() -> bool:
            frame: types.FrameType | None = sys._getframe(1)
            while frame is not None:
                if frame.f_code.co_filename.startswith("<frozen importlib"):
                    return False  # a library that is imported does what it always does
                if frame.f_code is code:
                    self._taken = _position_of(code, frame.f_lasti, frame.f_lineno)
                    return True
                frame = frame.f_back
            return False

        guard = Guard(self._blocked, NotDoneAgain, _MOVING, applies)
        try:
            with guarded(guard), _no_threads(guard):
                exec(code, namespace)
        except NotDoneAgain as error:
            return _Stop(self._reaching(), *_raised_at(error, code))
        except Exception as error:
            if self._blocked:  # what was stopped came out as another error
                return _Stop(self._reaching(), *_raised_at(error, code))
            if not self._lenient(error):
                raise
            return _Stop(f"it raised {type(error).__name__}: {error}", *_raised_at(error, code), True)
        return None

    def _reaching(self) -> str:
        return f"it would have reached outside the process ({self._blocked[0]})"

    def _leave_or_rescue(self, statement: ast.stmt, stop: _Stop) -> None:
        """Leave a statement out; a class is made without those parts of its body that are at fault."""
        while isinstance(statement, ast.ClassDef):
            faulty = [one for one in statement.body if self._missing & _reads(one) or _spans(one, stop.inside)]
            rest = [one for one in statement.body if one not in faulty]
            if not faulty or not rest:
                break
            for one in faulty:
                within = tuple(f"{statement.name}.{name}" for name in sorted(_binds(one)))
                self.left_out.append(LeftOut(self.module.__name__, one.lineno, within, stop.why, stop.raised))
            statement = ast.copy_location(_with_body(statement, rest), statement)
            again = self._run_statement(statement)
            if again is None:
                return
            stop = again
        names = _binds(statement)
        self._missing |= names
        of_session = stop.raised and "__main__" in ast.dump(statement)  # what it did there comes from the checkpoint
        self._leave(statement, names, stop.why, stop.raised and not of_session)

    def _note_taken(self, statement: ast.stmt) -> None:
        """What was stopped was taken for an error by the module itself, which may have gone another way."""
        missing = _binds(statement) - vars(self.module).keys()
        self._missing |= missing
        self._leave(statement, missing, self._reaching(), False)

    def _leave(self, statement: ast.stmt, names: set[str], why: str, raised: bool) -> None:
        called = next(iter(fluent_names(statement)), "")
        self.left_out.append(LeftOut(self.module.__name__, statement.lineno, tuple(sorted(names)), why, raised, called))

    def _forget_deleted(self, body: list[ast.stmt]) -> None:
        """Names that the module itself deletes again are not missing."""
        deletions = [one for statement in body if isinstance(statement, ast.Delete) for one in statement.targets]
        gone = {one.id for one in deletions if isinstance(one, ast.Name)}
        self.left_out = [
            replace(one, names=tuple(name for name in one.names if name not in gone)) for one in self.left_out
        ]


@contextlib.contextmanager
def _no_threads(guard: Guard) -> Iterator[None]:
    """No thread that the module's code starts is started again: nothing would stop what it does."""
    real = {name: getattr(threading, name) for name in _STARTERS if hasattr(threading, name)}
    own = threading.get_ident()

    def stopping(start: Callable[..., object]) -> Callable[..., object]:
        def begin(*arguments: object, **named: object) -> object:
            if threading.get_ident() == own and guard.applies():
                limbo: dict[object, object] = getattr(threading, "_limbo", {})  # where its start looks for errors only
                limbo.pop(sys._getframe(1).f_locals.get("self"), None)
                guard.stop("starting a thread")
            return start(*arguments, **named)

        return begin

    for name, start in real.items():
        setattr(threading, name, stopping(start))
    try:
        yield
    finally:
        for name, start in real.items():
            setattr(threading, name, start)


# Where in the source something happened


def _position_of(code: types.CodeType, instruction: int, line: int) -> tuple[int, int]:
    """Line and column; the column is 0 before Python 3.11."""
    if not hasattr(code, "co_positions"):
        return line, 0
    _, _, column, _ = list(code.co_positions())[instruction // 2]
    return line, column or 0


def _raised_at(error: BaseException, code: types.CodeType) -> tuple[tuple[int, int], int]:
    """The position in the code itself, and the line within the body of a class of it, or 0."""
    place, found, inside = error.__traceback__, (0, 0), 0
    while place is not None:
        of = place.tb_frame.f_code
        if of is code:
            found, inside = _position_of(code, place.tb_lasti, place.tb_lineno), 0
        elif of.co_filename == code.co_filename and not of.co_flags & inspect.CO_OPTIMIZED and not inside:
            inside = place.tb_lineno
        place = place.tb_next
    return found, inside


def _start(statement: ast.stmt) -> tuple[int, int]:
    decorators = getattr(statement, "decorator_list", [])
    return min((one.lineno, one.col_offset) for one in (statement, *decorators))


def _statement_at(body: list[ast.stmt], position: tuple[int, int]) -> int:
    """The last statement that begins at or before a position."""
    return max((number for number, one in enumerate(body) if _start(one) <= position), default=0)


def _spans(statement: ast.stmt, line: int) -> bool:
    return _start(statement)[0] <= line <= (statement.end_lineno or 0)


# What a statement needs and makes, at the level of the module


def _at_module_level(node: ast.AST) -> Iterator[ast.AST]:
    """Its nodes, without the bodies of functions, which run later."""
    yield node
    inner = list(ast.iter_child_nodes(node))
    if isinstance(node, _FUNCTION):
        inner = [*getattr(node, "decorator_list", ()), *node.args.defaults, *filter(None, node.args.kw_defaults)]
    for one in inner:
        yield from _at_module_level(one)


def _reads(statement: ast.stmt) -> set[str]:
    nodes = _at_module_level(statement)
    return {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}


def _binds(statement: ast.stmt) -> set[str]:
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return {statement.name}
    found: set[str] = set()
    for node in _at_module_level(statement):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            found.add(node.name)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            found.update((alias.asname or alias.name).partition(".")[0] for alias in node.names)
    return found - {"*"}


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _with_body(statement: ast.ClassDef, body: list[ast.stmt]) -> ast.ClassDef:
    fields = {name: value for name, value in ast.iter_fields(statement) if name != "body"}
    return ast.ClassDef(body=body, **fields)


def _future_flags(body: list[ast.stmt]) -> int:
    names = [
        alias.name
        for one in body
        if isinstance(one, ast.ImportFrom) and one.module == "__future__"
        for alias in one.names
    ]
    flags = 0
    for name in names:
        flags |= getattr(__future__, name).compiler_flag
    return flags
