"""SQLAlchemy's ORM: mapped classes, made again from what their mappers say.

A class statement can't be run again: it would make its table once more. The class comes back by value without its
attributes of the mapper, and its registry maps it, which gives it those.
"""

from __future__ import annotations

import inspect
import sys
import types
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from ...told import Cause
from ..rebuild import librarys_own
from . import CannotKeep, reducer
from .lib_sqlalchemy import shared_place

_OF_THE_MAPPER = ("__mapper__", "_sa_class_manager", "__init__")
_OF_RELATIONSHIPS = (
    "uselist", "collection_class", "backref", "post_update", "viewonly", "lazy", "passive_deletes", "passive_updates", "active_history",
    "enable_typechecks", "join_depth", "comparator_factory", "single_parent", "innerjoin", "distinct_target_key", "load_on_pending", "query_class",
    "sync_backref", "doc",
)  # fmt: skip
_OF_COLUMNS = ("deferred", "group", "comparator_factory", "active_history", "expire_on_flush", "doc", "raiseload")
_OF_SYNONYMS = ("map_column", "descriptor", "comparator_factory", "doc")

_waiting: dict[type, list[Callable[[], None]]] = {}
"""What has to be mapped after a class that is not yet: its subclasses."""
_early: dict[type, Any] = {}
"""Mappers of classes that are not mapped yet."""


@reducer("sqlalchemy.orm.decl_api:registry")
def registry(value: Any) -> Any:
    if (place := shared_place(value)) is not None:
        return librarys_own, (place, type(value))
    return new_registry, (value.metadata, value.constructor, dict(value.type_annotation_map))


def new_registry(metadata: Any, constructor: Any, annotated: dict[Any, Any]) -> Any:
    from sqlalchemy.orm import registry

    return registry(metadata=metadata, constructor=constructor, type_annotation_map=annotated)


@reducer("sqlalchemy.orm.decl_api:DeclarativeMeta", "sqlalchemy.orm.decl_api:DeclarativeAttributeIntercept")
def declarative_class(value: type) -> Any:
    own = vars(value)
    if type(value).__name__ == "SQLModelMetaclass" and "__mapper__" not in own:
        return NotImplemented  # a model of data, without a table
    first = ("registry", "metadata") if "_sa_registry" in own else ()  # of the base of a family of classes
    return by_value(value, {name: own[name] for name in first if name in own})


def by_value(value: type, first: dict[str, Any]) -> Any:
    """Reduce a class of SQLAlchemy's ORM. first: what it must have when its base's hook looks at it."""
    from ..rebuild_classes import new_class

    mapper = vars(value).get("__mapper__")
    mapped = {} if mapper is None else _description(mapper)
    left_out = {"__dict__", "__weakref__", "_abc_impl", *first}
    if mapper is not None:
        left_out |= {*_OF_THE_MAPPER, *(name for name in vars(value) if _is_instrumented(value, name))}
    kept = {name: held for name, held in vars(value).items() if name not in left_out}
    bases = vars(value).get("__orig_bases__", value.__bases__)
    namespace = {"__module__": value.__module__, **first, "__abstract__": True}
    make = new_class, (new_declarative, (type(value), value.__name__, bases, namespace))
    return *make, (kept, mapped, value.__qualname__), None, None, fill_declarative


def new_declarative(meta: type, name: str, bases: tuple[Any, ...], namespace: dict[str, Any]) -> type:
    return types.new_class(name, bases, {"metaclass": meta}, lambda into: into.update(namespace))


def fill_declarative(made: type, state: tuple[dict[str, Any], dict[str, Any], str]) -> None:
    kept, mapped, qualname = state
    type.__delattr__(made, "__abstract__")
    for name, held in kept.items():
        type.__setattr__(made, name, held)
    made.__qualname__ = qualname
    if mapped:
        parent = mapped["options"].get("inherits")
        if parent is not None and "__mapper__" not in vars(parent):
            _waiting.setdefault(parent, []).append(lambda: _map(made, kept, mapped))
        else:
            _map(made, kept, mapped)


