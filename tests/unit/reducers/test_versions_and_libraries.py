"""What is kept of libraries, and of versions of libraries, that the sessions of the corpus can't have."""

from __future__ import annotations

import sys
import weakref
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest
from sojourn_kernel.snapshot.ambient import default_backends
from sojourn_kernel.snapshot.reducers import foreign_memory, lib_duckdb, lib_duckdb_session, lib_pandas, reducer_for


class Accessor:
    notes = ("held",)


def test_a_frame_has_the_accessors_that_pandas_2_made_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    import pandas as pd

    monkeypatch.setattr(pd.DataFrame, "_accessors", pd.DataFrame._accessors | {"fin"})
    frame, accessor = pd.DataFrame({"a": [1]}), Accessor()
    object.__setattr__(frame, "fin", accessor)
    make, arguments, state, *_ = lib_pandas.frame(frame)
    made = make(*arguments)
    made.__setstate__(state)
    assert vars(made)["fin"] is accessor


class Histogram:
    """One of two axes, with counts beyond each: its buffer shows only what is within."""

    __module__ = "boost_histogram._core.hist"

    def __init__(self) -> None:
        self.counts = np.zeros((5, 4), order="F")
        self.__array_interface__ = self.counts.__array_interface__

    def view(self, flow: bool) -> Any:
        return np.asarray(self) if flow else np.asarray(self)[1:-1, 1:-1]


@pytest.mark.parametrize("flow", [True, False])
def test_a_view_of_a_histogram_of_several_axes_is_found_in_it(flow: bool) -> None:
    one, other = Histogram(), Histogram()
    part = foreign_memory.part_of(one, one.view(flow))
    assert part is not None
    find, how = part
    found = foreign_memory.shown_by(other, find, how, one.view(flow))
    other.counts[:] = np.arange(20).reshape(5, 4)
    assert found.tolist() == other.view(flow).tolist()


def test_temporary_tables_of_duckdb_1_are_made_as_such() -> None:
    assert lib_duckdb._temporary("CREATE TABLE t(a INTEGER);") == "CREATE TEMP TABLE t(a INTEGER);"
    assert lib_duckdb._temporary("CREATE TEMP TABLE t(a INTEGER);") == "CREATE TEMP TABLE t(a INTEGER);"


def test_rows_that_duckdb_1_has_fetched_ahead_are_among_those_left() -> None:
    connection = SimpleNamespace(fetchall=lambda: [(1, "x"), (2, None)])
    table = lib_duckdb_session._fetched(connection, [("a", int), ("b", str)])
    assert table.to_pydict() == {"a": [1, 2], "b": ["x", None]}
    assert lib_duckdb_session._fetched(SimpleNamespace(fetchall=list), [("a", int)]).num_rows == 0


def test_a_backend_of_ibis_has_its_hash_before_its_tables_do() -> None:
    class BaseBackend:
        __module__, __qualname__ = "ibis.backends", "BaseBackend"

        def __hash__(self) -> int:
            return hash(self.__dict__["_con_args"])

        def __eq__(self, other: object) -> bool:
            return isinstance(other, BaseBackend) and hash(self) == hash(other)

        def __getstate__(self) -> dict[str, Any]:
            return {"_con_args": self.__dict__["_con_args"]}

    backend = BaseBackend()
    backend.__dict__.update(_con_args=("memory",), con=object())
    reduce = reducer_for(BaseBackend)
    assert reduce is not None
    make, arguments, state, _, _, fill = reduce(backend)
    made = make(*arguments)
    assert made in {backend}
    fill(made, state)
    assert vars(made) == vars(backend)


def test_the_backend_that_ibis_made_for_itself_is_its_own_again(monkeypatch: pytest.MonkeyPatch) -> None:
    config = ModuleType("ibis.config")
    backend = object()
    config.options = SimpleNamespace(default_backend=None)  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "ibis", ModuleType("ibis"))
    monkeypatch.setitem(sys.modules, "ibis.config", config)
    assert default_backends._default() is None
    config.options.default_backend = backend
    state = default_backends._default()
    assert state is not None
    config.options.default_backend = None
    default_backends._put(None, state)
    assert config.options.default_backend is backend


def test_a_variable_of_fipy_is_kept_with_what_its_own_pickling_leaves_out() -> None:
    class Variable:
        __module__, __qualname__ = "fipy.variables.variable", "Variable"

        def __getstate__(self) -> dict[str, Any]:
            return {"value": self.__dict__["value"]}

    variable = Variable()
    variable.__dict__.update(value=1, requiredVariables=[variable], constraints=["left"])
    reduce = reducer_for(Variable)
    assert reduce is not None
    make, arguments, state, _, _, fill = reduce(variable)
    made = make(*arguments)
    fill(made, state)
    assert vars(made) == vars(variable)


def test_what_is_said_of_a_column_of_astropy_can_be_shown_and_knows_its_column() -> None:
    class DataInfo:
        __module__, __qualname__ = "astropy.utils.data_info", "DataInfo"
        __slots__ = ("_attrs", "_copy_indices", "_format_funcs", "_parent_ref")

    class Column:
        pass

    info, column = DataInfo(), Column()
    info._attrs, info._copy_indices, info._format_funcs = {"format": "%5.2f"}, False, {"%5.2f": str}
    info._parent_ref = weakref.ref(column)
    reduce = reducer_for(DataInfo)
    assert reduce is not None
    make, arguments, state, _, _, fill = reduce(info)
    made = make(*arguments)
    fill(made, state)
    assert (made._attrs, made._copy_indices, made._format_funcs) == ({"format": "%5.2f"}, False, {})
    assert made._parent_ref() is column
