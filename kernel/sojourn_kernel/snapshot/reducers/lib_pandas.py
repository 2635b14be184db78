"""pandas: blocks and labels, with who shares their memory.

Under copy-on-write it can't be seen that two frames share a block's memory, so each comes back with its own. Where something else
looks into it as well (``df["a"].to_numpy()``), or where an extension array is shared, the memory stays one, and the blocks know of
each other as before: the first that is written to takes a copy. Before pandas 3, unless it was asked for, there is no copy-on-write: blocks are
over the memory that they had, as other arrays are, and a frame has its columns' series (``df["a"] is df["a"]``).
"""

from __future__ import annotations

import functools
import io
import sys
import types
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ...told import Cause
from ..once import once_of
from ..process import by_number
from . import CannotKeep, reducer
from .arrays import Own
from .files import FileGone

_FEW = 10_000  # labels: more are worth keeping once


# Frames and series


@reducer("pandas.core.generic:NDFrame")
def frame(value: Any) -> Any:
    """Its own unpickling makes a copy of its ``attrs``, under the one name, and takes them as they are under the other.

    Its own pickling leaves out the name of a series whose class has a list ``_metadata`` of its own, and gives None to what was never set.
    """
    reduced = value.__reduce_ex__(5)
    state = reduced[2] if isinstance(reduced, tuple) and len(reduced) > 2 else None
    if type(state) is not dict or "_metadata" not in state or "_attrs" in state:
        return reduced
    if series := {} if _copies_on_write() else dict(vars(value).get("_item_cache", {})):
        return (*reduced[:2], (_whole(value, state), series), None, None, fill_frame)
    return (*reduced[:2], _whole(value, state), *reduced[3:])


def _whole(value: Any, state: dict[str, Any]) -> dict[str, Any]:
    own, cls = vars(value), type(value)
    unset = {name for name in state["_metadata"] if name not in own and not hasattr(cls, name)}
    kept = {"_attrs" if name == "attrs" else name: held for name, held in state.items() if name not in unset}
    if "_name" in own:
        kept.setdefault("_name", own["_name"])
    return kept | _accessors(value)


def _accessors(value: Any) -> dict[str, Any]:
    """The accessors of others than pandas (``df.fin``) that it has: each is made once, and may hold something."""
    names = value._accessors & vars(value).keys()
    found = {name: vars(value)[name] for name in names}
    return {name: held for name, held in found.items() if not type(held).__module__.startswith("pandas.")}


def fill_frame(made: Any, state: tuple[dict[str, Any], dict[Any, Any]]) -> None:
    made.__setstate__(state[0])
    if not hasattr(made, "_item_cache"):  # pandas 3 gives a new series whenever it is asked for a column
        return
    for column, series in state[1].items():
        made._item_cache[column] = series
        series._set_as_cached(column, made)


def _copies_on_write() -> bool:
    from pandas import _config

    asked: Any = getattr(_config, "using_copy_on_write", None)  # pandas 3 always does
    return asked is None or bool(asked())


# Blocks


@reducer("pandas._libs.internals:Block")
def block(value: Any) -> Any:
    import numpy as np

    if not _copies_on_write():
        return value.__reduce__()
    plain = type(value.values) is np.ndarray
    own = plain and not _seen_by_others(value)
    make, (values, *others) = value.__reduce__()
    if own or not any(one is not value for one in _sharers(value.refs)):
        return make, (Own(values) if own else values, *others)
    return make_block, (values, *others, value.refs)


def make_block(values: Any, placement: Any, ndim: int, refs: Any) -> Any:
    from pandas._libs.internals import _unpickle_block

    made = _unpickle_block(values, placement, ndim)
    refs.add_reference(made)
    made.refs = refs
    return made


def _sharers(refs: Any) -> Iterator[Any]:
    """The blocks and indexes that are there and share memory, as pandas knows them."""
    return (one for one in (ref() for ref in refs.referenced_blocks) if one is not None)


def _seen_by_others(value: Any) -> bool:
    """Whether more looks into a block's memory than the blocks and indexes that pandas knows to share it, and ourselves."""
    if _owner(value).base is not None:
        return True
    held = sys.getrefcount(_owner(value)) - _own_hands() - Own.HANDS[id(_owner(value))]
    return held > _known_holders(value, held)


def _owner(value: Any) -> Any:
    import numpy as np

    owner = value.values
    while type(owner.base) is np.ndarray:
        owner = owner.base
    return owner


def _known_holders(value: Any, held: int) -> int:
    """How many of those that pandas knows to share a block's memory hold it; ``held``: how often it is held in all.

    All that share are counted at once, since a frame's groups and rows are thousands; anew where one is gone.
    """
    owner = id(_owner(value))
    counts, hands = once_of(_known_holders, (value.refs,), lambda: (_held_arrays(value.refs), {}))
    if held < hands.setdefault(owner, held):
        counts[owner], hands[owner] = _held_arrays(value.refs)[owner], held
    return int(counts[owner])


