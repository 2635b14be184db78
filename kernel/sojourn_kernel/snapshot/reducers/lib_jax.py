"""jax: devices and operations are the library's own; arrays are where they were put; of what it traced, the lines of code are left out."""

from __future__ import annotations

import importlib
import sys
from typing import Any

from ...told import Cause
from ..libraries import places
from ..once import once
from . import CannotKeep, reducer

_USUAL = 4  # bytes of a number, of which jax has no longer ones unless it is told to


@reducer("jaxlib._jax:Device", "jaxlib.xla_extension:Device")
def device(value: Any) -> Any:
    return find_device, (value.platform, value.id)


def find_device(platform: str, number: int) -> Any:
    import jax

    for one in jax.devices(platform):
        if one.id == number:
            return one
    raise CannotKeep(Cause.LIVE_RESOURCE, f"this node has no device {platform}:{number}")


# jax's own pickling leaves out on which devices an array is, and that it was put there: what is computed with it is there, too


@reducer("jaxlib._jax:ArrayImpl", "jaxlib.xla_extension:ArrayImpl")
def array_on_devices(value: Any) -> Any:
    committed = getattr(value, "committed", False) and value.is_fully_addressable
    if not committed and value.dtype.itemsize <= _USUAL:
        return NotImplemented
    make, arguments = value.__reduce__()[:2]
    return (put_on_devices, (make, arguments, value.sharding)) if committed else (whole, (make, arguments))


def put_on_devices(make: Any, arguments: tuple[Any, ...], sharding: Any) -> Any:
    import jax

    with _with_long_numbers():
        return jax.device_put(make(*arguments), sharding)


def whole(make: Any, arguments: tuple[Any, ...]) -> Any:
    """An array of 64-bit numbers, which jax cuts to 32 where the setting is not in force here that it was made under."""
    with _with_long_numbers():
        return make(*arguments)


def _with_long_numbers() -> Any:
    import jax

    try:
        return jax.enable_x64(True)
    except (AttributeError, TypeError):  # jax before 0.8 has it elsewhere
        return importlib.import_module("jax.experimental").enable_x64()


# What was traced (jaxprs, the functions of vjp and linearize) names operations, whose rules jax keeps by the object, and the lines of code
# that they came from, which are for messages alone


@reducer("jax._src.core:Primitive")
def primitive(value: Any) -> Any:
    place = once("primitives of jax", _primitives).get(id(value))
    return NotImplemented if place is None else (primitive_at, (place,))


def primitive_at(place: str) -> Any:
    module, _, name = place.partition(":")
    return getattr(importlib.import_module(module), name)


def _primitives() -> dict[int, str]:
    """Where jax's modules have their operations, by id."""
    cls: Any = sys.modules["jax._src.core"].Primitive  # type: ignore[attr-defined]
    return {
        id(one): f"{module}:{name}"
        for module, held in places.modules_of_library("jax")
        for name, one in list(vars(held).items())
        if isinstance(one, cls)
    }


@reducer("jaxlib._jax:Traceback", "jaxlib.xla_extension:Traceback")
def traced_from(value: Any) -> Any:
    return type(None), ()


@reducer("jax._src.literals:TypedNdArray")
def constant_of_a_trace(value: Any) -> Any:
    return type(value), (value.val, value.aval)
