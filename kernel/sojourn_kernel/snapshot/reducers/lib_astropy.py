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
