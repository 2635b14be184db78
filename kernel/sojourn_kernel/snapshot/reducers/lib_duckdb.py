"""duckdb: connections, with what their databases hold. A database in memory travels as the file that duckdb copies it to."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ...told import Cause
from ..lost import lose
from ..process import by_number
from . import CannotKeep, KeptBut, lib_duckdb_frames, reducer
from . import lib_duckdb_session as session
from .layers import nothing_leads_to
from .sqlite_functions import Call, functions_given_by, give_functions

_FUNCTIONS = "SELECT DISTINCT function_name FROM duckdb_functions() WHERE function_type IN ('scalar', 'aggregate')"
_OF_AN_OBJECT = "(sql = '' OR contains(sql, '_scan()'))"  # of a view: it was registered; '' is duckdb 1.4
_SETTINGS = "SELECT name, value FROM duckdb_settings()"
# Settings that follow from others, or from the machine.
_DERIVED = {"worker_threads", "write_buffer_row_group_memory_limit", "memory_limit", "max_memory", "external_threads"}


_ABORTED = (
    "an error had ended its transaction: what that had not committed, and what was temporary in the connection, is gone"
)
_OPEN = "what its open transaction had not committed is gone"


@reducer("duckdb:DuckDBPyConnection", "_duckdb:DuckDBPyConnection", "duckdb.duckdb:DuckDBPyConnection")
def connection(value: Any) -> Any:
    import duckdb

    first, copied = session.elder(value), []
    with session.keeping_its_result(value) as rows:
        asked, losses = value, []
        if session.is_aborted(value):
            asked, losses = value.cursor(), [_ABORTED]
        elif session.in_transaction(value):
            losses = [_OPEN]
        with contextlib.closing(duckdb.connect()) as fresh:
            calls, missing = _functions(value, asked, fresh) if first is None else ([], [])
            parts = _parts(asked, fresh, first is None, bool(losses))
            copied = _share_memory(value, asked, parts[5], fresh)
        new = (*parts, missing, value is session.default_connection(), losses,
               session.made_before(asked), session.made_after(asked), first)  # fmt: skip
    reduced = make_connection, new, ((calls, rows) if calls or rows is not None else None), None, None, give
    if copied:
        raise KeptBut(reduced, lib_duckdb_frames.COPIED.format(", ".join(copied)))
    return reduced


def _share_memory(value: Any, asked: Any, objects: dict[str, Any], fresh: Any) -> list[str]:
    """Put what was registered in place of the rows that its view shows, and list the views for which that isn't found."""
    query = f"SELECT view_name, sql FROM duckdb_views() WHERE NOT internal AND temporary AND {_OF_AN_OBJECT}"
    views = [view for view, sql in asked.execute(query).fetchall() if lib_duckdb_frames.shows_memory(sql)]
    found = {view: lib_duckdb_frames.behind(value, view, objects[view], fresh) for view in views}
    objects.update({view: one for view, one in found.items() if one is not None})
    return [view for view, one in found.items() if one is None]


def _functions(value: Any, asked: Any, fresh: Any) -> tuple[Any, list[str]]:
    """The calls that gave it functions of Python, and the names of those that no cell shows. fresh: a connection as duckdb makes them."""
    added = {f for (f,) in set(asked.execute(_FUNCTIONS).fetchall()) - set(fresh.execute(_FUNCTIONS).fetchall())}
    calls, missing = functions_given_by(value, "create_function", added)
    for other in session.others_of_its_database(value) if missing else ():
        more, missing = functions_given_by(other, "create_function", set(missing))
        calls = [*calls, *more]
    return calls, missing


def _parts(value: Any, fresh: Any, whole: bool, transaction: bool) -> tuple[Any, ...]:
    """whole: with what its database holds, as far as that is committed where it has a transaction. fresh: as for functions."""
    found = value.execute("SELECT database_name, path, readonly FROM duckdb_databases() WHERE NOT internal").fetchall()
    if len(found) != 1:
        raise CannotKeep(Cause.LIVE_RESOURCE, "it has other databases attached")
    name, path, readonly = found[0]
    if path and not by_number.is_led_to(path):
        raise nothing_leads_to(path)
    statements = [sql for (sql,) in value.execute(
        f"SELECT sql FROM duckdb_views() WHERE NOT internal AND temporary AND NOT {_OF_AN_OBJECT}").fetchall()]  # fmt: skip
    objects = {view: session.table(value, view) for (view,) in value.execute(
        f"SELECT view_name FROM duckdb_views() WHERE NOT internal AND temporary AND {_OF_AN_OBJECT}").fetchall()}  # fmt: skip
    temporary = {table: (_temporary(sql), session.table(value, table)) for table, sql in value.execute(
        "SELECT table_name, sql FROM duckdb_tables() WHERE NOT internal AND temporary").fetchall()}  # fmt: skip
    was, now = dict(fresh.execute(_SETTINGS).fetchall()), dict(value.execute(_SETTINGS).fetchall())
    settings = {key: now[key] for key in now if now[key] != was.get(key) and key not in _DERIVED}
    image = _copied(value.cursor() if transaction else value, name) if whole and not path else None
    return path, bool(readonly), image, temporary, statements, objects, settings


