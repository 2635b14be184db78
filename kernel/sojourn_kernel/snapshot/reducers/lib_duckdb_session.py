"""What a connection of duckdb has for itself, beside its database: variables, prepared statements, temporary types, sequences, macros
and indexes, and the rows of its last result that were not fetched.

Other connections to the same database (``con.cursor()``) are its, made of the one that was met first.
"""

from __future__ import annotations

import contextlib
import re
import warnings
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from . import variables

_SHARED = "http_proxy_username"  # a setting of a whole database, which nothing depends on in that moment
_CANDIDATE = re.compile(r"^\t(.+)$", re.MULTILINE)
_TEMPORARY = "NOT internal AND database_name = 'temp'"
Rows = tuple[Any, list[str], bool]
"""What was left of a result: its rows, None where all were fetched; what to select of them; whether it has them already."""
_met: list[weakref.ref[Any]] = []


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    return "'" + str(text).replace("'", "''") + "'"


def table(connection: Any, name: str) -> Any:
    """All rows of a table or view, of Arrow's."""
    rows = connection.execute(f"SELECT * FROM {quoted(name)}")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # duckdb 2 would rather have been asked for a relation
        return rows.fetch_arrow_table() if hasattr(rows, "fetch_arrow_table") else rows.to_arrow_table()


# Its last result


def rows_left(connection: Any) -> Rows | None:
    """What its user has not fetched of its last result; None where it has no result."""
    import duckdb

    with warnings.catch_warnings(), contextlib.suppress(duckdb.Error):
        warnings.simplefilter("ignore")
        if (columns := connection.description) is None:
            return None
        whole = not _is_unfinished(connection)
        rows = connection.to_arrow_table() if hasattr(connection, "to_arrow_table") else _fetched(connection, columns)
        places = [f"c{place}" for place in range(len(columns))]  # two may have one name
        chosen = [
            f"CAST({place} AS {kind}) AS {quoted(name)}"
            for place, (name, kind, *_) in zip(places, columns, strict=True)
        ]
        return (None if rows is None else rows.rename_columns(places)), chosen, whole
    return None


def _fetched(connection: Any, columns: Any) -> Any:
    """The same from duckdb 1, which gives as a table only those that come after the rows that it has fetched ahead."""
    import pyarrow as pa

    rows = connection.fetchall()
    arrays = [pa.array([row[place] for row in rows]) for place in range(len(columns))]
    return pa.Table.from_arrays(arrays, [name for name, *_ in columns])


def _is_unfinished(connection: Any) -> bool:
    """Whether it still makes rows of its result as they are fetched, as of a query, so that duckdb does nothing else on it."""
    import duckdb

    refusal = getattr(duckdb, "ResourceInUseException", None)
    if refusal is None:
        return connection.description[0][0] not in ("Count", "Success")
    try:
        connection.sql("SELECT 1").fetchall()
    except refusal:
        return True
    return False


def give_rows(connection: Any, left: Rows | tuple[Any, list[str]] | None) -> None:
    """Make rows its result again: duckdb finds them by the name that they have here. Checkpoints of before say only what is unfinished."""
    import duckdb

    if left is None:
        return
    sojourn_rows, chosen, whole = left if len(left) == 3 else (*left, False)
    with contextlib.suppress(duckdb.Error):
        if sojourn_rows is None:
            empty = ", ".join(f"NULL AS c{place}" for place in range(len(chosen)))
            connection.execute(_at_once(f"SELECT {', '.join(chosen)} FROM (SELECT {empty}) WHERE false")).fetchall()
            return
        query = f"SELECT {', '.join(chosen)} FROM sojourn_rows"
        connection.execute(_at_once(query) if whole else query)


def _at_once(query: str) -> str:
    """A query that duckdb has the whole result of before the first row is fetched."""
    return f"CALL query({literal(query)})"


@contextmanager
def keeping_its_result(connection: Any) -> Iterator[Any]:
    """While the body runs statements, the rows that the user's last one left are put aside."""
    rows = rows_left(connection)
    try:
        yield rows
    finally:
        give_rows(connection, rows)


# What a transaction does to what can be asked


def in_transaction(connection: Any) -> bool:
    """Each statement outside of one has a transaction of its own."""
    first, second = (connection.execute("SELECT txid_current()").fetchall() for _ in range(2))
    return bool(first == second)


def is_aborted(connection: Any) -> bool:
    """Whether an error has ended its transaction, so that all but ROLLBACK raises."""
    import duckdb

    try:
        connection.execute("SELECT 1").fetchall()
    except duckdb.TransactionException:
        return True
    return False


# What it holds


def made_before(connection: Any) -> list[str]:
    """Statements that make what its temporary tables may need: types and sequences."""
    types = connection.execute(f"SELECT type_name FROM duckdb_types() WHERE {_TEMPORARY} ORDER BY type_oid").fetchall()
    sequences = connection.execute("SELECT sql FROM duckdb_sequences() WHERE temporary").fetchall()
    return [
        *(f"CREATE TEMP TYPE {quoted(name)} AS {_type(connection, name)}" for (name,) in types),
        *(sql.replace("CREATE SEQUENCE", "CREATE TEMP SEQUENCE", 1) for (sql,) in sequences),
    ]


def _type(connection: Any, name: str) -> str:
    return str(connection.execute(f"SELECT NULL::temp.{quoted(name)}").description[0][1])