def _map(made: type, kept: dict[str, Any], mapped: dict[str, Any]) -> None:
    properties = {name: _new_property(*one) for name, one in mapped["properties"].items()}
    later = {name: properties.pop(name) for name in mapped["later"]}
    initial = mapped["init"]
    if initial is not None:
        type.__setattr__(made, "__init__", initial)
    with _as_mapper(_early.pop(made, None)):
        mapped["registry"].map_imperatively(made, mapped["table"], properties=properties, **mapped["options"])
    for name, one in later.items():
        vars(made)["__mapper__"].add_property(name, one)
    if "__table__" not in kept:  # it has its parent's
        type.__delattr__(made, "__table__")
    for name, watching in mapped["mutable"].items():
        watching.associate_with_attribute(vars(made)[name])
    for act in _waiting.pop(made, ()):
        act()


@contextmanager
def _as_mapper(early: Any) -> Iterator[None]:
    """While the body runs, the mapper that is made is this one, if there is one."""
    from sqlalchemy.orm import decl_base

    def initialised(*arguments: Any, **named: Any) -> Any:
        early.__init__(*arguments, **named)
        return early

    usual = decl_base.Mapper
    if early is not None:
        decl_base.Mapper = initialised  # type: ignore[assignment,misc]
    try:
        yield
    finally:
        decl_base.Mapper = usual  # type: ignore[misc]


def _is_instrumented(cls: type, name: str) -> bool:
    from sqlalchemy.orm.attributes import QueryableAttribute

    return isinstance(vars(cls)[name], QueryableAttribute)


def _description(mapper: Any) -> dict[str, Any]:
    """What a registry needs to map a class as it is mapped.

    others: classes of the registry that no name of the session stands for; relationships may say their names.
    """
    cls, plain = mapper.class_, _defaults(type(mapper))
    options = {
        name: getattr(mapper, name)
        for name, default in plain.items()
        if name not in ("polymorphic_on", "inherits", "primary_key") and getattr(mapper, name, default) is not default
    }
    if mapper._primary_key_argument:
        options["primary_key"] = list(mapper._primary_key_argument)
    if mapper.inherits is not None:
        options["inherits"] = mapper.inherits.class_
    if mapper.polymorphic_on is not None and (
        mapper.inherits is None or mapper.inherits.polymorphic_on is not mapper.polymorphic_on
    ):
        options["polymorphic_on"] = mapper.polymorphic_on
    if mapper.single or mapper.inherits is None:
        for name in ("inherit_condition", "inherit_foreign_keys"):
            options.pop(name, None)
    if mapper.version_id_col is None:
        options.pop("version_id_generator", None)
    initial = mapper.class_manager.original_init
    return {
        "registry": mapper.registry,
        "table": None if mapper.single else mapper.local_table,
        "options": options,
        "properties": {name: _reduced_property(cls, one) for name, one in mapper._init_properties.items()},
        "later": _added_later(mapper),
        "mutable": {name: found for name in _names_of_columns(mapper) if (found := _mutable(cls, name))},
        "init": initial if _is_own(cls, initial) else None,
        "others": [one.class_ for one in mapper.registry.mappers if not _is_a_root(one.class_)],
    }


def _added_later(mapper: Any) -> list[str]:
    """Names of properties that came after the table's columns, as those come that are set on a mapped class."""
    columns = [
        number
        for number, one in enumerate(mapper._props.values())
        if mapper.local_table.c.contains_column(next(iter(getattr(one, "columns", ())), None))
    ]
    order = list(mapper._props)
    return [name for name in order[max(columns, default=len(order)) + 1 :] if name in mapper._init_properties]


def _names_of_columns(mapper: Any) -> list[str]:
    return [name for name, one in mapper._props.items() if hasattr(one, "columns")]


def _mutable(cls: type, name: str) -> Any:
    """The class of sqlalchemy.ext.mutable that sees changes inside an attribute's values."""
    for listener in getattr(getattr(cls, name).dispatch, "set", ()):
        for one in (listener, *(cell.cell_contents for cell in listener.__closure__ or ())):
            if getattr(one, "__module__", None) == "sqlalchemy.ext.mutable":
                return dict(zip(one.__code__.co_freevars, one.__closure__, strict=True))["cls"].cell_contents
    return None


