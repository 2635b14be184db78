"""astropy: tables keep the very columns they hold, which its own pickling would copy."""

from __future__ import annotations

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


@reducer("astropy.utils.data_info:BaseColumnInfo")
def column_info(value: Any) -> Any:
    """What is said of a column; its own pickling leaves out what a column that has a format needs to be shown."""
    reduced: Any = value.__reduce_ex__(5)
    made_with: dict[str, Any] = {"_format_funcs": {}} if hasattr(value, "_format_funcs") else {}
    if hasattr(value, "_copy_indices"):
        made_with["_copy_indices"] = value._copy_indices
    return new_info, (type(value), made_with), reduced[2] if len(reduced) > 2 else None


def new_info(cls: type, slots: dict[str, Any]) -> Any:
    made = rebuild.bare(cls)
    for name, held in slots.items():
        setattr(made, name, held)
    return made
