"""SQLAlchemy's engines, with how they connect and what listens to them, and its connections, which connect again when they are used.

An engine has no record of the arguments it was made with; they are read from the pool and the dialect that it made of them. A
database in memory is the connection in the engine's pool, and comes back as one.
"""

from __future__ import annotations

import sys
from typing import Any

from ...told import Cause
from .. import rebuild
from ..libraries import places
from . import CannotKeep, KeptBut, reducer
from .lib_sqlite import databases_of

_OF_POOLS = {
    "pool_size": ("pool_size", lambda pool: pool.size if isinstance(pool.size, int) else pool._pool.maxsize),
    "max_overflow": ("max_overflow", lambda pool: pool._max_overflow),
    "timeout": ("pool_timeout", lambda pool: pool._timeout),
    "use_lifo": ("pool_use_lifo", lambda pool: pool._pool.use_lifo),
    "recycle": ("pool_recycle", lambda pool: pool._recycle),
    "pre_ping": ("pool_pre_ping", lambda pool: pool._pre_ping),
    "reset_on_return": ("pool_reset_on_return", lambda pool: pool._reset_on_return.name.removeprefix("reset_")),
    "logging_name": ("pool_logging_name", lambda pool: pool._orig_logging_name),
    "echo": ("echo_pool", lambda pool: pool.echo),
}
"""Arguments of pools: what create_engine calls them, and where a pool has them."""
_OF_DIALECTS = {
    "isolation_level": "_on_connect_isolation_level",
    "max_identifier_length": "_user_defined_max_identifier_length",
}
_PLACE = "cargs_tup"  # what create_engine's connecting function calls where to connect to
CONNECTS_AGAIN = "it connects again when it is used; what its transaction had not committed is gone"
_NOT_OF_USERS = ("dbapi", "compiler_linting", "dialect")
_WITH_RETVAL = ("before_execute", "before_cursor_execute")  # wrapped, unless they were given with retval=True
_SHARED = ("sqlmodel.main:default_registry", "sqlmodel.main:SQLModel.metadata")


@reducer("sqlalchemy.engine.base:Engine")
def engine(value: Any) -> Any:
    if "_proxied" in vars(value):
        return option_engine, (value._proxied, dict(value._execution_options))
    if type(value).__name__ != "Engine":
        raise CannotKeep(Cause.UNPICKLABLE, f"how a {type(value).__name__} was made can't be read out")
    url = value.url.render_as_string(hide_password=False)
    listeners, missing = listeners_of({id(value): "", id(value.pool): "pool", id(value.dialect): "dialect"})
    state = {"raw": _in_memory(value), "listeners": listeners}
    reduced = new_engine, (url, _arguments(value)), state, None, None, fill_engine
    if missing:
        raise KeptBut(reduced, f"what listens to it has to be given again: {', '.join(missing)}")
    if state["raw"] is None and "mode=memory" in url and value.url.get_backend_name() == "sqlite":
        raise KeptBut(reduced, "its database in memory, which others have open by its name, is gone with its process")
    return reduced


def _arguments(value: Any) -> dict[str, Any]:
    """Those of create_engine that give such an engine."""
    import sqlalchemy
    from sqlalchemy import util

    plain = sqlalchemy.create_engine(value.url, poolclass=sqlalchemy.pool.NullPool, _initialize=False)
    pool, dialect = value.pool, value.dialect
    found: dict[str, Any] = {"poolclass": type(pool), "echo": value.echo, "hide_parameters": value.hide_parameters}
    for name in util.get_cls_kwargs(type(pool)) & _OF_POOLS.keys():
        given, read = _OF_POOLS[name]
        found[given] = read(pool)
    for name in util.get_cls_kwargs(type(dialect)):
        attribute = _OF_DIALECTS.get(name) or next(
            (one for one in (name, f"_{name}") if one in vars(plain.dialect)), None
        )
        now, was = (getattr(one, attribute or "", None) for one in (dialect, plain.dialect))
        if name not in _NOT_OF_USERS and attribute and now != was:
            found[name] = now
    if value.logging_name:
        found["logging_name"] = value.logging_name
    if value._execution_options:
        found["execution_options"] = dict(value._execution_options)
    cache = value._compiled_cache
    found["query_cache_size"] = 0 if cache is None else cache.capacity
    creator = pool._creator
    if getattr(creator, "__module__", None) != "sqlalchemy.engine.create":
        return {**found, "creator": creator}
    inside = dict(zip(creator.__code__.co_freevars, (cell.cell_contents for cell in creator.__closure__), strict=True))
    place, usual = plain.dialect.create_connect_args(value.url)
    if connect := {key: one for key, one in inside["cparams"].items() if key not in usual or usual[key] != one}:
        found["connect_args"] = connect
    if list(inside[_PLACE]) != list(place):  # of a file by a name that is relative to another directory by now
        found[_PLACE] = inside[_PLACE]
    return found


def _in_memory(value: Any) -> Any:
    """The connection to a SQLite database in memory, if there is one yet; asking the engine for one would connect."""
    pool = value.pool
    if value.url.get_backend_name() != "sqlite":
        return None
    held = [
        *getattr(pool, "_all_conns", ()),
        vars(pool).get("connection"),
        *getattr(getattr(pool, "_pool", None), "queue", ()),
    ]
    for record in held:
        raw = getattr(record, "dbapi_connection", None)
        if is_in_memory(raw):
            return raw
    return None


def is_in_memory(raw: Any) -> bool:
    return type(raw).__module__ == "sqlite3" and not databases_of(raw)["main"]