def _held_arrays(refs: Any) -> Counter[int]:
    """By id, how often an array is one that shares, or what one that shares is a view of."""
    arrays = [one.values if hasattr(one, "mgr_locs") else one._data for one in _sharers(refs)]
    return Counter(map(id, arrays)) + Counter(id(one.base) for one in arrays if getattr(one, "base", None) is not None)


@functools.cache
def _own_hands() -> int:
    """References that counting itself takes, which Python's versions differ in."""
    import numpy as np

    return sys.getrefcount(_owner(types.SimpleNamespace(values=np.empty(1))))


@reducer("pandas._libs.internals:BlockValuesRefs")
def references(value: Any) -> Any:
    return make_references, ()


def make_references() -> Any:
    from pandas._libs.internals import BlockValuesRefs

    return BlockValuesRefs()


@reducer("pandas.core.internals.managers:SingleBlockManager")
def series_manager(value: Any) -> Any:
    return make_series_manager, (type(value), value.blocks[0], value.axes[0])


def make_series_manager(cls: Any, block: Any, axis: Any) -> Any:
    return cls(block, axis, verify_integrity=False)


# Labels


@reducer("pandas:Index", "pandas.core.indexes.base:Index")
def index(value: Any) -> Any:
    reduced = value.__reduce_ex__(5)
    refs = getattr(value, "_references", None)
    if refs is not None and once_of(index, (refs,), lambda: any(hasattr(one, "mgr_locs") for one in _sharers(refs))):
        return (*reduced[:2], refs, None, None, share_labels)
    if type(value).__name__ == "MultiIndex" and vars(value).get("_name") is not None:
        return (*reduced[:2], value._name, None, None, name_whole)  # its levels have names of their own
    if type(value).__name__ != "Index" or len(value) > _FEW or not hasattr(value.dtype, "na_value"):
        return NotImplemented
    make, (cls, state), *rest = reduced
    return make, (cls, {**state, "data": state["data"].copy()}), *rest


@reducer("pandas:MultiIndex", "pandas.core.indexes.multi:MultiIndex")
def levels_and_codes(value: Any) -> Any:
    """Its own unpickling makes levels of its own of those that it is given, whose names may be set, and other codes."""
    reduced = value.__reduce_ex__(5)
    make, (cls, parts) = reduced[:2]
    if make.__name__ != "_new_Index" or (len(reduced) > 2 and any(reduced[2:])):
        return index(value)
    more = (parts["levels"], parts["codes"], getattr(value, "_references", None), vars(value).get("_name"))
    return make, (cls, parts), more, None, None, take_parts


def take_parts(made: Any, parts: tuple[Any, Any, Any, Any]) -> None:
    levels, codes, refs, name = parts
    kind = type(made._levels)
    made._cache["levels"], made._codes = kind(levels), kind(codes)
    for level in levels:
        level._no_setting_name = True
    if refs is not None:
        share_labels(made, refs)
    if name is not None:
        name_whole(made, name)


@reducer("pandas:Flags", "pandas.core.flags:Flags")
def flags(value: Any) -> Any:
    """A frame's or a series' own, which knows it by a weak reference."""
    frame = value._obj()
    return NotImplemented if frame is None or frame.flags is not value else (flags_of, (frame,))


def flags_of(frame: Any) -> Any:
    return frame.flags


def share_labels(made: Any, refs: Any) -> None:
    made._references = refs
    refs.add_index_reference(made)


def name_whole(made: Any, name: Any) -> None:
    made._name = name


# Readers on their way through a file


@reducer("pandas.io.parsers.readers:TextFileReader")
def reader(value: Any) -> Any:
    handle = getattr(value.handles, "handle", None)
    if type(handle).__name__ == "_BytesIOWrapper":  # pandas' own, over text
        handle = handle.buffer
    if isinstance(handle, (io.StringIO, io.BytesIO)) and not handle.closed:
        source: Any = type(handle)(handle.getvalue())  # type: ignore[arg-type]
    else:
        source = getattr(handle, "name", None)
        compressed = handle is not None and value.handles.compression["method"] is not None
        if not isinstance(source, str) or handle.closed or compressed:  # type: ignore[union-attr]
            raise CannotKeep(Cause.LIVE_RESOURCE, "its place in what it reads can't be told")
        name, source = source, by_number.path_of(handle.fileno(), source)  # type: ignore[union-attr]
        if not source:
            raise CannotKeep(Cause.FILE, f"the file {name} was removed or replaced while it was read")
    return reader_at, (type(value), source, value.engine, value.orig_options, value._currow)


def reader_at(cls: Any, source: Any, engine: str, options: dict[str, Any], row: int) -> Any:
    if isinstance(source, str) and not Path(source).is_file():
        raise FileGone(f"the file {source} is not here")
    made = cls(source, engine, **options)
    if row:
        made.read(row)
        if made._currow != row:
            raise FileGone(f"the file {source} is shorter than where the session was")
    return made
