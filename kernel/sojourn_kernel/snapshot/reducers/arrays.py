"""numpy arrays: out of band, views as views, owners as owners."""

from __future__ import annotations

import gc
import itertools
import pickle
import sys
import types
import weakref
from collections import Counter
from dataclasses import dataclass
from typing import Any

from .. import rebuild, rebuild_arrays
from ..aliasing import addresses, lenders
from ..libraries import originals
from ..looking.classes import HEAP_TYPE
from . import KeptBut, foreign_memory, is_a_variable, lib_torch, reducer

SMALL_BASE = 64 << 20  # bytes: a base this small is kept for the sake of a view
LARGE_FACTOR = 8  # a base this many times larger than its only view is not
_BETWEEN = ("DummyArray", addresses.OF_AN_EXTENSION)  # bases that only lead to another


class Own:
    """Marks an array that must not share memory with others after loading."""

    HANDS: Counter[int] = Counter()
    "By id of the array that owns the memory: how many references to it are of marks and of what is stored of their arrays."

    def __init__(self, array: Any) -> None:
        self.array = array
        if array.base is None:
            _count_hand(self, array)


def _count_hand(holder: Any, owner: Any) -> None:
    Own.HANDS[id(owner)] += 1
    weakref.finalize(holder, _release, id(owner)).atexit = False


def _release(owner: int) -> None:
    Own.HANDS[owner] -= 1
    if not Own.HANDS[owner]:
        del Own.HANDS[owner]


@reducer("numpy:ndarray")
def ndarray(value: Any) -> Any:
    import numpy as np

    if type(value) is not np.ndarray:
        return _of_a_subclass(value)
    return owned(value) if value.base is None else _over_its_owner(value)


def _over_its_owner(value: Any) -> Any:
    import numpy as np

    owner = _owner(value.base)
    if not isinstance(owner, np.ndarray) and (held := _lent(value)) is not None:
        return held
    of_a_variable = isinstance(owner, np.ndarray) and is_a_variable(owner)  # which shows it itself
    if not of_a_variable and (foreign := foreign_memory.owner_of(value, value)) is not None:
        return _of_another_library(value, foreign)
    if foreign_memory.is_of_nobody(value, value):
        raise KeptBut(
            owned(value), "it looks into the memory of another library, and comes back with a memory of its own"
        )
    if isinstance(owner, np.ndarray):
        keeps = _worth_keeping(owner, value)
    elif type(owner).__name__ == "Tensor" and type(owner).__module__ == "torch":
        return lib_torch.array_on_tensor(value, owner)
    else:
        keeps = addresses.is_owner(owner)
    if not keeps:
        return owned(value)
    view = rebuild_arrays.view, addresses.place_in(owner, value)
    over_another = value.base is not owner and is_a_variable(value) and _base_is_seen(value, owner)
    return (*view, ({}, value.base), None, None, rebuild_arrays.fill_over) if over_another else view


def _lent(value: Any) -> Any:
    """An array over the memory of another that it doesn't name: ``np.from_dlpack(array)``."""
    if value.dtype.hasobject or not value.flags.forc:
        return None
    held = lenders.holder(value.__array_interface__["data"][0], value.nbytes)
    if held is None:
        return None
    owner, offset = held
    if owner is value:
        return None
    return rebuild_arrays.view, (owner, offset, value.dtype, value.shape, value.strides, value.flags.writeable)


@dataclass(frozen=True)
class Plain:
    """A plain array over the memory of one of a subclass that is being stored."""

    array: Any


@reducer("sojourn_kernel.snapshot.reducers.arrays:Plain")
def plain_over(value: Plain) -> Any:
    return _over_its_owner(value.array)


@dataclass(frozen=True)
class Shown:
    """A plain array over memory of another library's object."""

    array: Any
    owner: Any


@reducer("sojourn_kernel.snapshot.reducers.arrays:Shown")
def shown(value: Shown) -> Any:
    return _of_another_library(value.array, value.owner)


def _of_another_library(value: Any, owner: Any) -> Any:
    part = foreign_memory.part_of(owner, value)
    if part is not None:
        return foreign_memory.shown_by, (owner, *part, Own(value))
    name = type(owner).__name__
    raise KeptBut(owned(value), f"it looks into the memory of a {name}, and comes back with a memory of its own")


