"""Functions and collations that cells gave to a connection: it names them and does not show them, so they are found in the code."""

from __future__ import annotations

import ast
import functools
import re
import sys
from collections.abc import Iterator
from typing import Any

Call = tuple[str, list[Any], dict[str, Any]]
SQLALCHEMYS = "those of SQLAlchemy"  # stands for a method: what its dialect gives to each connection
_METHODS = ("create_function", "create_aggregate", "create_window_function", "create_collation")


def functions_given_to(connection: Any) -> tuple[list[Call], list[str]]:
    """The calls that gave them, to be made again; and the names of those for which no cell shows the call."""
    missing = _named(connection) - _usual()
    if not missing:
        return [], []
    calls: list[Call] = []
    if "regexp" in missing and "sqlalchemy.dialects.sqlite.pysqlite" in sys.modules:
        missing.discard("regexp")
        calls.append((SQLALCHEMYS, [], {}))
    sources = [source for source in vars(sys.modules["__main__"]).get("In", []) if isinstance(source, str)]
    for number, source in reversed(list(enumerate(sources))):
        for node in reversed(list(_calls(source, connection))):
            try:
                name, *rest = [_value(argument, number, sources[number + 1 :]) for argument in node.args]
                named = {one.arg: _value(one.value, number, sources[number + 1 :]) for one in node.keywords if one.arg}
            except ValueError:
                continue
            if isinstance(name, str) and name.lower() in missing:
                missing.discard(name.lower())
                calls.append((node.func.attr, [name, *rest], named))  # type: ignore[attr-defined]
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
    import sqlite3

    found: set[str] = set()
    for pragma, place in (("function_list", 0), ("collation_list", 1)):
        rows = sqlite3.Connection.execute(connection, f"PRAGMA {pragma}")
        rows.row_factory = None
        found |= {row[place].lower() for row in rows}
    return found


@functools.cache
def _usual() -> frozenset[str]:
    import sqlite3

    return frozenset(_named(sqlite3.connect(":memory:")))


def _calls(source: str, connection: Any) -> Iterator[ast.Call]:
    """Calls in a cell, outside of its functions, that give this connection something."""
    if "create_" not in source:
        return
    try:
        todo: list[ast.AST] = list(ast.parse(source).body)
    except (SyntaxError, ValueError, RecursionError):
        return
    names = vars(sys.modules["__main__"])
    while todo:
        node = todo.pop(0)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            continue
        todo[:0] = ast.iter_child_nodes(node)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _METHODS:
            owner = node.func.value
            if isinstance(owner, ast.Name) and names.get(owner.id) is connection:
                yield node


@functools.lru_cache(maxsize=256)
def _made(code: str, number: int) -> Any:
    """One function for one lambda of one cell, however often a save asks: it is stored once."""
    return eval(compile(code, "<lambda>", "eval"), vars(sys.modules["__main__"]))


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
    return ast.literal_eval(node)