def _is_a_root(cls: type) -> bool:
    return vars(sys.modules["__main__"]).get(cls.__name__) is cls


def _is_own(cls: type, initial: Any) -> bool:
    """Whether a class's ``__init__`` before its mapper wrapped it is its own, and not its parent's."""
    above = [getattr(base.__dict__.get("_sa_class_manager"), "original_init", None) for base in cls.__mro__[1:]]
    plain = [base.__dict__.get("__init__") for base in cls.__mro__[1:]]
    return initial is not None and not any(initial is one for one in (*above, *plain))


def _defaults(mapper: type) -> dict[str, Any]:
    given = inspect.signature(mapper.__init__).parameters.values()  # type: ignore[misc]
    left_out = ("self", "class_", "local_table", "properties", "non_primary")
    return {one.name: one.default for one in given if one.name not in left_out and not one.name.startswith("_")}


def _reduced_property(cls: type, value: Any) -> tuple[str, Any]:
    from sqlalchemy.orm import descriptor_props

    kind = type(value).__name__
    if kind in ("RelationshipProperty", "Relationship", "_RelationshipDeclared"):
        found = {name: getattr(value, name) for name in _OF_RELATIONSHIPS}
        found |= {one.name: one.argument for one in value._init_args if one.argument is not None}
        if value.backref is not None:  # which sets the other one by itself
            found.pop("back_populates", None)
        if isinstance(getattr(value, "_overlaps", None), set):
            found["overlaps"] = ",".join(sorted(value._overlaps))
        return "relationship", (value.argument, {**found, "cascade": ", ".join(sorted(value.cascade))})
    if kind in ("ColumnProperty", "MappedSQLExpression"):
        return "column_property", (list(value.columns), {name: getattr(value, name) for name in _OF_COLUMNS})
    if kind in ("Synonym", "SynonymProperty"):
        found = {name: getattr(value, name) for name in _OF_SYNONYMS}
        if (
            getattr(getattr(found["descriptor"], "fget", None), "__module__", "") == descriptor_props.__name__
        ):  # its own
            del found["descriptor"]
        return "synonym", (value.name, found)
    if kind in ("Composite", "CompositeProperty"):
        options = {name: getattr(value, name) for name in ("deferred", "group", "active_history")}
        return "composite", (value.composite_class, [one.key for one in value.props], options)
    if kind == "Column":
        return "column", value
    raise CannotKeep(Cause.UNPICKLABLE, f"how it maps {cls.__name__} to {kind} can't be read out")


def _new_property(kind: str, given: Any) -> Any:
    from sqlalchemy import orm

    if kind == "column":
        return given
    if kind == "relationship":
        return orm.relationship(given[0], **given[1])
    if kind == "synonym":
        return orm.synonym(given[0], **given[1])
    if kind == "composite":
        return orm.composite(given[0], *given[1], **given[2])
    made = orm.column_property(
        *given[0], **{name: one for name, one in given[1].items() if name != "comparator_factory"}
    )
    made.comparator_factory = given[1]["comparator_factory"]
    return made


@reducer("sqlalchemy.orm.mapper:Mapper")
def mapper(value: Any) -> Any:
    return mapper_of, (value.class_,)


def mapper_of(cls: type) -> Any:
    """The mapper of a class; one that is initialised later for a class that is about to be mapped, by expressions over itself."""
    from sqlalchemy.orm import Mapper

    return vars(cls).get("__mapper__") or _early.setdefault(cls, Mapper.__new__(Mapper))


@reducer("sqlalchemy.orm.instrumentation:ClassManager")
def class_manager(value: Any) -> Any:
    return manager_of, (value.class_,)


def manager_of(cls: type) -> Any:
    from sqlalchemy.orm import instrumentation

    return instrumentation.opt_manager_of_class(cls) or instrumentation.register_class(cls, finalize=False)
