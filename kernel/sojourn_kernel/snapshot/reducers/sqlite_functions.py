"""What a connection to SQLite, or to duckdb, does not show, found in the code: how it was opened, and the functions that cells gave to it."""

from __future__ import annotations

import ast
import functools
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from ..objects.definitions import WRITTEN_HERE

Call = tuple[str, list[Any], dict[str, Any]]
SQLALCHEMYS = "those of SQLAlchemy"  # stands for a method: what its dialect gives to each connection
_METHODS = ("create_function", "create_aggregate", "create_window_function", "create_collation")


_HANDLERS = ("set_trace_callback", "set_progress_handler", "set_authorizer")  # of which the last holds
_OPTIONS = ("timeout", "detect_types", "cached_statements", "uri", "autocommit")


@contextmanager
def asking(connection: Any) -> Iterator[Callable[[str], list[tuple[Any, ...]]]]:
    """What a connection's database answers, whatever rows and text its user has made of it."""
    import sqlite3

    cursor = sqlite3.Cursor(connection)
    cursor.row_factory = None
    text, connection.text_factory = connection.text_factory, str
    try:
        yield lambda sql: cursor.execute(sql).fetchall()
    finally:
        connection.text_factory = text


def opened_with(connection: Any) -> dict[str, Any]:
    """Arguments of the call that opened a connection, as far as a cell shows it; ``database`` as it was given."""
    for node, number, later in _nodes(ast.Assign):
        call, held = node.value, [one.id for one in node.targets if isinstance(one, ast.Name)]
        if not isinstance(call, ast.Call) or not any(_names().get(one) is connection for one in held):
            continue
        last = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        if last != "connect":
            continue
        try:
            given = {"database": _value(call.args[0], number, later)} if call.args else {}
            return given | {
                one.arg: _value(one.value, number, later) for one in call.keywords if one.arg in (*_OPTIONS, "database")
            }
        except ValueError:
            return {}
    return {}


@contextmanager
def unwatched(connection: Any, handlers: list[Call] | None = None) -> Iterator[None]:
    """While the body runs, handlers that cells gave to a connection hear nothing of its statements; None: those that the cells show."""
    paused = handlers_given_to(connection) if handlers is None else handlers
    for method, values, named in paused:
        with suppress(TypeError):  # Python 3.10 can't take an authorizer away
            getattr(connection, method)(None, *values[1:], **named)
    try:
        yield
    finally:
        give_functions(connection, paused)


def handlers_given_to(connection: Any) -> list[Call]:
    """The last call of each kind that gave a connection a handler of what it does, as far as a cell shows it."""
    found: list[Call] = []
    for node, number, later in _nodes(ast.Call):
        method = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        if method not in _HANDLERS or any(one[0] == method for one in found) or not _is_of(node.func, connection):
            continue
        try:
            found.append((method, *_given(node, number, later)))
        except ValueError:
            continue
    return found


def functions_given_to(connection: Any) -> tuple[list[Call], list[str]]:
    """The calls that gave them, to be made again; and the names of those for which no cell shows the call."""
    missing = _named(connection) - _usual()
    calls: list[Call] = []
    handlers: set[str] = set()
    if "regexp" in missing and "sqlalchemy.dialects.sqlite.pysqlite" in sys.modules:
        missing.discard("regexp")
        calls.append((SQLALCHEMYS, [], {}))
    for node, number, later in _nodes(ast.Call):
        method = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        if method not in (*_METHODS, *_HANDLERS) or method in handlers or not _is_of(node.func, connection):
            continue
        try:
            values, named = _given(node, number, later)
        except ValueError:
            if method in _HANDLERS:
                handlers.add(method)
                missing.add(method)
            continue
        if method in _HANDLERS:
            handlers.add(method)
            calls.append((method, values, named))
        elif values and isinstance(values[0], str) and values[0].lower() in missing:
            missing.discard(values[0].lower())
            calls.append((method, values, named))
    return calls[::-1], sorted(missing)


