"""polars: columns of Python objects, which it does not serialise, and contexts of SQL with the frames they know."""

from __future__ import annotations

from typing import Any

from . import reducer


@reducer("polars.series.series:Series")
def series(value: Any) -> Any:
    if str(value.dtype) != "Object":
        return NotImplemented
    return series_of_objects, (value.name, value.to_list())


def series_of_objects(name: str, values: list[Any]) -> Any:
    import polars

    return polars.Series(name, values, dtype=polars.Object)


@reducer("polars.dataframe.frame:DataFrame")
def frame(value: Any) -> Any:
    if not any(str(kind) == "Object" for kind in value.dtypes):
        return NotImplemented
    return frame_of_columns, (type(value), value.get_columns())


def frame_of_columns(cls: Any, columns: list[Any]) -> Any:
    return cls(columns)


@reducer("polars.sql.context:SQLContext")
def sql_context(value: Any) -> Any:
    frames = {name: value.execute(f'SELECT * FROM "{name}"', eager=False) for name in value.tables()}
    return make_sql_context, (type(value), frames, value._eager_execution)


def make_sql_context(cls: Any, frames: dict[str, Any], eager: bool) -> Any:
    return cls(frames, eager=eager)
