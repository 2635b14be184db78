"""sqlite3: databases in memory are kept whole, those in files are opened again; cursors that are through, and rows."""

from __future__ import annotations

import gc
import re
from pathlib import Path
from typing import Any
from urllib.parse import quote

from ...told import Cause
from ..process import by_number
from . import CannotKeep, KeptBut, reducer
from .layers import GONE, TEMPORARY_LIMIT, nothing_leads_to
from .sqlite_functions import asking, functions_given_to, give_functions, handlers_given_to, opened_with, unwatched


def make_sqlite(database: str, settings: dict[str, Any], image: bytes | None) -> Any:
    import sqlite3

    if image is None:
        from .files import FileGone

        if not Path(database).is_file():
            raise FileGone(f"the database {database} is not here")
    cls = settings.get("class", sqlite3.Connection)
    made = cls.__new__(cls)
    how = {"detect_types": settings["detect_types"]} | settings.get("options", {})
    sqlite3.Connection.__init__(made, settings.get("database", database), check_same_thread=False, **how)
    if image:
        made.deserialize(image)
    for name, file, content in settings.get("attached", []):
        made.execute(f'ATTACH ? AS "{name}"', (file or ":memory:",))
        if content:
            made.deserialize(content, name=name)
    _make_temporary(made, settings.get("temporary", []))
    _count_changes(made, settings.get("changes", 0))
    made.isolation_level = settings["isolation_level"]
    made.row_factory, made.text_factory = settings["row_factory"], settings["text_factory"]
    for pragma, value in settings["pragmas"].items():
        made.execute(f"PRAGMA {pragma} = {value}")
    if settings.get("begun"):
        made.execute("BEGIN")
    return made


def _count_changes(made: Any, changes: int) -> None:
    """Have a connection count as many rows as were changed through it, up to a few millions: in a database of its own that it lets go."""
    rows = changes - made.total_changes
    if not 0 < rows <= COUNTED:
        return
    made.isolation_level = None
    made.execute("ATTACH ':memory:' AS sojourn_counts")
    made.execute("CREATE TABLE sojourn_counts.counted (n)")
    made.execute(
        "INSERT INTO sojourn_counts.counted WITH RECURSIVE up(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM up WHERE n < ?) SELECT n FROM up",
        (rows,),
    )
    made.execute("DETACH sojourn_counts")


_URI = re.compile(r"^file:[^?#]*")
COUNTED = 3_000_000  # rows, which takes a second
GOES_ON = "its transaction goes on, and a rollback can't undo what it did before"
_GONE = "it is opened again; what its open transaction had not committed is gone"
_PRAGMAS = ("foreign_keys", "case_sensitive_like", "recursive_triggers", "synchronous", "cache_size", "busy_timeout")


@reducer("sqlite3:Connection")
def sqlite(value: Any) -> Any:
    with unwatched(value):
        return _reduced(value)


def _reduced(value: Any) -> Any:
    import sqlite3

    try:
        rows = databases_of(value)
    except sqlite3.ProgrammingError as error:
        if "closed" in str(error):
            return closed_connection, ()
        raise CannotKeep(
            Cause.LIVE_RESOURCE, f"the database connection is closed or another thread's ({error})"
        ) from None
    gone = [file for file in rows.values() if file and not by_number.is_led_to(file)]
    if any(_size(value, name) > TEMPORARY_LIMIT for name, file in rows.items() if file in gone):
        raise nothing_leads_to(gone[0])
    rows = {name: "" if file in gone else file for name, file in rows.items()}
    path = rows.pop("main", "")
    pragmas = {}
    with asking(value) as ask:
        for name in _PRAGMAS:
            if found := ask(f"PRAGMA {name}"):
                pragmas[name] = found[0][0]
    settings = {
        "isolation_level": value.isolation_level, "row_factory": value.row_factory, "text_factory": value.text_factory,
        "detect_types": sqlite3.PARSE_DECLTYPES if sqlite3.converters and any(k not in (b"DATE", "DATE", "TIMESTAMP") for k in sqlite3.converters) else 0,
        "pragmas": pragmas,
    }  # fmt: skip
    settings |= {
        "changes": value.total_changes,
        "begun": value.in_transaction and not path,
        "class": type(value),
        "temporary": _temporary(value),
    }
    settings["attached"] = [
        (name, file, b"" if file else _image(value, name)) for name, file in rows.items() if name != "temp"
    ]
    given = opened_with(value)
    database = given.pop("database", "")
    settings["options"] = {name: one for name, one in given.items() if path or name != "uri"}
    if given.get("uri") and path:
        settings["database"] = _URI.sub(
            f"file:{quote(path)}", str(database)
        )  # its path may be relative to another directory
    calls, missing = functions_given_to(value)
    new = (path, settings, None) if path else (":memory:", settings, _image(value))
    reduced = (make_sqlite, new, calls, None, None, give_functions) if calls else (make_sqlite, new)
    if missing:
        reason = f"functions that it was given can't be read out, and have to be given again: {', '.join(missing)}"
        raise KeptBut(reduced, reason)
    if not path and given.get("uri") and "cache=shared" in str(database):
        raise KeptBut(reduced, "its database in memory is its own here, and no longer shared with other connections")
    if value.in_transaction:
        raise KeptBut(reduced, _GONE if path else GOES_ON)
    if gone:
        raise KeptBut(reduced, f"{gone[0]} {GONE}: what was in it is in memory here")
    return reduced