def functions_given_by(connection: Any, method: str, missing: set[str]) -> tuple[list[Call], list[str]]:
    """The same of another library's connection, which calls the method by this name and its functions as they are written."""
    calls: list[Call] = []
    for node, number, later in _nodes(ast.Call):
        if not isinstance(node.func, ast.Attribute) or node.func.attr != method or not _is_of(node.func, connection):
            continue
        try:
            values, named = _given(node, number, later)
        except ValueError:
            continue
        name = values[0] if values else named.get("name", named.get("view_name"))
        if isinstance(name, str) and name in missing:
            missing = missing - {name}
            calls.append((method, values, named))
    return calls[::-1], sorted(missing)


def give_functions(made: Any, calls: list[Call]) -> None:
    """Make the calls again that gave a connection its functions."""
    for method, arguments, named in calls:
        if method == SQLALCHEMYS:
            import sqlite3

            from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

            give = SQLiteDialect_pysqlite(dbapi=sqlite3).on_connect()  # type: ignore[arg-type]
            if give is not None:
                give(made)
        else:
            getattr(made, method)(*arguments, **named)


def _named(connection: Any) -> set[str]:
    found: set[str] = set()
    with asking(connection) as ask:
        for pragma, place in (("function_list", 0), ("collation_list", 1)):
            found |= {row[place].lower() for row in ask(f"PRAGMA {pragma}")}
    return found


@functools.cache
def _usual() -> frozenset[str]:
    import sqlite3

    return frozenset(_named(sqlite3.connect(":memory:")))


def _given(call: ast.Call, number: int, later: list[str]) -> tuple[list[Any], dict[str, Any]]:
    """The arguments of a call of a cell. Raises ValueError."""
    values = [_value(argument, number, later) for argument in call.args]
    return values, {one.arg: _value(one.value, number, later) for one in call.keywords if one.arg}


def _names() -> dict[str, Any]:
    return vars(sys.modules["__main__"])


def _is_of(function: ast.Attribute, connection: Any) -> bool:
    return isinstance(function.value, ast.Name) and _names().get(function.value.id) is connection


def _nodes(kind: Any) -> Iterator[tuple[Any, int, list[str]]]:
    """Nodes of the cells outside of their functions, the last first: with the number of the cell, and the cells after it."""
    sources = [source for source in _names().get("_ih", []) if isinstance(source, str)]
    for number, source in reversed(list(enumerate(sources))):
        if any(said in source for said in ("create_", "connect", "set_", "register")):
            for node in reversed(_outside_functions(source, kind)):
                yield node, number, sources[number + 1 :]


@functools.lru_cache(maxsize=256)
def _outside_functions(source: str, kind: Any) -> list[Any]:
    found: list[Any] = []
    try:
        todo: list[ast.AST] = list(ast.parse(source).body)
    except (SyntaxError, ValueError, RecursionError):
        return []
    while todo:
        node = todo.pop(0)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            continue
        todo[:0] = ast.iter_child_nodes(node)
        if isinstance(node, kind):
            found.append(node)
    return found


@functools.lru_cache(maxsize=256)
def _made(code: str, number: int) -> Any:
    """One function for one lambda of one cell, however often a save asks: it is stored once."""
    return eval(compile(code, WRITTEN_HERE + code, "eval"), vars(sys.modules["__main__"]))


def _value(node: ast.expr, number: int, later: list[str]) -> Any:
    """What an argument is: a constant, a lambda, or a name that no later cell gave to something else. Raises ValueError."""
    names = vars(sys.modules["__main__"])
    if isinstance(node, ast.Lambda):
        return _made(ast.unparse(node), number)
    if isinstance(node, ast.Attribute):
        owner = _value(node.value, number, later)
        if hasattr(owner, node.attr):
            return getattr(owner, node.attr)
    if isinstance(node, ast.Name) and node.id in names:
        again = re.compile(rf"\b(def|class)\s+{node.id}\b|\b{node.id}\s*=[^=]")
        if not any(again.search(source) for source in later):
            return names[node.id]
    if isinstance(node, ast.List):
        return [_value(one, number, later) for one in node.elts]
    return ast.literal_eval(node)
