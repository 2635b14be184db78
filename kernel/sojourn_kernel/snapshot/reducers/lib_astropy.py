"""astropy: tables keep the very columns they hold, which its own pickling would copy."""

from __future__ import annotations

import weakref
from typing import Any

from .. import rebuild
from . import reducer


@reducer("astropy.table.table:Table")
def table(value: Any) -> Any:
    return rebuild.bare, (type(value),), dict(vars(value)), None, None, fill_table


def fill_table(made: Any, attributes: dict[str, Any]) -> None:
    rebuild.fill_attributes(made, attributes)
    for column in attributes["columns"].values():
        made._set_col_parent_table_and_mask(column)


@reducer("astropy.utils.data_info:DataInfo")
def info(value: Any) -> Any:
    """What is said of a column, and of which; its own pickling leaves out whose it is, and what a column that has a format needs to be shown."""
    slots = {name: getattr(value, name) for name in ("_attrs", "_copy_indices", "_parent_cls") if hasattr(value, name)}
    if hasattr(value, "_format_funcs"):
        slots["_format_funcs"] = {}
    of = value._parent_ref() if hasattr(value, "_parent_ref") else None
    return rebuild.bare, (type(value),), (slots, of), None, None, fill_info


def fill_info(made: Any, parts: tuple[dict[str, Any], Any]) -> None:
    slots, of = parts
    for name, held in slots.items():
        object.__setattr__(made, name, held)
    if of is not None:
        object.__setattr__(made, "_parent_ref", weakref.ref(of))


def new_info(cls: type, slots: dict[str, Any]) -> Any:
    """Streams of before name it."""
    made = rebuild.bare(cls)
    for name, held in slots.items():
        setattr(made, name, held)
    return made
