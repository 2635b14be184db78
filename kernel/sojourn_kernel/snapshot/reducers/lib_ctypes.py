"""ctypes classes made in cells, and arrays of them: their layout is a list of fields, their instances are bytes,
their own or another's."""

from __future__ import annotations

import ctypes
import os
import sys
from typing import Any

from ...told import Cause
from ..aliasing import addresses, lenders
from ..looking.classes import module_of, names_of, put_in_order
from . import CannotKeep, KeptBut, lib_ctypes_pointers, reducer

_OF_VALUES = "zZO"  # pointers that were made of a text or an object, and hold it
_LAYOUT = ("_fields_", "_pack_", "_anonymous_", "_swappedbytes_")
_NATIVE, _SWAPPED = (f"__ctype_{one}e__" for one in ("lb" if sys.byteorder == "little" else "bl"))


@reducer("_ctypes:PyCStructType", "_ctypes:UnionType")
def structure(value: Any) -> Any:
    own = vars(value)
    fields = [entry[0] for entry in own.get("_fields_", ())]
    skip = {*fields, "__dict__", "__weakref__", "_objects"}
    plain = {name: held for name, held in own.items() if name not in skip}
    layout = {name: plain.pop(name) for name in _LAYOUT if name in plain}
    return make_structure, (value.__name__, value.__bases__, {"__module__": value.__module__}), (layout, plain, list(own)), None, None, fill_structure  # fmt: skip


def make_structure(name: str, bases: tuple[type, ...], namespace: dict[str, Any]) -> Any:
    return type(bases[0])(name, bases, namespace)


def fill_structure(made: Any, state: tuple[Any, ...]) -> None:
    layout, plain, *order = state
    for name in ("_pack_", "_anonymous_", "_swappedbytes_", "_fields_"):
        if name in layout:
            setattr(made, name, layout[name])
    for name, held in plain.items():
        setattr(made, name, held)
    for names in order:  # none in a stream of before it was kept
        put_in_order(made, names)


@reducer("_ctypes:PyCSimpleType")
def simple_type(value: Any) -> Any:
    native = getattr(value, _NATIVE, value)
    if native is not value:  # of the other byte order, which ctypes made beside it
        return getattr, (native, _SWAPPED)
    skip = {"__dict__", "__weakref__", "_type_", _NATIVE, _SWAPPED}
    plain = {name: held for name, held in vars(value).items() if name not in skip}
    given = {"__module__": value.__module__} | {name: held for name, held in vars(value).items() if name == "_type_"}
    order = list(names_of(value))
    return make_structure, (value.__name__, value.__bases__, given), ({}, plain, order), None, None, fill_structure


@reducer("_ctypes:PyCArrayType")
def array_type(value: Any) -> Any:
    return make_array_type, (value._type_, value._length_, value.__module__)


def make_array_type(element: Any, length: int, module: str = "") -> Any:
    return _as_of(element * length, module)


@reducer("_ctypes:PyCPointerType")
def pointer_type(value: Any) -> Any:
    return make_pointer_type, (value._type_, value.__module__)


def make_pointer_type(to: Any, module: str) -> Any:
    return _as_of(ctypes.POINTER(to), module)


def _as_of(made: Any, module: str) -> Any:
    """A type that ctypes says to be of the module that first asked for it."""
    if module and module_of(made).partition(".")[0] == __name__.partition(".")[0]:
        made.__module__ = module
    return made


@reducer("_ctypes:Structure", "_ctypes:Union", "_ctypes:Array")
def instance(value: Any) -> Any:
    over = _over_other_memory(value)
    if over is not None:
        return over
    if not _has_pointers(type(value)):
        reduced = make_instance, (type(value), _bytes_of(value))
        if lib_ctypes_pointers.is_pointer(value._b_base_):
            raise KeptBut(reduced, "a pointer led to its memory, which nothing has here: it has a memory of its own")
        return reduced
    if _is_of_texts(value):
        return type(value), tuple(value)
    if (found := lib_ctypes_pointers.settings(value)) is None:
        raise CannotKeep(Cause.LIVE_RESOURCE, "it holds pointers into the memory of the old process")
    data, pointers = found
    return (
        lib_ctypes_pointers.with_pointers,
        (type(value), data),
        pointers,
        None,
        None,
        lib_ctypes_pointers.set_pointers,
    )


