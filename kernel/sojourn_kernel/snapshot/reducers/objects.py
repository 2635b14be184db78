"""Python's own kinds of objects that pickle refuses or changes: caches, weak references, views, bound state."""

from __future__ import annotations

import codecs
import functools
import gc
import itertools
import struct
import sys
import types
import weakref
from typing import Any

from ...told import Cause
from .. import rebuild
from ..libraries import patches
from ..looking.classes import slot_names
from . import CannotKeep, buffers, reducer

# What the interpreter says of itself


@reducer(*(f"sys:{name}" for name in ("float_info", "version_info", "int_info", "hash_info", "thread_info", "flags")))
def facts_of_the_interpreter(value: Any) -> Any:
    return the_interpreters, (type(value).__name__, tuple(value))


def the_interpreters(name: str, facts: tuple[Any, ...]) -> Any:
    """Such facts can't be made, only had: where this interpreter is another, they are lost."""
    here = getattr(sys, name)
    if tuple(here) != facts:
        raise ValueError(f"sys.{name} is {tuple(here)} here, and was {facts}")
    return here


@reducer("codecs:CodecInfo")
def codec(value: Any) -> Any:
    return codecs.lookup, (value.name,)


# functools.lru_cache


@reducer("functools:_lru_cache_wrapper")
def lru_cache(value: Any) -> Any:
    module = sys.modules.get(getattr(value, "__module__", None) or "")
    found: Any = module
    for part in (getattr(value, "__qualname__", "") or "").split("."):
        found = getattr(found, part, None)
    importable = found is value and module is not None and module.__name__ != "__main__"
    if importable and f"{module.__name__}:{value.__qualname__}" not in patches.SET:  # type: ignore[union-attr]
        return NotImplemented  # by its name
    parameters = value.cache_parameters()
    made_anew = ("__wrapped__", "cache_parameters")
    info = value.cache_info()
    state = {
        "entries": _entries(value),
        "attributes": {k: v for k, v in vars(value).items() if k not in made_anew},
        "counts": (info.hits, info.misses),
    }
    new = (value.__wrapped__, parameters["maxsize"], parameters["typed"])
    return remembered_cache, new, state, None, None, fill_remembered


class _Shim:
    """Stands for the function while a cache is filled: returns what was remembered, then calls the function."""

    __slots__ = ("function", "recall")

    def __init__(self, function: Any) -> None:
        self.function, self.recall = function, None

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self.recall is not None:
            return self.recall[0]
        return self.function(*args, **kwargs)


def remembered_cache(function: Any, maxsize: int | None, typed: bool) -> Any:
    shim = _Shim(function)
    made = functools.lru_cache(maxsize, typed)(shim)
    functools.update_wrapper(made, function)
    made.__dict__["_sojourn_shim"] = shim
    return made


def fill_remembered(made: Any, state: dict[str, Any]) -> None:
    shim = made.__dict__.pop("_sojourn_shim")
    entries = state["entries"]
    try:
        for args, kwargs, result in entries:
            shim.recall = (result,)
            made(*args, **kwargs)
    finally:
        shim.recall = None
    hits, misses = state.get("counts", (0, 0))
    _count(made, shim, min(misses - len(entries), COUNTED), min(hits, COUNTED) if entries else 0, entries[-1:])
    made.__dict__.update(state["attributes"])


COUNTED = 1_000_000  # hits and misses that are counted again, a fraction of a second


def _count(made: Any, shim: _Shim, misses: int, hits: int, last: list[Any]) -> None:
    """Have a cache count calls as it had; one that raises is a miss that leaves no entry."""
    function, shim.function = shim.function, _nothing  # which takes no argument
    try:
        for _ in range(misses):
            try:
                made(shim)
            except TypeError:
                continue
    finally:
        shim.function = function
    for args, kwargs, _ in last:
        for _ in itertools.repeat(None, hits):
            made(*args, **kwargs)


def _entries(value: Any) -> list[tuple[tuple[Any, ...], dict[str, Any], Any]]:
    """Arguments and results that a C cache holds, oldest first; read through the collector, calling nothing."""
    info, parameters = value.cache_info(), value.cache_parameters()
    if info.currsize == 0:
        return []
    referents, cache = gc.get_referents(value), _cache_of(value)
    if cache is None:
        raise CannotKeep(Cause.UNPICKLABLE, "the contents of its cache can't be read")
    if parameters["maxsize"] is None:
        pairs = list(cache.items())
    else:  # the collector is shown key, result (and from 3.11 the link's type) of each entry, the least recently used first
        entries = referents[: next(at for at, r in enumerate(referents) if r is cache)]
        if entries and entries[0] is type(value):
            del entries[0]
        step, rest = divmod(len(entries), info.currsize)
        pairs = list(zip(entries[::step], entries[1::step], strict=True)) if step in (2, 3) and not rest else []
        if [id(key) for key, _ in pairs if key in cache] != [id(key) for key, _ in pairs] or not pairs:
            raise CannotKeep(Cause.UNPICKLABLE, "the contents of its cache can't be told apart")
    return [(*_arguments(key, parameters["typed"]), result) for key, result in pairs]