def _of_a_subclass(value: Any) -> Any:
    """Its attributes over the plain array, which may look into another's memory.

    A class that pickles in its own way would copy that memory; it is left to it where there is none, or where more than
    attributes may be lost.
    """
    import numpy as np

    cls = type(value)
    owner = _owner(value.base)
    if value.dtype.hasobject and value.dtype.names is None and not isinstance(owner, np.ndarray):
        return NotImplemented
    if not _pickles_like_numpy(cls) and (owner is None or not _is_array_and_attributes(cls)):
        return NotImplemented
    state = dict(getattr(value, "__dict__", None) or {})
    return NotImplemented if owner is None and not state else _dressed(value, owner, state)


@reducer("unyt.array:unyt_array")
def unyt_array(value: Any) -> Any:
    """Its own pickling leaves its name out."""
    return NotImplemented if value.dtype.hasobject else _dressed(value, _owner(value.base), dict(vars(value)))


def _dressed(value: Any, owner: Any, state: dict[str, Any]) -> Any:
    import numpy as np

    plain = value.view(np.ndarray)
    looks_into_another = isinstance(owner, np.ndarray) or addresses.is_owner(owner)
    foreign = foreign_memory.owner_of(plain, value)
    shown = (
        Shown(plain, foreign) if foreign is not None else Plain(plain) if looks_into_another else Own(plain),
        type(value),
    )
    dress = rebuild_arrays.dressed if value.base is not None else rebuild_arrays.dressed_owner
    if _base_is_seen(value, owner):
        return dress, shown, (state, value.base), None, None, rebuild_arrays.fill_over
    return (dress, shown, state, None, None, rebuild.fill_attributes) if state else (dress, shown)


def _base_is_seen(value: Any, owner: Any) -> bool:
    """Whether ``base`` is to be the array that it is: not where that would have a large one stored for the sake of a view."""
    import numpy as np

    if not isinstance(value.base, np.ndarray) or not isinstance(owner, np.ndarray):
        return False
    return owner.nbytes <= SMALL_BASE or is_a_variable(value.base)


def _pickles_like_numpy(cls: type) -> bool:
    import numpy as np

    masked = getattr(sys.modules.get("numpy.ma"), "MaskedArray", np.ndarray)
    return any(
        cls.__reduce__ is known.__reduce__ and cls.__reduce_ex__ is known.__reduce_ex__
        for known in (np.ndarray, masked)
    )


def _is_array_and_attributes(cls: type) -> bool:
    """Whether instances hold nothing but the array and a dict: no slots, nothing in C."""
    import numpy as np

    for base in cls.__mro__:
        if base in (np.ndarray, object):
            continue
        of_c = not base.__flags__ & HEAP_TYPE and base.__basicsize__ != base.__base__.__basicsize__  # type: ignore[union-attr]
        if of_c or any(type(part) is types.MemberDescriptorType for part in vars(base).values()):
            return False
    return True


def _owner(base: Any) -> Any:
    """Whose memory it is: the last in the chain of bases that comes back as what it was; None if nobody's."""
    import numpy as np

    nearest = None
    while isinstance(base, np.ndarray) or type(base) is memoryview or type(base).__name__ in _BETWEEN:
        if isinstance(base, np.ndarray):
            nearest = base
            if isinstance(base, np.memmap):
                return base
        base = base.obj if type(base) is memoryview else base.base
    return base if base is not None and (nearest is None or addresses.is_owner(base)) else nearest


@reducer("numpy:void")
def row(value: Any) -> Any:
    """A row of an array of records looks into it."""
    owner = _owner(value.base)
    if owner is None or type(owner).__name__ == "void":
        return NotImplemented
    return row_of, addresses.place_in(owner, value)


def row_of(*place: Any) -> Any:
    return rebuild_arrays.view(*place)[()]


@reducer("numpy:busdaycalendar")
def business_days(value: Any) -> Any:
    weekmask = [int(day) for day in value.weekmask]  # numpy before 2.4 takes no array of bools
    return type(value), (weekmask, value.holidays)


@reducer("numpy:_ArrayFunctionDispatcher")
def function(value: Any) -> Any:
    return originals.reduce(value)


@reducer("numpy:flatiter")
def flat_iterator(value: Any) -> Any:
    return flat_from, (value.base, value.index)


def flat_from(array: Any, index: int) -> Any:
    made = array.flat
    next(itertools.islice(made, index, index), None)  # as far as it had come
    return made