Listener = tuple[str, str, Any, dict[str, Any]]  # to the engine, its pool or its dialect; event, function, options


def listeners_of(targets: dict[int, str]) -> tuple[list[Listener], list[str]]:
    """What code of others listens to on these objects, by id; and the events whose functions can't be read out."""
    from sqlalchemy.event import registry

    pools = [target for target, part in targets.items() if part == "pool"]
    found: list[Listener] = []
    missing: list[str] = []
    for (target, event, function), held in list(registry._key_to_collection.items()):
        called = next((one for one in (place() for place in held.values()) if one is not None), None)
        if target not in targets or called is None:
            continue
        wrapper = called.__name__ if id(called) != function else ""
        given = called if not wrapper else _inside(called, function)
        if given is not None and (getattr(given, "__module__", None) or "").startswith("sqlalchemy."):
            continue
        if given is None or wrapper not in ("", "wrap_kw", "wrap_leg", f"wrap_{event}"):
            if called.__module__ != "sqlalchemy.util.langhelpers" or target not in pools:  # its own, once
                missing.append(event)
            continue
        options = {"named": True} if wrapper == "wrap_kw" else {}
        if event in _WITH_RETVAL and wrapper in ("", "wrap_kw"):
            options["retval"] = True
        found.append((targets[target], event, given, options))
    return found, missing


def _inside(wrapper: Any, function: int) -> Any:
    held = [cell.cell_contents for cell in wrapper.__closure__ or ()]
    inner = [cell.cell_contents for one in held for cell in getattr(one, "__closure__", None) or ()]
    return next((one for one in (*held, *inner) if id(one) == function), None)


def new_engine(url: str, arguments: dict[str, Any]) -> Any:
    import sqlalchemy

    place = arguments.pop(_PLACE, None)
    made = sqlalchemy.create_engine(url, **arguments)
    if place is not None:
        creator = made.pool._creator
        creator.__closure__[creator.__code__.co_freevars.index(_PLACE)].cell_contents = place  # type: ignore
    return made


def fill_engine(made: Any, state: dict[str, Any]) -> None:
    """Give an engine the database in memory that it had, and then those who listen, who have heard of that connection."""
    from sqlalchemy import event

    if state["raw"] is not None:
        connect = made.pool._invoke_creator
        made.pool._invoke_creator = lambda record: state["raw"]
        try:
            made.connect().close()
        finally:
            made.pool._invoke_creator = connect
    for part, name, function, options in state[
        "listeners"
    ]:  # at what it was: a call that is made again is not a second one
        event.listen(getattr(made, part) if part else made, name, function, **options)


def option_engine(engine: Any, options: dict[str, Any]) -> Any:
    return engine.execution_options(**options)


@reducer("sqlalchemy.engine.base:Connection")
def connection(value: Any) -> Any:
    if type(value).__name__ != "Connection":
        raise CannotKeep(Cause.LIVE_RESOURCE, f"a {type(value).__name__} ends with its process; the engine is kept")
    raw = raw_of(value)
    local, memory = type(raw).__module__ == "sqlite3", is_in_memory(raw)
    begun = value.in_transaction() and memory and raw.in_transaction
    reduced = connection_of, (value.engine, value.closed, dict(value._execution_options), begun)
    if value.in_transaction() and raw is not None and not memory and (not local or raw.in_transaction):
        raise KeptBut(reduced, CONNECTS_AGAIN)
    return reduced


def raw_of(connection: Any) -> Any:
    """The driver's connection, or None where there is none any more."""
    gone = connection.closed or connection.invalidated
    return None if gone else connection._dbapi_connection.dbapi_connection


def connection_of(engine: Any, closed: bool, options: dict[str, Any], begun: bool) -> Any:
    """A connection that connects when it is used, as one that was invalidated does; or one that was closed."""
    from sqlalchemy.engine import Connection

    made = Connection(engine, connection=False, _allow_revalidate=not closed)  # type: ignore[arg-type]
    made._dbapi_connection = None
    made._execution_options = made._execution_options.union(options)
    if begun:
        made.begin()
    return made


def shared_place(value: Any) -> str | None:
    """The place of what SQLModel keeps for the tables of everyone."""
    known = _SHARED if "sqlmodel.main" in sys.modules else ()
    return next((place for place in known if places.get(place)[1] is value), None)


@reducer("sqlalchemy.sql.schema:MetaData")
def metadata(value: Any) -> Any:
    """With what was said of it (``info``) and what listens to it and its tables, which its own pickling leaves out."""
    tables = dict(value.tables)
    listeners, missing = listeners_of({id(value): "", **{id(table): key for key, table in tables.items()}})
    info, place = vars(value).get("info"), shared_place(value)
    if type(value).__name__ != "MetaData" or not (info or listeners or missing or place):
        return NotImplemented
    state = {"own": value.__getstate__(), "info": info, "listeners": listeners}
    make = (rebuild.bare, (type(value),)) if place is None else (rebuild.librarys_own, (place, type(value)))
    reduced = *make, state, None, None, fill_metadata
    if missing:
        raise KeptBut(reduced, f"what listens to it and its tables has to be given again: {', '.join(missing)}")
    return reduced


def fill_metadata(made: Any, state: dict[str, Any]) -> None:
    from sqlalchemy import event

    made.__setstate__(state["own"])
    if state["info"] is not None:
        made.info = state["info"]
    for part, name, function, options in state["listeners"]:
        event.listen(made.tables[part] if part else made, name, function, **options)
