"""PyTables: files are opened again; tables, arrays, groups and their attributes are found in them by their paths. So with pandas' stores."""

from __future__ import annotations

from typing import Any

from ...told import Cause
from .. import rebuild
from ..process import by_number, settling
from . import CannotKeep, reducer
from .layers import FileGone, nothing_leads_to


@reducer("tables.file:File")
def file(value: Any) -> Any:
    if not value.isopen:
        raise CannotKeep(Cause.LIVE_RESOURCE, "it is closed")
    if value.mode != "r" and settling.is_kernel():
        value.flush()
    driver = value.params["DRIVER"]
    if driver not in (None, "H5FD_SEC2"):
        raise CannotKeep(Cause.LIVE_RESOURCE, f"its data are in memory or elsewhere ({driver})")
    path = by_number.path_of(value.fileno(), value.filename)
    if not path:
        raise nothing_leads_to(value.filename)
    return open_file, (path, "r" if value.mode == "r" else "a")


def open_file(path: str, mode: str) -> Any:
    import tables

    try:
        if not tables.is_hdf5_file(path):
            raise FileGone(f"{path} is no HDF5 file here")
        return tables.open_file(path, mode)
    except (OSError, tables.HDF5ExtError) as error:
        raise FileGone(f"the HDF5 file {path} can't be opened here: {error}") from None


@reducer("tables.node:Node")
def node(value: Any) -> Any:
    if not value._v_isopen:
        raise CannotKeep(Cause.LIVE_RESOURCE, "its HDF5 file is closed")
    return node_of, (value._v_file, value._v_pathname)


def node_of(file: Any, path: str) -> Any:
    return file.get_node(path)


@reducer("tables.attributeset:AttributeSet")
def attributes(value: Any) -> Any:
    return attributes_of, (value._v_node,)


def attributes_of(node: Any) -> Any:
    return node._v_attrs


@reducer("tables.tableextension:Row")
def row(value: Any) -> Any:
    raise CannotKeep(
        Cause.LIVE_RESOURCE, "a table's row knows its place only in its own process; the table gives another"
    )


@reducer("pandas.io.pytables:HDFStore")
def store(value: Any) -> Any:
    return bare_store, (type(value),), dict(vars(value)), None, None, rebuild.fill_attributes


def bare_store(cls: Any) -> Any:
    """pandas imports PyTables when it opens a store, and has none of it for one that it did not open here."""
    from pandas.io import pytables

    pytables._tables()  # type: ignore[attr-defined]
    return cls.__new__(cls)