def _cache_of(value: Any) -> dict[Any, Any] | None:
    size = value.cache_info().currsize
    return next(
        (r for r in gc.get_referents(value) if type(r) is dict and r is not vars(value) and len(r) == size), None
    )


def _arguments(key: Any, typed: bool) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """The call that makes this key (functools._make_key)."""
    if type(key) in (int, str):
        return (key,), {}
    parts = list(key) if isinstance(key, (tuple, list)) else [key]
    mark = next((i for i, part in enumerate(parts) if part is _mark()), None)
    if typed:  # the type of each argument follows them all
        names = 0 if mark is None else (len(parts) - 1 - 2 * mark) // 3
        parts = parts[: len(parts) // 2] if mark is None else parts[: mark + 1 + 2 * names]
    if mark is None:
        return tuple(parts), {}
    rest = parts[mark + 1 :]
    return tuple(parts[:mark]), dict(zip(rest[::2], rest[1::2], strict=True))


@functools.cache
def _mark() -> Any:
    """What stands in the keys of caches between the arguments by position and those by name: an object like others that cells may pass."""
    probe = functools.cache(lambda **named: named)
    probe(name=None)
    return next(iter(held))[0] if (held := _cache_of(probe)) else None


# Weak references


def make_ref(target: Any, callback: Any) -> Any:
    return weakref.ref(*_held_weakly(target, callback))


def _held_weakly(target: Any, callback: Any) -> tuple[Any, Any]:
    """With nothing to be called where the target is gone: what the garbage collector took has had its call, and shows it still."""
    return (_Gone(), None) if target is None else (target, callback)


class _Gone:
    """A target that is gone at once: a dead reference stays dead."""


class _GoneFunction(_Gone):
    def __call__(self) -> None: ...


@reducer("weakref:ReferenceType", "builtins:weakref", "_weakref:ReferenceType", "builtins:ReferenceType")
def ref(value: Any) -> Any:
    if type(value) is not weakref.ref:
        return _own_ref(value)
    return make_ref, (value(), value.__callback__)


def _own_ref(value: Any) -> Any:
    """One of a class of its own, with what it carries."""
    slots = {name: getattr(value, name) for name in slot_names(type(value)) if hasattr(value, name)}
    own = (dict(vars(value)) if hasattr(value, "__dict__") else None, slots)
    return make_own_ref, (type(value), value(), value.__callback__), own, None, None, rebuild.set_state


def make_own_ref(cls: Any, target: Any, callback: Any) -> Any:
    return weakref.ref.__new__(cls, *_held_weakly(target, callback))


def make_weak_method(method: Any, callback: Any) -> Any:
    if method is None:
        return weakref.WeakMethod(types.MethodType(make_weak_method, _Gone()))
    return weakref.WeakMethod(method, callback)


@reducer("weakref:WeakMethod")
def weak_method(value: Any) -> Any:
    inner = value.__callback__  # its own, which holds the user's
    held = dict(zip(inner.__code__.co_freevars, inner.__closure__, strict=True)) if inner is not None else {}
    return make_weak_method, (value(), held["callback"].cell_contents if "callback" in held else None)


def make_proxy(target: Any, called: bool = False, callback: Any = None) -> Any:
    """A weak proxy; of None, one whose object is gone."""
    return weakref.proxy(target if target is not None else _GoneFunction() if called else _Gone(), callback)


@reducer("builtins:weakproxy", "builtins:weakcallableproxy", "weakref:ProxyType", "weakref:CallableProxyType")
def proxy(value: Any) -> Any:
    callback = next(iter(gc.get_referents(value)), None)  # which it shows to nobody else
    try:
        target = value.__repr__.__self__
        return make_proxy, (target,) if callback is None else (target, False, callback)
    except ReferenceError:
        return make_proxy, (None, type(value) is weakref.CallableProxyType)


def make_weak_set(cls: type, items: list[Any]) -> Any:
    return cls(items)


@reducer("weakref:WeakValueDictionary", "weakref:WeakKeyDictionary", "_weakrefset:WeakSet")
def weak_container(value: Any) -> Any:
    items = list(value) if isinstance(value, weakref.WeakSet) else list(value.items())
    return make_weak_set, (type(value), items)


# Finalizers


def make_finalize(alive: Any, atexit: bool) -> Any:
    """As older checkpoints have them."""
    made = ended_finalizer()
    if alive is not None:
        begin_finalizer(made, (alive, atexit))
    return made


def ended_finalizer() -> Any:
    made = weakref.finalize(_Gone(), _nothing)
    made.detach()
    return made


def begin_finalizer(made: Any, state: tuple[tuple[Any, ...], bool]) -> None:
    """Have it wait for the end of its object, which may hold it."""
    (target, function, args, kwargs), atexit = state
    made.__init__(target, function, *args, **kwargs)
    made.atexit = atexit


def _nothing() -> None:
    return None


@reducer("weakref:finalize")
def finalizer(value: Any) -> Any:
    if (alive := value.peek()) is None:
        return ended_finalizer, ()
    return ended_finalizer, (), (alive, value.atexit), None, None, begin_finalizer


# Views and windows


def dict_view(kind: str, owner: Any) -> Any:
    return getattr(owner, kind)()


@reducer("builtins:dict_keys", "builtins:dict_values", "builtins:dict_items", "collections:odict_keys")
def view(value: Any) -> Any:
    owner = next(iter(gc.get_referents(value)), None)
    if not isinstance(owner, dict):
        return NotImplemented
    return dict_view, (type(value).__name__.split("_")[1], owner)


@reducer("builtins:mappingproxy")
def mapping_proxy(value: Any) -> Any:
    owner = next(iter(gc.get_referents(value)), None)
    if owner is None or (type(owner) is dict and "__dict__" in owner and "__module__" in owner):
        return NotImplemented
    return types.MappingProxyType, (owner,)


def make_memoryview(owner: Any, offset: int, format: str, shape: list[int], readonly: bool) -> memoryview:
    """What streams name that were written before views had steps."""
    return buffers.view_of_part(owner, offset, format, shape, [struct.calcsize(format)], readonly)


# Small things


@reducer("_struct:Struct")
def struct_(value: struct.Struct) -> Any:
    return struct.Struct, (value.format,)


@reducer("builtins:cached_property", "functools:cached_property")
def cached_property(value: Any) -> Any:
    state = {k: v for k, v in vars(value).items() if k != "lock"}
    if type(value) is not functools.cached_property:
        return rebuild.bare, (type(value),), state, None, None, fill_cached_property
    return _make_cached_property, (value.func,), state


def fill_cached_property(made: Any, state: dict[str, Any]) -> None:
    """One of a subclass, without running what its class makes it with."""
    functools.cached_property.__init__(made, state["func"])
    rebuild.set_state(made, state)


def _make_cached_property(function: Any) -> Any:
    return functools.cached_property(function)


def make_key_wrapper(compare: Any, wrapped: tuple[Any, ...]) -> Any:
    made = functools.cmp_to_key(compare)
    return made(*wrapped) if wrapped else made


@reducer("functools:KeyWrapper")
def key_wrapper(value: Any) -> Any:
    """The collector is shown the function and what is wrapped, if anything is."""
    compare, *wrapped = [one for one in gc.get_referents(value) if one is not type(value)]
    return make_key_wrapper, (compare, tuple(wrapped))


def make_scanner(settings: dict[str, Any]) -> Any:
    from json.scanner import make_scanner

    return make_scanner(types.SimpleNamespace(**settings))


@reducer("_json:Scanner")
def scanner(value: Any) -> Any:
    names = ("strict", "object_hook", "object_pairs_hook", "parse_float", "parse_int", "parse_constant")
    return make_scanner, ({name: getattr(value, name) for name in names},)


@reducer("random:SystemRandom")
def system_random(value: Any) -> Any:
    return type(value), ()


@reducer("builtins:frame")
def frame(value: Any) -> Any:
    raise CannotKeep(Cause.LIVE_RESOURCE, "a frame of running code can't be kept")


# What classes made in C hold under a name: a function that carries a class's attributes (``update_wrapper(f, dict)``) holds them


@reducer("builtins:classmethod_descriptor", "builtins:getset_descriptor", "builtins:member_descriptor")
def descriptor_of_c(value: Any) -> Any:
    held = vars(value.__objclass__).get(value.__name__)
    return (held_by_class, (value.__objclass__, value.__name__)) if held is value else NotImplemented


def held_by_class(cls: type, name: str) -> Any:
    return vars(cls)[name]