def owned(value: Any) -> Any:
    import numpy as np

    if value.dtype.hasobject and value.dtype.names is None:
        if value.flags.forc or not _comes_back_as_it_lies(value):
            return NotImplemented if value.flags.writeable else _read_only(value)
        lying, axes = _as_it_lies(value), addresses.axes_in_memory(value)
        objects = lying.reshape(-1).tolist()
        return rebuild_arrays.objects_lying_so, (lying.shape, axes), objects, None, None, rebuild_arrays.fill_objects
    order = "F" if value.flags.f_contiguous and not value.flags.c_contiguous else "C"
    if not value.flags.forc and _comes_back_as_it_lies(value):
        lying, axes = _as_it_lies(value), addresses.axes_in_memory(value)
        buffer = pickle.PickleBuffer(lying.reshape(-1).view(np.uint8))
        return array_lying_so, (buffer, value.dtype, lying.shape, axes, value.flags.writeable)
    if value.dtype.hasobject:
        made = (value.shape, value.dtype, order)
        return empty_records, made, (_fields(value), value.flags.writeable), None, None, fill_records
    flat = np.ascontiguousarray(value.T if order == "F" else value).reshape(-1).view(np.uint8)
    return rebuild_arrays.array, (pickle.PickleBuffer(flat), value.dtype, value.shape, order, value.flags.writeable)


def _read_only(value: Any) -> Any:
    """As numpy pickles it, which leaves that out."""
    make, arguments, state = value.__reduce__()
    return make, arguments, state, None, None, rebuild_arrays.fill_read_only


def _comes_back_as_it_lies(value: Any) -> bool:
    """Whether an array with its axes in another order than C's or Fortran's, as arithmetic leaves it, is kept in that order."""
    import numpy as np

    kept = type(value) is np.ndarray and (value.dtype.kind == "O" or not value.dtype.hasobject)
    return kept and _as_it_lies(value).flags.c_contiguous


def _as_it_lies(value: Any) -> Any:
    return value.transpose(addresses.axes_in_memory(value))


def array_lying_so(data: Any, dtype: Any, shape: tuple[int, ...], axes: tuple[int, ...], writable: bool) -> Any:
    """An array that owns its memory, in which its axes lie in this order: neither in C's nor in Fortran's. shape: in that order."""
    import numpy as np

    lying = np.frombuffer(data, np.uint8).view(dtype).reshape(shape)
    made = lying.transpose(np.argsort(axes)).copy("K")
    made.flags.writeable = writable
    return made


def _fields(records: Any) -> dict[str, Any]:
    """Copies of an array's fields by name: numpy's own state has views of the array that it is the state of."""
    fields = {name: records[name] for name in records.dtype.names}
    return {name: part.copy() if part.dtype.names is None else _fields(part) for name, part in fields.items()}


def empty_records(shape: tuple[int, ...], dtype: Any, order: Any) -> Any:
    import numpy as np

    return np.zeros(shape, dtype, order)


def fill_records(made: Any, state: tuple[dict[str, Any], bool]) -> None:
    _put_fields(made, state[0])
    if not state[1]:
        made.flags.writeable = False


def _put_fields(records: Any, fields: dict[str, Any]) -> None:
    for name, part in fields.items():
        if isinstance(part, dict):
            _put_fields(records[name], part)
        else:
            records[name] = part


@reducer("numpy:ufunc")
def ufunc(value: Any) -> Any:
    """What ``frompyfunc`` made of a function, which only the garbage collector can ask it for."""
    functions = [held for held in gc.get_referents(value) if callable(held)]
    if len(functions) != 1 or not value.__name__.endswith(" (vectorized)"):
        return NotImplemented
    return make_ufunc, (functions[0], value.nin, value.nout, value.identity)


def make_ufunc(function: Any, nin: int, nout: int, identity: Any) -> Any:
    import numpy as np

    return np.frompyfunc(function, nin, nout, identity=identity)


@reducer("sojourn_kernel.snapshot.reducers.arrays:Own")
def own(value: Own) -> Any:
    reduced = owned(value.array)
    if reduced is NotImplemented:
        return value.array.__reduce_ex__(pickle.HIGHEST_PROTOCOL)
    stored = memoryview(reduced[1][0]).obj
    if stored.base is not None:
        _count_hand(stored, stored.base)
    return reduced


def _worth_keeping(base: Any, value: Any) -> bool:
    if not (base.flags.forc or _comes_back_as_it_lies(base)):
        return False
    if base.nbytes <= SMALL_BASE or base.nbytes <= LARGE_FACTOR * value.nbytes:
        return True
    return sys.getrefcount(base) > 4  # the view's, this frame's, the caller's and the call's: somebody else has it
