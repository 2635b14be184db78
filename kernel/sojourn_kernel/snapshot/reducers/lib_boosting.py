"""xgboost's and lightgbm's data sets, and what lightgbm trains on: native memory, and each library has a way to write or to make it again."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from ...told import Cause
from . import CannotKeep, KeptBut, reducer


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


# What training goes on from, which a data set holds: lightgbm's own pickling leaves its model out


_OWNED = "_InnerPredictor__is_manage_handle"


@reducer("lightgbm.basic:_InnerPredictor")
def predictor(value: Any) -> Any:
    import lightgbm

    shell = object.__new__(lightgbm.Booster)
    vars(shell).update(_handle=value._handle, pandas_categorical=value.pandas_categorical, best_iteration=-1)
    try:
        model = shell.model_to_string(num_iteration=-1)
    finally:
        shell._handle = None  # type: ignore[assignment]  # it is not the shell's to free
    state = {name: held for name, held in vars(value).items() if name not in ("_handle", _OWNED)}
    return make_predictor, (type(value), model), state


def make_predictor(cls: Any, model: str) -> Any:
    import lightgbm

    booster: Any = lightgbm.Booster(model_str=model)
    made = cls.__new__(cls)
    vars(made).update({"_handle": booster._handle, _OWNED: True})
    booster._handle = None
    return made


@reducer("lightgbm.basic:Booster")
def booster(value: Any) -> Any:
    if vars(value).get("train_set") is None:
        return NotImplemented
    raise KeptBut(
        value.__reduce_ex__(5),
        "it goes on predicting; where its training was is native memory: to train on, give it to lightgbm.train as init_model",
    )
