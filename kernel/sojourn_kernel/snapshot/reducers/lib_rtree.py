"""rtree: an index in memory is kept with its entries, which its own pickling leaves out."""

from __future__ import annotations

from typing import Any

from ...told import Cause
from ..objects import contents
from . import CannotKeep, reducer


@reducer("rtree.index:Index")
def index(value: Any) -> Any:
    from rtree.index import RT_Memory, RT_RTree

    if value.properties.storage != RT_Memory:  # made again over its files
        return NotImplemented
    if value.properties.type != RT_RTree:
        raise CannotKeep(Cause.UNPICKLABLE, "an index of moving objects does not show its entries")
    attributes = {name: held for name, held in vars(value).items() if name != "handle"}
    return contents.bare_of, (type(value), object), (attributes, _entries(value)), None, None, fill


def _plain(attributes: dict[str, Any]) -> Any:
    """An index of the library's own class, which hands data on as it is stored: what a class of the user's makes of it runs nowhere."""
    from rtree.index import Index

    made = object.__new__(Index)
    vars(made).update(attributes, interleaved=False, loads=bytes, dumps=bytes)
    return made


def _entries(value: Any) -> list[tuple[Any, list[float], bytes | None]]:
    """Number, bounds and data of each entry; the object itself where the number is its id."""
    from rtree.exceptions import RTreeError

    plain, objects = _plain(vars(value)), _of_container(value)
    try:
        everywhere = plain.bounds
        found = plain.intersection(everywhere, objects=True) if everywhere[0] <= everywhere[1] else ()
    except RTreeError:  # nothing is in it
        return []
    return [(one.id if objects is None else objects[one.id][1], one.bounds, one.object) for one in found]


def _of_container(value: Any) -> dict[int, tuple[int, Any]] | None:
    """How often a container of objects has each, and it, by its id; None for an index of numbers."""
    from rtree.index import RtreeContainer

    return value._objects if isinstance(value, RtreeContainer) else None


def fill(made: Any, state: tuple[dict[str, Any], list[tuple[Any, list[float], bytes | None]]]) -> None:
    from rtree.index import IndexHandle

    attributes, entries = state
    vars(made).update(attributes)
    if (objects := _of_container(made)) is not None:
        made._objects = {id(one): (count, one) for count, one in objects.values()}
        entries = [(id(one), bounds, data) for one, bounds, data in entries]
    plain = _plain(attributes)
    made.handle = plain._create_idx_from_stream(entries) if entries else IndexHandle(made.properties.handle)
