"""Methods that the standard library wrote for a class made in a cell: where their code can't come along, the library writes them anew."""

from __future__ import annotations

import collections
import dataclasses
import sys
import types
import typing
from collections.abc import Callable
from typing import Any

from ..libraries.function_state import functions_in
from ..looking.classes import names_of
from ..lost import Absent, found_again, lost_code

_OPTIONS = ("init", "repr", "eq", "order", "unsafe_hash", "frozen")
_OF_PROTOCOLS = {"__protocol_attrs__", "__non_callable_proto_members__", "__callable_proto_members_only__"}


def write_again(cls: type) -> None:
    """Put right what of a class has lost its code, as far as the library that wrote it can."""
    lost = {name: held for name, held in names_of(cls).items() if type(_bare(held)) is Absent or _lost_in(held)}
    if not lost:
        return
    for belongs, write in _WRITERS.items():
        if belongs in names_of(cls):
            for name in lost:
                type.__delattr__(cls, name)
            try:
                write(cls, lost)
            except Exception:  # what it can't write is told, and says so when it is called
                pass
            for name, held in lost.items():
                if name in names_of(cls):
                    found_again(_lost_in(held))
                else:
                    type.__setattr__(cls, name, held)
            return


def _lost_in(held: Any) -> list[types.FunctionType]:
    """The functions without code in an attribute of a class, and in what they are wrapped in."""
    function = _bare(held)
    if type(function) is not types.FunctionType:
        return []
    inner = functions_in(function.__closure__ or ()) if lost_code(function) is None else []
    return [one for one in (function, *inner) if lost_code(one) is not None]


def _bare(held: Any) -> Any:
    return held.__func__ if type(held) in (classmethod, staticmethod) else held


def _dataclass(cls: type, _: dict[str, Any]) -> None:
    own = names_of(cls)
    fields, params = own["__dataclass_fields__"], own["__dataclass_params__"]
    annotations = own.get("__annotations__", {})
    before = {name: own[name] for name in annotations if name in own}
    try:
        for name in annotations.keys() & fields.keys():
            if fields[name]._field_type is dataclasses._FIELD:  # type: ignore[attr-defined]
                type.__setattr__(cls, name, fields[name])  # as the class statement said
        dataclasses.dataclass(**{name: getattr(params, name) for name in _OPTIONS}, match_args=False)(cls)
    finally:
        for name in annotations:
            if name in before:
                type.__setattr__(cls, name, before[name])
            elif name in names_of(cls):
                type.__delattr__(cls, name)


def _named_tuple(cls: Any, lost: dict[str, Any]) -> None:
    fresh = names_of(collections.namedtuple(cls.__name__, cls._fields, module=cls.__module__))  # type: ignore[misc]
    for name, old in lost.items():
        made, was = _bare(fresh[name]), _bare(old)
        made.__defaults__, made.__annotations__ = was.__defaults__, was.__annotations__
        type.__setattr__(cls, name, fresh[name])


def _protocol(cls: Any, _: dict[str, Any]) -> None:
    typing.Protocol.__init_subclass__.__func__(cls)  # type: ignore[attr-defined]
    for name in _OF_PROTOCOLS & names_of(cls).keys():
        type.__delattr__(cls, name)
    if sys.version_info >= (3, 12):  # its metaclass asks for that
        cls.__protocol_attrs__ = typing._get_protocol_attrs(cls)  # type: ignore[attr-defined]
    if cls._is_runtime_protocol:
        typing.runtime_checkable(cls)


_WRITERS: dict[str, Callable[[Any, dict[str, Any]], None]] = {
    "__dataclass_fields__": _dataclass,
    "_field_defaults": _named_tuple,
    "_is_protocol": _protocol,
}
"By a name that such a class has: what writes its methods."
