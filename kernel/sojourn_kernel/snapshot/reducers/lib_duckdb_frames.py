"""duckdb: the frames behind views that ``register`` made, which share their memory with those that the session goes on to change.

duckdb holds a shallow copy of a frame of pandas that it was given, which nothing but itself leads to, and the very dict of arrays.
"""

from __future__ import annotations

import contextlib
import gc
import sys
from collections.abc import Iterator
from typing import Any

from . import lib_duckdb_session as session
from .sqlite_functions import functions_given_by

COPIED = "what the view {} shows is what it was: it no longer hears of changes to what was registered"


def shows_memory(sql: str) -> bool:
    """Whether a view shows memory that others can write to: rows of Arrow's and relations stay as they are; duckdb 1.4 says nothing."""
    return not sql or "pandas_scan()" in sql


def behind(connection: Any, view: str, rows: Any, fresh: Any) -> Any:
    """What a view of these rows was made of, so that it shares its memory again; None where that is not found."""
    pandas: Any = sys.modules.get("pandas")
    if pandas is None:
        return None
    shown = rows.to_pandas()
    same = [one for one in _frames(pandas, rows.column_names) if one is not shown and _shows(fresh, one, shown)]
    if len(same) > 1 and not _share(same):
        same = [one for one in same if not _is_held(one, same)]
    if same:
        return same[0] if _share(same) else None
    calls, _ = functions_given_by(connection, "register", {view})
    given = next((one for _, values, named in calls for one in (*values[1:], *named.values())), None)
    numpy = sys.modules["numpy"]
    return given if type(given) in (dict, numpy.ndarray) and _shows(fresh, given, shown) else None


def _frames(pandas: Any, columns: list[str]) -> Iterator[Any]:
    for one in gc.get_objects():
        if issubclass(type(one), pandas.DataFrame):
            with contextlib.suppress(Exception):  # a frame that is half made
                if list(map(str, one.columns)) == columns:
                    yield one


def _shows(fresh: Any, one: Any, shown: Any) -> bool:
    """Whether a view of it would have these rows. fresh: a connection that has nothing of the user's."""
    with contextlib.suppress(Exception):  # not what duckdb takes
        fresh.register("sojourn_rows", one)
        try:
            return bool(session.table(fresh, "sojourn_rows").to_pandas().equals(shown))
        finally:
            fresh.unregister("sojourn_rows")
    return False


def _share(frames: list[Any]) -> bool:
    """Whether they all show the same memory."""
    import numpy as np

    first, *others = ([one.iloc[:, place].to_numpy() for place in range(one.shape[1])] for one in frames)
    return all(np.may_share_memory(a, b) for other in others for a, b in zip(first, other, strict=True))


def _is_held(one: Any, frames: list[Any]) -> bool:
    """Whether anything of Python's leads to a frame."""
    return any(holder is not frames for holder in gc.get_referrers(one) if type(holder).__name__ != "frame")
