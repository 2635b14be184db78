"""SQLAlchemy's ORM: sessions with the objects that they hold, and what objects and statements refer to of mapped classes."""

from __future__ import annotations

from typing import Any

from ..objects import contents
from . import KeptBut, reducer
from .lib_sqlalchemy import CONNECTS_AGAIN, Listener, is_in_memory, listeners_of, raw_of
from .lib_sqlite import GOES_ON

_OPTIONS = (
    "bind", "autoflush", "expire_on_commit", "twophase", "enable_baked_queries", "autobegin", "join_transaction_mode",
)  # fmt: skip
_NOT_IN_ITS_STATE = ("_deleted", "_orphaned_outside_of_session", "_last_known_values", "insert_order", "identity_token")
"What an object's state leaves out as it is pickled, which is meant to be taken to another session."


@reducer("sqlalchemy.ext.orderinglist:OrderingList")
def numbered_list(value: Any) -> Any:
    """By itself it is made of its attributes, which lead back to it by the object that it is a part of."""
    return contents.filled(value, list)


@reducer("sqlalchemy.orm.state:InstanceState")
def state(value: Any) -> Any:
    """Of an object: loading it configures all mappers of its registry, so that their classes must be there."""
    classes = tuple(one.class_ for one in value.manager.mapper.registry.mappers)
    more = {name: value.__dict__[name] for name in _NOT_IN_ITS_STATE if name in value.__dict__}
    held = value.__getstate__(), more, value.session if more.get("_deleted") else None
    return new_state, (type(value), value.class_, classes), held, None, None, fill_state


def new_state(kind: type, cls: type, _: tuple[type, ...]) -> Any:
    return kind.__new__(kind)


def fill_state(made: Any, held: tuple[dict[str, Any], dict[str, Any], Any]) -> None:
    """session: the one that an object which it has deleted still belongs to, and that does not list it."""
    state, more, session = held
    made.__setstate__(state)
    made.__dict__.update(more)
    if session is not None:
        made.session_id = session.hash_key


@reducer("sqlalchemy.orm.attributes:QueryableAttribute")
def attribute(value: Any) -> Any:
    cls = value.class_
    if not isinstance(cls, type) or vars(cls).get(value.key) is not value:
        return NotImplemented
    return getattr, (cls, value.key)


@reducer("sqlalchemy.orm.interfaces:MapperProperty")
def of_mapper(value: Any) -> Any:
    parent = getattr(value, "parent", None)
    if parent is None or parent._props.get(value.key) is not value:
        return NotImplemented
    return property_of, (parent.class_, value.key)


def property_of(cls: type, key: str) -> Any:
    return vars(cls)["__mapper__"]._props[key]


@reducer("sqlalchemy.orm.session:Session")
def session(value: Any) -> Any:
    options = {name: getattr(value, name) for name in _OPTIONS if hasattr(value, name)}
    options |= {"query_cls": value._query_cls, "info": dict(value.info)}
    if getattr(value, "execution_options", None):  # since SQLAlchemy 2.1
        options["execution_options"] = dict(value.execution_options)
    binds = {key: bind for key, bind in getattr(value, "_Session__binds", {}).items() if isinstance(key, type)}
    if binds:
        options["binds"] = binds
    listeners, missing = listeners_of({id(value): ""})
    held = (list(value.identity_map.values()), list(value._new.values()), list(value._deleted.values()), listeners)
    reduced = new_session, (type(value), options), held, None, None, fill_session
    unheard = f"what listens to it has to be given again: {', '.join(missing)}" if missing else ""
    if told := [sentence for sentence in (_of_transaction(value), unheard) if sentence]:
        raise KeptBut(reduced, "; ".join(told))
    return reduced


def _of_transaction(value: Any) -> str:
    """What becomes of what its transaction has changed and not committed."""
    begun = value._transaction
    for connection, *_ in getattr(begun, "_connections", {}).values() if begun is not None else ():
        raw = raw_of(connection)
        if raw is not None and getattr(raw, "in_transaction", True):
            return GOES_ON if is_in_memory(raw) else CONNECTS_AGAIN
    return ""


def new_session(cls: type, options: dict[str, Any]) -> Any:
    return cls(**options)


def fill_session(made: Any, held: tuple[list[Any], list[Any], list[Any], list[Listener]]) -> None:
    from sqlalchemy import event, inspect

    stored, new, deleted, listeners = held
    for one in [*stored, *new]:  # and nothing that belongs to them: what of that it has is among these
        made._save_or_update_impl(inspect(one))
    for one in deleted:
        made._delete_impl(inspect(one), one, False)
    for _, name, function, options in listeners:
        event.listen(made, name, function, **options)
