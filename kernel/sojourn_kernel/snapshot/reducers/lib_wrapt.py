"""wrapt: proxies and decorated functions refuse to be pickled. They are made again around what they wrap."""

from __future__ import annotations

from typing import Any

from . import reducer


@reducer("wrapt.wrappers:ObjectProxy", "_wrappers:ObjectProxy", "wrapt.wrappers:BaseObjectProxy")
def proxy(value: Any) -> Any:
    cls = type(value)
    if any("__reduce__" in base.__dict__ or "__reduce_ex__" in base.__dict__ for base in cls.__mro__ if _is_own(base)):
        return value.__reduce_ex__(5)
    own = {k: v for k, v in getattr(value, "__self_dict__", {}).items() if k.startswith("_self_")}
    if "_self_adapter" not in own and hasattr(value, "_self_adapter"):
        own["_self_adapter"] = value._self_adapter
    return make_proxy, (cls, _parts(cls, value)), own, None, None, fill_proxy


def _is_own(base: type) -> bool:
    return base is not object and base.__module__.partition(".")[0] not in ("wrapt", "_wrappers")


def _base_of(cls: type) -> type:
    """The nearest class of wrapt's that takes what it wraps."""
    names = ("BoundFunctionWrapper", "FunctionWrapper", "ObjectProxy")
    return next(base for base in cls.__mro__ if base.__name__ in names and not _is_own(base))


def _parts(cls: type, value: Any) -> tuple[Any, ...]:
    kind = _base_of(cls).__name__
    if kind == "ObjectProxy":
        return (value.__wrapped__,)
    if kind == "FunctionWrapper":
        return value.__wrapped__, value._self_wrapper, value._self_enabled
    return (value.__wrapped__, value._self_instance, value._self_wrapper, value._self_enabled, value._self_binding, value._self_parent)  # fmt: skip


def make_proxy(cls: type, parts: tuple[Any, ...]) -> Any:
    made = cls.__new__(cls, *parts)
    _base_of(cls).__init__(made, *parts)  # type: ignore[misc]
    return made


def fill_proxy(made: Any, own: dict[str, Any]) -> None:
    for name, value in own.items():
        setattr(made, name, value)  # names that begin with _self_ are the proxy's own