def _temporary(sql: str) -> str:
    """duckdb 1 does not say it of a temporary table."""
    return sql.replace("CREATE TABLE", "CREATE TEMP TABLE", 1) if sql.startswith("CREATE TABLE") else sql


def _run(connection: Any, sql: str) -> None:
    """Execute, and leave no result open: it would stand in the way of the user's next statement."""
    connection.execute(sql).fetchall()


def _copied(value: Any, name: str) -> bytes:
    """The database as duckdb writes it to a file: schemas, types, constraints, macros, sequences and all."""
    with tempfile.TemporaryDirectory(prefix="sojourn-") as folder:
        file = Path(folder) / "copy.duckdb"
        _run(value, f"ATTACH '{file}' AS sojourn_copy")
        try:
            _run(value, f"COPY FROM DATABASE {session.quoted(name)} TO sojourn_copy")
        finally:
            _run(value, "DETACH sojourn_copy")
        return file.read_bytes()


def make_connection(path: str, readonly: bool, image: bytes | None, temporary: dict[str, Any], statements: list[str],
                    objects: dict[str, Any], settings: dict[str, str], functions: list[str], default: bool = False,
                    losses: Sequence[str] = (), before: Sequence[str] = (), after: Sequence[str] = (), first: Any = None,
                    rows: Any = None) -> Any:  # fmt: skip
    """default: it is the one that ``duckdb.sql`` works on, which what was made of it has to be read in.

    before, after: statements that make what it has for itself, before and after its temporary tables; first: the connection to the same
    database in memory that it is made of; rows: what was left of its last result, of a checkpoint that gave it before the functions.
    """
    import duckdb

    made = first.cursor() if first is not None else session.connect(path, readonly, default)
    if image is not None:
        _copy_back(made, image)
    _run_each(made, before)
    for name, (sql, content) in temporary.items():
        _run(made, sql)
        made.register("sojourn_rows", content)
        _run(made, f"INSERT INTO temp.{session.quoted(name)} SELECT * FROM sojourn_rows")
        made.unregister("sojourn_rows")
    for name, content in objects.items():
        made.register(name, content)
    for key, wanted in settings.items():
        with contextlib.suppress(duckdb.Error):  # some can be set at the start only
            _run(made, f"SET {key} = {session.literal(wanted)}")
    for sql in statements:
        _run(made, sql)
    _run_each(made, after)
    for name in functions:
        lose(Cause.LIVE_RESOURCE, f"the function {name} of Python that was made in the connection is not kept")
    for reason in losses:
        lose(Cause.LIVE_RESOURCE, reason)
    if default:
        session.make_default(made)
    session.give_rows(made, rows)
    return made


def give(made: Any, state: tuple[list[Call], Any]) -> None:
    """Its functions, and its last result after them: duckdb does nothing else on a connection that has one which is not fetched."""
    calls, rows = state
    give_functions(made, calls)
    session.give_rows(made, rows)


def _run_each(made: Any, statements: Sequence[str]) -> None:
    """What the connection had for itself; one that can't be made costs itself."""
    import duckdb

    for sql in statements:
        try:
            _run(made, sql)
        except duckdb.Error as error:
            lose(Cause.UNLOADABLE, f"it can't run {sql!r} again: {error}")


def _copy_back(made: Any, image: bytes) -> None:
    with tempfile.TemporaryDirectory(prefix="sojourn-") as folder:
        file = Path(folder) / "copy.duckdb"
        file.write_bytes(image)
        _run(made, f"ATTACH '{file}' AS sojourn_copy (READ_ONLY)")
        _run(made, "COPY FROM DATABASE sojourn_copy TO memory")
        _run(made, "DETACH sojourn_copy")


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