def _listed(connection: Any, query: str) -> list[Any]:
    """Of what duckdb lists only since 1.1 (variables) or 1.2 (prepared statements)."""
    import duckdb

    try:
        return connection.execute(query).fetchall()  # type: ignore[no-any-return]
    except duckdb.CatalogException:
        return []


def made_after(connection: Any) -> list[str]:
    """Statements that make what may need its tables: indexes, macros, variables and prepared statements."""
    indexes = connection.execute(
        "SELECT sql FROM duckdb_indexes() WHERE database_name = 'temp' AND sql IS NOT NULL"
    ).fetchall()
    prepared = _listed(connection, "SELECT name, statement FROM duckdb_prepared_statements()")
    return [
        *(sql for (sql,) in indexes),
        *_macros(connection),
        *(_set(connection, *one) for one in _listed(connection, "FROM duckdb_variables()")),
        *(f"PREPARE {quoted(name)} AS {statement}" for name, statement in prepared),
    ]


def _set(connection: Any, name: str, text: str, kind: str) -> str:
    empty = connection.execute(f"SELECT getvariable({literal(name)}) IS NULL").fetchall()[0][0]
    return f"SET VARIABLE {quoted(name)} = " + ("NULL" if empty else f"CAST({literal(text)} AS {kind})")


def _macros(connection: Any) -> Iterator[str]:
    found: dict[tuple[str, str], list[tuple[list[str], str]]] = {}
    query = (
        f"SELECT function_name, function_type, parameters, macro_definition FROM duckdb_functions() WHERE {_TEMPORARY}"
    )
    for name, kind, parameters, body in connection.execute(query).fetchall():
        found.setdefault((name, kind), []).append((parameters, body))
    for (name, kind), ways in found.items():
        table = "TABLE " if kind == "table_macro" else ""
        heads = _heads(connection, name, [names for names, _ in ways], table)
        yield f"CREATE TEMP MACRO {quoted(name)} " + ", ".join(
            f"{head} AS {table}{body}" for head, (_, body) in zip(heads, ways, strict=True)
        )


def _heads(connection: Any, name: str, ways: list[list[str]], table: str) -> list[str]:
    """The parameters of a macro with their defaults, which only the error shows that says how it can be called."""
    import duckdb

    plain = ["(" + ", ".join(quoted(one) for one in names) + ")" for names in ways]
    too_many = f"{quoted(name)}({', '.join(['NULL'] * (max(map(len, ways)) + 1))})"
    if in_transaction(connection):  # which an error would end
        return plain
    try:
        connection.execute(f"EXPLAIN {'FROM' if table else 'SELECT'} {too_many}").fetchall()
    except duckdb.Error as error:
        shown = [one[one.index("(") :] for one in _CANDIDATE.findall(str(error)) if "(" in one]
        return shown if len(shown) == len(plain) else plain
    return plain


# The one that ``duckdb.sql`` works on


def default_connection() -> Any:
    import duckdb

    found: Any = duckdb.default_connection  # before 1.2 the connection itself
    return found() if callable(found) else found


def connect(path: str, readonly: bool, default: bool) -> Any:
    """A new connection, or the default one where another can't become that: before 1.2."""
    import duckdb

    if default and not hasattr(duckdb, "set_default_connection"):
        return default_connection()
    return duckdb.connect(path or ":memory:", read_only=readonly)


def make_default(connection: Any) -> None:
    import duckdb

    if connection is not default_connection():
        duckdb.set_default_connection(connection)


# Who shares its database


def elder(connection: Any) -> Any:
    """The connection that this one is a cursor of: the first that was met of those to its database in memory; None if it is that."""
    import duckdb

    _met[:] = [ref for ref in _met if ref() is not None]
    if not any(ref() is connection for ref in _met):
        _met.append(weakref.ref(connection))
    others = [default_connection(), *(ref() for ref in _met)]
    before = others[: next(place for place, one in enumerate(others) if one is connection)]
    with contextlib.suppress(duckdb.Error):
        return next((one for one in before if one is not None and _share(one, connection)), None)
    return None


def others_of_its_database(connection: Any) -> Iterator[Any]:
    """Other connections to its database that variables hold."""
    import duckdb

    for one in variables():
        with contextlib.suppress(duckdb.Error):  # one is closed
            if type(one) is type(connection) and one is not connection and _share(one, connection):
                yield one


def _share(one: Any, other: Any) -> bool:
    """Whether what is set in the database of one is seen in that of the other."""
    import duckdb

    with contextlib.closing(one.cursor()) as asked, contextlib.closing(other.cursor()) as told:
        try:
            was, mark = _shown(asked), f"looked at by {id(one)}"
        except duckdb.CatalogException:  # before 1.1
            return _count_together(asked, told)
        asked.execute(f"SET GLOBAL {_SHARED} = {literal(mark)}").fetchall()
        try:
            return bool(_shown(told) == mark)
        finally:
            asked.execute(f"SET GLOBAL {_SHARED} = {literal(was)}" if was else f"RESET GLOBAL {_SHARED}").fetchall()


def _count_together(one: Any, other: Any) -> bool:
    """Whether transactions of one are counted where those of the other are."""
    first, second, _, third = map(_transaction, (other, other, one, other))
    return third - second > second - first


def _transaction(connection: Any) -> int:
    return int(connection.execute("SELECT txid_current()").fetchall()[0][0])


def _shown(connection: Any) -> Any:
    return connection.execute(f"SELECT current_setting('{_SHARED}')").fetchall()[0][0]
