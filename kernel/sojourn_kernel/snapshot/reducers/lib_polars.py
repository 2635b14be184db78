"""polars: columns over the memory of arrays, columns of Python objects, which it does not serialise, and contexts of SQL with the
frames they know."""

from __future__ import annotations

from typing import Any

from ..aliasing import lenders
from . import reducer


@reducer("polars.series.series:Series")
def series(value: Any) -> Any:
    if str(value.dtype) == "Object":
        return series_of_objects, (value.name, value.to_list())
    held = _lent(value)
    if held is None:
        return NotImplemented
    owner, offset, numbers = held
    return series_over, (type(value), value.name, owner, offset, numbers.nbytes, numbers.dtype)


def _lent(value: Any) -> tuple[Any, int, Any] | None:
    """The array whose memory a column of numbers uses (``pl.Series(array)`` takes no copy), where in it, and the numbers."""
    if not value.dtype.is_numeric() or value.n_chunks() != 1 or value.null_count() or not len(value):
        return None
    try:
        numbers = value.to_numpy(allow_copy=False)
    except Exception:  # of a kind that numpy does not have
        return None
    held = lenders.holder(numbers.__array_interface__["data"][0], numbers.nbytes)
    return None if held is None else (*held, numbers)


def series_over(cls: Any, name: str, owner: Any, offset: int, size: int, kind: Any) -> Any:
    return cls(name, lenders.lent(owner, offset, size, False).view(kind))


def series_of_objects(name: str, values: list[Any]) -> Any:
    import polars

    return polars.Series(name, values, dtype=polars.Object)


@reducer("polars.dataframe.frame:DataFrame")
def frame(value: Any) -> Any:
    columns = value.get_columns()
    if not any(str(one.dtype) == "Object" or _lent(one) is not None for one in columns):
        return NotImplemented
    return frame_of_columns, (type(value), columns)


def frame_of_columns(cls: Any, columns: list[Any]) -> Any:
    return cls(columns)


@reducer("polars.sql.context:SQLContext")
def sql_context(value: Any) -> Any:
    frames = {name: value.execute(f'SELECT * FROM "{name}"', eager=False) for name in value.tables()}
    return make_sql_context, (type(value), frames, value._eager_execution)


def make_sql_context(cls: Any, frames: dict[str, Any], eager: bool) -> Any:
    return cls(frames, eager=eager)