@reducer("_ctypes:_SimpleCData")
def simple(value: Any) -> Any:
    """ctypes itself refuses pointers, but not those whose class is derived from one of its own, as handles of libraries are."""
    if not _has_pointers(type(value)):
        return _over_other_memory(value) or NotImplemented
    if value and (type(value).__module__ != "ctypes" or type(value)._type_ not in _OF_VALUES or value._objects is None):
        raise CannotKeep(Cause.LIVE_RESOURCE, "it is a pointer into the memory of the old process")
    return type(value), (value.value,) if value else ()


def _is_of_texts(value: Any) -> bool:
    """Whether it is an array that was made of texts, each of which it holds."""
    of = type(value)._type_ if isinstance(value, ctypes.Array) else None
    if of not in (ctypes.c_char_p, ctypes.c_wchar_p) or value._b_base_ is not None:
        return False
    return len(value._objects or ()) >= sum(one is not None for one in value)


def _over_other_memory(value: Any) -> tuple[Any, ...] | None:
    """The reduction of an instance that is not alone in its memory; None of one that is."""
    if hasattr(value, "_wrapper"):  # multiprocessing's: processes that are forked share it
        return make_shared_instance, (type(value), bytes(value))
    return None if (place := _looked_into(value)) is None else (instance_over, (type(value), *place))


def _looked_into(value: Any) -> tuple[Any, int] | None:
    """What owns the memory of an instance, and where in that it begins: the structure or array that it is part of, the buffer that it was
    laid over, or what has the address that it was given (``numpy.ctypeslib.as_ctypes``)."""
    kept = value._objects if isinstance(value._objects, dict) else {}
    views = (held.obj for held in kept.values() if type(held) is memoryview)
    owner = next(views, None) if value._b_base_ is None else value._b_base_
    if lib_ctypes_pointers.is_pointer(owner):  # it is what that points to
        held = lib_ctypes_pointers.kept_around(owner, value)
        return held or lenders.holder(ctypes.addressof(value), ctypes.sizeof(value))
    if owner is not None:
        return owner, ctypes.addressof(value) - addresses.address(owner)
    return None if value._b_needsfree_ else lenders.holder(ctypes.addressof(value), ctypes.sizeof(value))


def _bytes_of(value: Any) -> bytes:
    """Its memory; another's may have been given back to the system, and reading it would end the process."""
    if value._b_needsfree_:
        return bytes(value)
    size = ctypes.sizeof(value)
    try:
        memory = os.open("/proc/self/mem", os.O_RDONLY)
    except OSError:  # a system without it
        return bytes(value)
    try:
        data = os.pread(memory, size, ctypes.addressof(value))
    except (OSError, OverflowError):
        raise CannotKeep(Cause.LIVE_RESOURCE, "its memory is gone") from None
    finally:
        os.close(memory)
    return data if len(data) == size else bytes(value)


def instance_over(cls: Any, owner: Any, offset: int) -> Any:
    return cls.from_buffer(owner, offset)


def make_instance(cls: Any, data: bytes) -> Any:
    return cls.from_buffer_copy(data)


def make_shared_instance(cls: Any, data: bytes) -> Any:
    from multiprocessing import sharedctypes

    made = sharedctypes.RawValue(cls)
    ctypes.memmove(ctypes.addressof(made), data, len(data))
    return made


def _has_pointers(cls: Any) -> bool:
    if issubclass(cls, ctypes.Array):
        return _has_pointers(cls._type_)
    if issubclass(cls, (ctypes.Structure, ctypes.Union)):
        return any(_has_pointers(entry[1]) for base in cls.__mro__ for entry in vars(base).get("_fields_", ()))
    return not issubclass(cls, ctypes._SimpleCData) or cls._type_ in "PzZO"