def databases_of(connection: Any) -> dict[str, str]:
    """Files by the names of a connection's databases; none for those in memory, which SQLite calls ``x`` where they were deserialised."""
    with asking(connection) as ask:
        rows = ask("PRAGMA database_list")
    return {name: file if file and Path(file).is_absolute() else "" for _, name, file in rows}


def _image(connection: Any, name: str = "main") -> bytes:
    """A database's bytes; one in which nothing was made yet can't be serialised."""
    return bytes(connection.serialize(name=name)) if _size(connection, name) else b""


def _size(connection: Any, name: str) -> int:
    """Bytes of a database."""
    with asking(connection) as ask:
        size: int = ask(f'PRAGMA "{name}".page_count')[0][0] * ask(f'PRAGMA "{name}".page_size')[0][0]
    return size


def _temporary(connection: Any) -> list[tuple[str, str, list[Any]]]:
    """Temporary tables, which belong to a connection: their statement, name and rows; then their indexes, views and triggers."""
    with asking(connection) as ask:
        made = ask(
            "SELECT type, name, sql FROM sqlite_temp_master WHERE sql IS NOT NULL ORDER BY type != 'table', rowid"
        )
        return [
            (sql, name if kind == "table" else "", ask(f'SELECT * FROM temp."{name}"') if kind == "table" else [])
            for kind, name, sql in made
        ]


def _make_temporary(made: Any, tables: list[tuple[str, str, list[Any]]]) -> None:
    for sql, name, rows in tables:
        index = re.match(r"CREATE\s+(?:UNIQUE\s+)?INDEX\s+", sql, re.IGNORECASE)
        start = r"CREATE(?:\s+TEMP(?:ORARY)?)?"
        made.execute(
            f"{index[0]}temp.{sql[index.end() :]}"
            if index
            else re.sub(start, "CREATE TEMP", sql, count=1, flags=re.IGNORECASE)
        )
        if rows:
            made.executemany(f'INSERT INTO temp."{name}" VALUES ({", ".join("?" * len(rows[0]))})', rows)
    made.commit()


def closed_connection() -> Any:
    import sqlite3

    made = sqlite3.connect(":memory:")
    made.close()
    return made


def make_cursor(connection: Any) -> Any:
    return connection.cursor()


def make_used_cursor(connection: Any, cls: type, columns: list[str], state: dict[str, Any]) -> Any:
    made = cls(connection)
    if columns:
        made.execute(_select(columns) + " LIMIT 0")
    elif state["lastrowid"] is not None or state["rowcount"] >= 0:
        with unwatched(connection, state.get("handlers", [])):
            _count(connection, made, state["lastrowid"], state["rowcount"])
    made.arraysize, made.row_factory = state["arraysize"], state["row_factory"]
    return made


def _select(columns: list[str]) -> str:
    names = (column.replace('"', '""') for column in columns)
    return "SELECT " + ", ".join(f'NULL AS "{name}"' for name in names)


_COUNTED = 1_000_000  # rows that are counted again, a fraction of a second
_ROWS = (
    "WITH RECURSIVE one(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM one WHERE n < {count}) SELECT n + {before} FROM one"
)


def _count(connection: Any, cursor: Any, row: int | None, count: int) -> None:
    """Have a cursor say what it last inserted and how many rows it changed: it does so in a table that nobody sees."""
    level, goes_on, count = connection.isolation_level, connection.in_transaction, min(count, _COUNTED)
    if not goes_on:  # setting it would end a transaction
        connection.isolation_level = None
    last = row or 0
    connection.execute("CREATE TEMP TABLE sojourn_counted (number INTEGER PRIMARY KEY)")
    change = "DELETE FROM sojourn_counted WHERE FALSE"
    if count > 0:
        change = "INSERT INTO sojourn_counted " + _ROWS.format(count=count, before=last - count)
    else:
        connection.execute("INSERT INTO sojourn_counted VALUES (?)", (last,))
    if row is None:
        cursor.executemany(change, [()])
    elif count >= 0:
        cursor.execute(change)
    (cursor if count < 0 else connection).execute("DROP TABLE sojourn_counted")
    if not goes_on:
        connection.isolation_level = level


@reducer("sqlite3:Cursor")
def cursor(value: Any) -> Any:
    shows_rows = value.description is not None  # after executemany it holds its statement, and there is no row to come
    if shows_rows and any(type(held).__name__ == "Statement" for held in gc.get_referents(value)):
        raise CannotKeep(Cause.LIVE_RESOURCE, "a cursor's place in its result can't be kept")
    names = ("lastrowid", "rowcount", "arraysize", "row_factory")
    columns = [entry[0] for entry in value.description or ()]
    state = {name: getattr(value, name) for name in names} | {"handlers": handlers_given_to(value.connection)}
    return make_used_cursor, (value.connection, type(value), columns, state)


def make_row(columns: list[str], values: tuple[Any, ...]) -> Any:
    import sqlite3

    return sqlite3.Row(sqlite3.connect(":memory:").execute(_select(columns)), values)


@reducer("sqlite3:Row")
def row(value: Any) -> Any:
    return make_row, (value.keys(), tuple(value))
