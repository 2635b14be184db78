"""ctypes' libraries, functions of them, callbacks and pointers: found again by name, or made again over what they point to."""

from __future__ import annotations

import ctypes
import gc
import re
from typing import Any

from ...told import Cause
from .. import rebuild
from ..aliasing import lenders
from . import CannotKeep, reducer
from .lib_ctypes_pointers import into

_Data = ctypes.Structure.__base__ or ctypes.Structure
_SETTINGS = ("argtypes", "restype", "errcheck")
_PYTHON, _ERRNO, _LAST_ERROR = 4, 8, 16  # flags of function types


def load(cls: type, name: str | None, errno: bool) -> Any:
    return cls(name, use_errno=errno)


def fill_library(made: Any, functions: dict[str, dict[str, Any]]) -> None:
    for name, settings in functions.items():
        fill_function(getattr(made, name), settings)


def fill_function(made: Any, settings: dict[str, Any]) -> None:
    for name, value in settings.items():
        setattr(made, name, value)


@reducer("ctypes:CDLL")
def library(value: Any) -> Any:
    if type(value).__module__ != "ctypes":
        raise CannotKeep(Cause.UNPICKLABLE, "a library's own loader of functions can't be kept")
    functions = {name: _settings(held) for name, held in vars(value).items() if isinstance(held, value._FuncPtr)}
    errno = bool(value._FuncPtr._flags_ & _ERRNO)
    return load, (type(value), value._name, errno), functions, None, None, fill_library


def _settings(value: Any) -> dict[str, Any]:
    usual = type(value)._restype_
    found = {name: getattr(value, name, None) for name in _SETTINGS}
    return {k: v for k, v in found.items() if v is not None or (k == "restype" and usual is not None)}


def function_of(library: Any, name: str) -> Any:
    return getattr(library, name)


def callback(cls: Any, function: Any) -> Any:
    return cls(function)


@reducer("_ctypes:CFuncPtr")
def function(value: Any) -> Any:
    own = next((name for name, one in vars(ctypes).items() if one is value), None)
    if own is not None:  # memmove, memset
        return rebuild.live, (f"{rebuild.PLACE}ctypes:{own}",)
    held = list((value._objects or {}).values())
    library = next((one for one in held if isinstance(one, ctypes.CDLL)), None)
    if library is not None and vars(library).get(value.__name__) is value:
        return function_of, (library, value.__name__), _settings(value), None, None, fill_function
    called = [one for thunk in held for one in gc.get_referents(thunk) if callable(one) and not isinstance(one, type)]
    if library is None and len(called) == 1:
        return callback, (type(value), called[0])
    raise CannotKeep(Cause.LIVE_RESOURCE, "a function at an address of the old process can't be kept")


def function_type(result: Any, arguments: tuple[Any, ...], flags: int) -> Any:
    if flags & _PYTHON:
        return ctypes.PYFUNCTYPE(result, *arguments)
    return ctypes.CFUNCTYPE(
        result, *arguments, use_errno=bool(flags & _ERRNO), use_last_error=bool(flags & _LAST_ERROR)
    )


@reducer("_ctypes:PyCFuncPtrType")
def function_class(value: Any) -> Any:
    if not hasattr(value, "_argtypes_"):
        raise CannotKeep(Cause.UNPICKLABLE, "the type of a library's functions can't be kept")
    return function_type, (value._restype_, tuple(value._argtypes_), value._flags_)


def pointer(cls: Any, target: Any) -> Any:
    return cls() if target is None else cls(target)


@reducer("builtins:CArgObject", "_ctypes:CArgObject")  # as Python before 3.12 calls it, and since
def reference(value: Any) -> Any:
    """``byref(n)``; where in its object it looks stands in its text alone."""
    said = re.search(r"\(0x([0-9a-f]+)\)", repr(value))
    if said is None or not isinstance(value._obj, _Data):
        raise CannotKeep(Cause.LIVE_RESOURCE, "it points into the memory of the old process")
    return ctypes.byref, (value._obj, int(said[1], 16) - ctypes.addressof(value._obj))


@reducer("_ctypes:_Pointer")
def pointer_to(value: Any) -> Any:
    """What it was made of is kept with it, and pointed to again; what it was set to by an address is not known."""
    if not value:
        return pointer, (type(value), None)
    target = (value._objects or {}).get("1")
    if isinstance(target, type(value)._type_) and ctypes.addressof(target) == ctypes.addressof(value.contents):
        return pointer, (type(value), target)
    where = ctypes.addressof(value.contents)
    if (held := lenders.holder(where, ctypes.sizeof(value._type_))) is not None:
        return pointer_into, (type(value), *held), dict(vars(value)), None, None, rebuild.fill_attributes
    raise CannotKeep(Cause.LIVE_RESOURCE, "it points into the memory of the old process")


def pointer_into(cls: Any, owner: Any, offset: int) -> Any:
    return into(cls, owner, offset, ctypes.sizeof(cls._type_))
