"""xgboost's and lightgbm's data sets: their memory is native, and each library has a way to write or to make it again."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from ...told import Cause
from . import CannotKeep, reducer


@reducer("xgboost.core:DMatrix")
def matrix(value: Any) -> Any:
    if type(value).__name__ != "DMatrix":
        raise CannotKeep(Cause.UNPICKLABLE, "xgboost writes out no data of this kind")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "matrix"
        value.save_binary(str(path))
        state = {name: held for name, held in vars(value).items() if name != "handle"}
        return make_matrix, (path.read_bytes(),), state


def make_matrix(data: bytes) -> Any:
    import xgboost

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "matrix"
        path.write_bytes(data)
        return xgboost.DMatrix(str(path))


@reducer("lightgbm.basic:Dataset")
def data_set(value: Any) -> Any:
    if value._handle is None:
        return NotImplemented
    if value.data is None or isinstance(value.data, (str, Path)):
        raise CannotKeep(Cause.UNPICKLABLE, "lightgbm has freed its raw data (free_raw_data=False keeps them)")
    # Constructed again from the same data and settings.
    return make_data_set, (type(value),), {**vars(value), "_handle": None}, None, None, fill_data_set


def make_data_set(cls: Any) -> Any:
    made = cls.__new__(cls)
    made._handle = None
    return made


def fill_data_set(made: Any, state: dict[str, Any]) -> None:
    vars(made).update(state)
    made.construct()
