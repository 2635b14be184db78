"""duckdb: connections, with what their databases hold. A database in memory travels as the file that duckdb copies it to."""

from __future__ import annotations

import contextlib
import tempfile
from pathlib import Path
from typing import Any

from ...told import Cause
from ..lost import lose
from . import CannotKeep, reducer
from .sqlite_functions import functions_given_by, give_functions

_FUNCTIONS = "SELECT DISTINCT function_name FROM duckdb_functions() WHERE function_type IN ('scalar', 'aggregate')"
_SETTINGS = "SELECT name, value FROM duckdb_settings()"
# Settings that follow from others, or from the machine.
_DERIVED = {"worker_threads", "write_buffer_row_group_memory_limit", "memory_limit", "max_memory", "external_threads"}


@reducer("duckdb:DuckDBPyConnection", "_duckdb:DuckDBPyConnection", "duckdb.duckdb:DuckDBPyConnection")
def connection(value: Any) -> Any:
    import duckdb

    found = value.execute("SELECT database_name, path, readonly FROM duckdb_databases() WHERE NOT internal").fetchall()
    if len(found) != 1:
        raise CannotKeep(Cause.LIVE_RESOURCE, "it has other databases attached")
    name, path, readonly = found[0]
    statements = [sql for (sql,) in value.execute(
        "SELECT sql FROM duckdb_views() WHERE NOT internal AND temporary AND NOT contains(sql, '_scan()')").fetchall()]  # fmt: skip
    objects = {view: _table(value, view) for (view,) in value.execute(
        "SELECT view_name FROM duckdb_views() WHERE NOT internal AND temporary AND contains(sql, '_scan()')").fetchall()}  # fmt: skip
    temporary = {table: (sql, _table(value, table)) for table, sql in value.execute(
        "SELECT table_name, sql FROM duckdb_tables() WHERE NOT internal AND temporary").fetchall()}  # fmt: skip
    fresh = duckdb.connect()
    was, now = dict(fresh.execute(_SETTINGS).fetchall()), dict(value.execute(_SETTINGS).fetchall())
    settings = {key: now[key] for key in now if now[key] != was.get(key) and key not in _DERIVED}
    added = {f for (f,) in set(value.execute(_FUNCTIONS).fetchall()) - set(fresh.execute(_FUNCTIONS).fetchall())}
    calls, missing = functions_given_by(value, "create_function", added)
    fresh.close()
    image = None if path else _copied(value, name)
    new: tuple[Any, ...] = (path, bool(readonly), image, temporary, statements, objects, settings, missing)
    if value is duckdb.default_connection():
        new = (*new, True)
    return (make_connection, new, calls, None, None, give_functions) if calls else (make_connection, new)


def _run(connection: Any, sql: str) -> None:
    """Execute, and leave no result open: it would stand in the way of the user's next statement."""
    connection.execute(sql).fetchall()


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _table(value: Any, name: str) -> Any:
    rows = value.execute(f"SELECT * FROM {_quoted(name)}")
    return rows.fetch_arrow_table() if hasattr(rows, "fetch_arrow_table") else rows.to_arrow_table()


def _copied(value: Any, name: str) -> bytes:
    """The database as duckdb writes it to a file: schemas, types, constraints, macros, sequences and all."""
    with tempfile.TemporaryDirectory(prefix="sojourn-") as folder:
        file = Path(folder) / "copy.duckdb"
        _run(value, f"ATTACH '{file}' AS sojourn_copy")
        try:
            _run(value, f"COPY FROM DATABASE {_quoted(name)} TO sojourn_copy")
        finally:
            _run(value, "DETACH sojourn_copy")
        return file.read_bytes()


def make_connection(path: str, readonly: bool, image: bytes | None, temporary: dict[str, Any], statements: list[str],
                    objects: dict[str, Any], settings: dict[str, str], functions: list[str], default: bool = False) -> Any:  # fmt: skip
    """default: it is the one that ``duckdb.sql`` works on, which what was made of it has to be read in."""
    import duckdb

    made = duckdb.connect(path or ":memory:", read_only=readonly)
    if image is not None:
        _copy_back(made, image)
    for name, (sql, rows) in temporary.items():
        _run(made, sql)
        made.register("sojourn_rows", rows)
        _run(made, f"INSERT INTO temp.{_quoted(name)} SELECT * FROM sojourn_rows")
        made.unregister("sojourn_rows")
    for name, rows in objects.items():
        made.register(name, rows)
    for key, wanted in settings.items():
        with contextlib.suppress(duckdb.Error):  # some can be set at the start only
            _run(made, f"SET {key} = {_literal(wanted)}")
    for sql in statements:
        _run(made, sql)
    for name in functions:
        lose(Cause.LIVE_RESOURCE, f"the function {name} of Python that was made in the connection is not kept")
    if default:
        duckdb.set_default_connection(made)
    return made


def _copy_back(made: Any, image: bytes) -> None:
    with tempfile.TemporaryDirectory(prefix="sojourn-") as folder:
        file = Path(folder) / "copy.duckdb"
        file.write_bytes(image)
        _run(made, f"ATTACH '{file}' AS sojourn_copy (READ_ONLY)")
        _run(made, "COPY FROM DATABASE sojourn_copy TO memory")
        _run(made, "DETACH sojourn_copy")


def _literal(text: str) -> str:
    return "'" + str(text).replace("'", "''") + "'"


@reducer("duckdb:DuckDBPyRelation", "_duckdb:DuckDBPyRelation", "duckdb.duckdb:DuckDBPyRelation")
def relation(value: Any) -> Any:
    raise CannotKeep(Cause.LIVE_RESOURCE, "a relation belongs to its connection; ask for it again")


@reducer(
    "duckdb.sqltypes:DuckDBPyType", "duckdb:DuckDBPyType", "_duckdb:DuckDBPyType", "_duckdb._sqltypes:DuckDBPyType"
)
def column_type(value: Any) -> Any:
    import duckdb.sqltypes as known

    name = next((name for name, one in vars(known).items() if one is value), "")
    return find_type, (name, str(value))


def find_type(name: str, text: str) -> Any:
    """A type of columns: the one that duckdb has by a name, or one that is written like this."""
    import duckdb
    import duckdb.sqltypes as known

    return getattr(known, name) if hasattr(known, name) else duckdb.sqltype(text)
