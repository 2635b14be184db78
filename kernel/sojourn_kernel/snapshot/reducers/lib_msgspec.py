"""msgspec: classes of structs, which C code makes from what their statements say; structs; encoders and decoders."""

from __future__ import annotations

import gc
import sys
import threading
import types
import weakref
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import cloudpickle.cloudpickle as cp

from ...told import Cause
from .. import rebuild, rebuild_classes
from ..looking.classes import module_of, names_of, qualname_of, state_of
from . import CannotKeep, reducer

_READABLE = ("frozen", "eq", "order", "array_like", "gc", "omit_defaults", "repr_omit_defaults",
             "forbid_unknown_fields", "weakref", "dict", "cache_hash")  # fmt: skip
_SAME = ("__struct_fields__", "__struct_encode_fields__", "__match_args__")
_OPTIONS = ("enc_hook", "decimal_format", "uuid_format", "order", "type", "strict", "dec_hook", "float_hook", "ext_hook")  # fmt: skip
_STARTS, _HASH = "__post_init__", "__msgspec_cached_hash__"
_thread = threading.local()
_made: weakref.WeakValueDictionary[str, Any] = weakref.WeakValueDictionary()
"""The classes made again here, by name: what is loaded with them may ask for them before the session's namespace has them."""


@reducer("msgspec._core:StructMeta")
def struct_class(value: Any) -> Any:
    """The skeleton has the fields, without their types: those may name the class itself, and are filled in."""
    fields = value.__struct_fields__
    own = [name for name in names_of(value).get("__annotations__", ()) if name in fields]
    defaults = dict(zip(fields[::-1], value.__struct_defaults__[::-1], strict=False))
    encoded = dict(zip(fields, value.__struct_encode_fields__, strict=True))
    described = [(name, encoded[name], *_default(defaults, name)) for name in own]
    options = {name: getattr(value.__struct_config__, name) for name in _READABLE} | _tag_and_rename(value)
    options["kw_only"] = bool(own) and not any(name in value.__match_args__ for name in own)
    same = {name: getattr(value, name) for name in _SAME}
    new = (type(value), value.__name__, cp._get_bases(value), module_of(value), described, options,  # type: ignore[attr-defined]
           _STARTS in names_of(value), same)  # fmt: skip
    attributes, slots, order = state_of(value)
    attributes.pop("__slots__", None)
    state = (cp._class_setstate, (attributes, slots), qualname_of(value), order)  # type: ignore[attr-defined]
    return rebuild_classes.new_class, (make_struct_class, new), state, None, None, rebuild_classes.fill_class


def _default(defaults: dict[str, Any], name: str) -> tuple[str, Any]:
    import msgspec

    held = defaults.get(name, msgspec.NODEFAULT)
    if held is msgspec.NODEFAULT:
        return "", None
    return ("default_factory", held.factory) if type(held).__name__ == "Factory" else ("default", held)


def _tag_and_rename(cls: Any) -> dict[str, Any]:
    """What the statement, or a base's, says of tags and of names; only what the class holds in C says how a subclass is renamed."""
    found: list[Any] = []
    for held in gc.get_referents(cls)[3:]:  # after the fields, their defaults and their encoded names
        if type(held) is dict and "__module__" in held and held.keys() == names_of(cls).keys():
            break
        if type(held).__name__ != "StructInfo":  # which decoders leave there
            found.append(held)
    if found and (found[-1] is getattr(cls, _STARTS, None) or getattr(found[-1], "__name__", "") == _STARTS):
        found.pop()
    if len(found) > 2:
        raise CannotKeep(Cause.UNPICKLABLE, "how its names are changed can't be read out")
    config, said = cls.__struct_config__, {}
    if len(found) == 2 or (found and _is_tag(found[0], cls)):
        said["tag"] = found.pop(0)
    if found:
        said["rename"] = found[0]
    return said | ({} if config.tag_field is None else {"tag_field": config.tag_field})


def _is_tag(held: Any, cls: Any) -> bool:
    tag = cls.__struct_config__.tag
    if tag is None or isinstance(held, Mapping):
        return False
    return held is True or (bool(held(cls.__name__) == tag) if callable(held) else bool(held == tag))


def make_struct_class(
    meta: Any,
    name: str,
    bases: tuple[Any, ...],
    module: str,
    fields: list[tuple[str, str, str, Any]],
    options: dict[str, Any],
    starts: bool,
    same: dict[str, Any],
) -> Any:
    import msgspec

    namespace: dict[str, Any] = {"__module__": module, "__annotations__": {own: object for own, *_ in fields}}
    for own, encoded, kind, held in fields:
        namespace[own] = msgspec.field(name=encoded, **({kind: held} if kind else {}))
    if starts:

        def start(self: Any) -> None:  # msgspec takes the function as the class is made, before it is filled
            if not getattr(_thread, "quiet", False):
                names_of(made)[_STARTS](self)

        start.__name__ = _STARTS
        namespace[_STARTS] = start
    made: Any = types.new_class(name, bases, {"metaclass": meta, **options}, lambda into: into.update(namespace))
    if any(getattr(made, one) != held for one, held in same.items()):
        raise TypeError("its fields come back as others")
    _made[name] = made
    return made


@reducer("msgspec:Struct", "msgspec._core:Struct")
def struct(value: Any) -> Any:
    """Without what a class made in a cell does with each new one, and so that it may hold itself."""
    cls = type(value)
    started = next((one for one in cls.__mro__ if _STARTS in names_of(one)), None)
    if started is not None and module_of(started) != "__main__":
        return NotImplemented
    slots = (
        *cls.__struct_fields__,
        _HASH,
    )  # the hash is said, so that it is no attribute added to it, and computed again
    fields = {name: object.__getattribute__(value, name) for name in slots if hasattr(value, name)}
    return bare_struct, (cls,), (fields, dict(getattr(value, "__dict__", {}))), None, None, fill_struct


def bare_struct(cls: Any) -> Any:
    with _quietly():
        return cls(**{name: [] for name in cls.__struct_fields__})  # lists: those the collector always looks into


@contextmanager
def _quietly() -> Iterator[None]:
    _thread.quiet = True
    try:
        yield
    finally:
        _thread.quiet = False


def fill_struct(made: Any, state: tuple[dict[str, Any], dict[str, Any]]) -> None:
    from msgspec.structs import force_setattr

    fields, attributes = state
    for name in type(made).__struct_fields__:
        if name in fields:
            force_setattr(made, name, fields[name])
        else:
            delattr(made, name)
    if attributes:
        made.__dict__.update(attributes)


@reducer("msgspec.json:Encoder", "msgspec.json:Decoder", "msgspec.msgpack:Encoder", "msgspec.msgpack:Decoder")
def coder(value: Any) -> Any:
    return make_coder, (type(value), {name: getattr(value, name) for name in _OPTIONS if hasattr(value, name)})


def make_coder(cls: Any, options: dict[str, Any]) -> Any:
    """An annotation that is text is looked up as a decoder is made, when the session's namespace is not filled yet."""
    main, lent = vars(sys.modules["__main__"]), []
    try:
        while True:
            try:
                return cls(**options)
            except NameError as error:
                if not error.name or error.name in main:
                    raise
                main[error.name] = _definition(error)
                lent.append(error.name)
    finally:
        for name in lent:
            del main[name]


def _definition(error: NameError) -> Any:
    if (found := _made.get(error.name)) is not None:
        return found
    try:
        return rebuild.definition(error.name)
    except LookupError:
        raise error from None
