"""duckdb's default connection: what ``duckdb.sql`` works on; the servers of fakeredis, which its clients find by their names."""

from __future__ import annotations

import sys
from typing import Any

from ..lost import told_of
from ..reducers import lib_duckdb_session
from .provider import LATE, Provider, provide


def _default(*_: Any) -> Any:
    duckdb = sys.modules.get("duckdb")
    if duckdb is None or not hasattr(duckdb, "default_connection"):
        return None
    found = lib_duckdb_session.default_connection()
    query = "SELECT count(*) FROM duckdb_tables() WHERE NOT internal"
    # All rows are fetched: what is left of a result would stand in the way of the user's next statement.
    used = found.cursor().execute(query).fetchall()[0][0]  # the user's own result, half fetched, is not disturbed
    if not used:  # a cursor sees no temporary tables
        try:
            with lib_duckdb_session.keeping_its_result(found) as rows:
                used = found.execute(query).fetchall()[0][0] or (rows is not None and rows[0] is not None)
        except duckdb.Error:  # such a result is there
            used = True
    return found if used else None


def _put(_: Any, state: Any) -> None:
    lib_duckdb_session.make_default(state)


provide(Provider("duckdb", "duckdb's default connection", LATE, lambda _: None, _default, _put))


def _servers() -> dict[str, Any]:
    fakeredis: Any = sys.modules.get("fakeredis")
    servers = getattr(getattr(fakeredis, "FakeServer", None), "_servers_map", None)
    return servers if type(servers) is dict else {}


def _put_servers(_: Any, state: dict[str, Any]) -> None:
    import fakeredis  # noqa: F401  its servers are looked for below

    here = _servers()
    here.update({name: server for name, server in state.items() if told_of(server) is None})


provide(
    Provider("fakeredis", "fakeredis' servers", LATE, lambda _: None, lambda *_: dict(_servers()) or None, _put_servers)
)
