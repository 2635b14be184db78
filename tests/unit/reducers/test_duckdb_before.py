"""duckdb before 1.2: its default connection is an attribute, and nothing can be put in its place."""

from __future__ import annotations

from typing import Any

import duckdb
import pytest
from sojourn_kernel.snapshot.reducers import lib_duckdb_session as session
from sojourn_kernel.snapshot.reducers import reducer_for


@pytest.fixture
def before(monkeypatch: pytest.MonkeyPatch) -> Any:
    default = duckdb.connect()
    monkeypatch.setattr(duckdb, "default_connection", default)
    monkeypatch.delattr(duckdb, "set_default_connection", raising=False)
    yield default
    default.close()


def moved(connection: Any) -> Any:
    keep: Any = reducer_for(type(connection))
    make, arguments = keep(connection)[:2]
    return make(*arguments)


def test_a_connection_is_kept(before: Any) -> None:
    connection = duckdb.connect()
    connection.execute("create table t as select 42 a; create temp table own as select 7 b")
    made = moved(connection)
    assert made is not before
    assert made.execute("select a, b from t, own").fetchall() == [(42, 7)]


def test_the_default_connection_is_that(before: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    before.execute("create table t as select 42 a")
    keep: Any = reducer_for(type(before))
    make, arguments = keep(before)[:2]
    monkeypatch.setattr(duckdb, "default_connection", fresh := duckdb.connect())
    assert make(*arguments) is fresh
    assert fresh.execute("from t").fetchall() == [(42,)]


def test_who_shares_a_database_is_seen_by_its_transactions() -> None:
    one, other = duckdb.connect(), duckdb.connect()
    assert session._count_together(one.cursor(), one.cursor())
    assert not session._count_together(one.cursor(), other.cursor())
