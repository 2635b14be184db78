"""What streams name to make arrays again, over the memory that was theirs."""

from __future__ import annotations

from typing import Any

from ..store.room import UNUSED
from .aliasing import object_views
from .aliasing.addresses import axes_in_memory
from .looking import pointers


def array(data: Any, dtype: Any, shape: tuple[int, ...], order: str, writable: bool) -> Any:
    """An array that owns its memory, as the saved one did: views of it name it as their base."""
    import numpy as np

    if (made := _taken_over(data, dtype, shape, order)) is not None:
        made.flags.writeable = writable
        return made
    made = np.empty(shape, dtype, order)  # type: ignore[call-overload]
    if made.size:
        flat = (made.T if order == "F" else made).reshape(-1)
        flat.view(np.uint8)[:] = np.frombuffer(data, np.uint8)
    made.flags.writeable = writable
    return made


def fill_read_only(made: Any, state: Any) -> None:
    made.__setstate__(state)
    made.flags.writeable = False


def _taken_over(data: Any, dtype: Any, shape: tuple[int, ...], order: str) -> Any:
    """The array in whose memory the bytes are, made the one that is wanted; None unless nobody has taken it over yet.

    A copy would need the array's size once more, and touch it once more, which takes longer than reading it.
    """
    import numpy as np

    owner = getattr(getattr(data, "obj", None), "base", None)
    if type(owner) is not np.ndarray or owner.dtype != UNUSED or not owner.flags.owndata:
        return None
    if dtype == UNUSED or owner.nbytes != data.nbytes or (order == "F" and len(shape) > 1):
        return None
    owner.dtype = dtype  # type: ignore[misc]
    owner.resize(shape, refcheck=False)  # of the same size: only its shape is another
    return owner


def view(base: Any, offset: int, dtype: Any, shape: tuple[int, ...], strides: tuple[int, ...], writable: bool) -> Any:
    """An array that looks into another's memory, or a bytearray's, ``offset`` bytes from its start."""
    import numpy as np

    if isinstance(base, np.ndarray):
        locked = not base.flags.writeable
        owner = base if base.flags.c_contiguous else base.transpose(axes_in_memory(base))
        if owner.dtype.hasobject:  # strings of any length as well
            made = object_views.view(np.asarray(owner), offset, dtype, shape, strides)
            _set_base(made, base)
        else:
            has_dates = owner.dtype.kind in "mMV"  # or may: dates, and records of them, show no buffer
            memory = np.asarray(owner).reshape(-1).view(np.uint8) if has_dates else owner
            made = np.ndarray(shape, dtype, memory, offset, strides)
        writable = writable and not locked
    else:
        made = _over_buffer(base, offset, dtype, shape, strides)
    if not writable:
        made.flags.writeable = False
    return made


def _over_buffer(base: Any, offset: int, dtype: Any, shape: tuple[int, ...], strides: tuple[int, ...]) -> Any:
    """An array over a buffer, which is held while it is: ``np.ndarray`` alone lets it be resized or closed below the array."""
    import numpy as np

    if not memoryview(base).nbytes:
        return np.ndarray(shape, dtype, base, offset, strides)
    if len(shape) == 1 and shape[0] and strides == (dtype.itemsize,):
        return np.frombuffer(base, dtype, shape[0], offset)
    return np.ndarray(shape, dtype, np.frombuffer(base, np.uint8), offset, strides)


def dressed(array: Any, cls: type) -> Any:
    """An array of a subclass that has attributes of its own, over the plain array's memory."""
    return array.view(cls)


_BASE = pointers.FIRST + 4 * pointers.SIZE
"Where numpy's structure of an array has its base: after its data, its number of axes, its shape and its strides."


def fill_over(made: Any, state: tuple[dict[str, Any], Any]) -> None:
    """Give an array its attributes, and the very array as its base that it had."""
    attributes, base = state
    if attributes:
        made.__dict__.update(attributes)
    _set_base(made, base)


def _set_base(made: Any, base: Any) -> None:
    """numpy lets nobody choose an array's base, and takes the first that is of another class than the array, or one of its own making."""
    import numpy as np

    same_memory = isinstance(base, np.ndarray) and np.may_share_memory(made, base)
    if same_memory and made.base is not base and pointers.held_at(made, _BASE) == id(made.base):
        pointers.exchange(made, _BASE, base)


def dressed_owner(array: Any, cls: type) -> Any:
    """One that owns its memory, and may be resized: what numpy makes of a subclass by itself is a copy."""
    import numpy as np

    made = np.ndarray.copy(array.view(cls), "K")
    made.flags.writeable = array.flags.writeable
    return made


def objects_lying_so(shape: tuple[int, ...], axes: tuple[int, ...]) -> Any:
    """An array of objects that owns its memory, in which its axes lie in this order. shape: in that order."""
    import numpy as np

    return np.empty(shape, object).transpose(np.argsort(axes)).copy("K")


def fill_objects(made: Any, objects: list[Any]) -> None:
    lying = made.transpose(axes_in_memory(made)).reshape(-1)
    for number, one in enumerate(objects):  # given all at once, numpy would look into those that are sequences
        lying[number] = one
