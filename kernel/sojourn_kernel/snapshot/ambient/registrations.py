"""Functions and classes of the user's that the interpreter or a library holds: atexit, finders, ABCs, accessors, comms."""

from __future__ import annotations

import abc
import atexit
import gc
import operator
import sys
import threading
import tracemalloc
import types
import typing
import warnings
from collections.abc import Callable
from typing import Any

from ...told import Cause, Told
from ..libraries import whose
from ..libraries.function_state import contents
from .provider import LATE, Provider, provide

# Where the interpreter does not say what is registered, calls are noted on their way in.

Entry = tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]


def note_calls(module: types.ModuleType, entries: list[Entry], same: Callable[[Any, Any], bool]) -> None:
    """Have a module's ``register`` and ``unregister`` keep ``entries``: functions of the user's, and what came with them.

    same: whether a function is the one to be unregistered, as the module sees it.
    """
    register, unregister = module.register, getattr(module, "unregister", None)
    if hasattr(register, "_sojourn"):
        return

    def noting(func: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        result = register(func, *args, **kwargs)
        if whose.users(func):
            entries.append((func, args, kwargs))
        return result

    def forgetting(func: Callable[..., Any], /) -> None:
        if unregister is not None:
            unregister(func)
        entries[:] = [entry for entry in entries if not same(entry[0], func)]

    noting._sojourn = True  # type: ignore[attr-defined]
    for name, made, like in (("register", noting, register), ("unregister", forgetting, unregister)):
        if like is not None:
            made.__doc__, made.__name__, made.__qualname__, made.__module__ = like.__doc__, name, name, module.__name__
            setattr(module, name, made)


_at_exit: list[Entry] = []


def _put_atexit(_: Any, state: list[Entry]) -> None:
    for func, args, kwargs in state:
        atexit.register(func, *args, **kwargs)


provide(
    Provider(
        "atexit",
        "atexit functions",
        LATE,
        lambda _: note_calls(atexit, _at_exit, operator.eq),
        lambda *_: list(_at_exit) or None,
        _put_atexit,
    )
)


# lists of the interpreter's: finders of modules, callbacks of the garbage collector

_LISTS: dict[str, list[Any]] = {"meta_path": sys.meta_path, "path_hooks": sys.path_hooks, "gc.callbacks": gc.callbacks}


def _made_around_users(value: Any) -> bool:
    """Whether a library's function was made for something of the user's: ``FileFinder.path_hook((Loader, [".py"]))``."""
    todo = [contents(cell) for cell in getattr(value, "__closure__", None) or ()]
    for part in todo:
        todo += part if type(part) in (tuple, list) else ()
    return any(whose.users(part) for part in todo)


def _finders(*_: Any) -> dict[str, list[tuple[int, Any]]] | None:
    found = {
        place: [(number, one) for number, one in enumerate(list(held)) if whose.users(one) or _made_around_users(one)]
        for place, held in _LISTS.items()
    }
    return found if any(found.values()) else None


def _put_finders(_: Any, state: dict[str, list[tuple[int, Any]]]) -> None:
    for place, entries in state.items():
        for number, one in entries:
            _LISTS[place].insert(number, one)
    sys.path_importer_cache.clear()


provide(
    Provider("finders", "finders of modules, callbacks of the collector", LATE, lambda _: None, _finders, _put_finders)
)


# classes registered with a library's abstract base class, and with pandas


def _abstract() -> list[type]:
    names = ("collections.abc", "numbers", "os", "io", "numpy.lib.mixins", "sklearn.base", "pandas.api.extensions")
    libraries = [sys.modules[name] for name in names if name in sys.modules]
    held = [*(v for module in libraries for v in list(vars(module).values())), *whose.users_classes()]
    return list({id(v): v for v in held if isinstance(v, abc.ABCMeta)}.values())


def _virtual(*_: Any) -> list[tuple[type, type]] | None:
    found = []
    for base in _abstract():
        if whose.users(base):
            continue
        for reference in abc._get_dump(base)[0]:  # type: ignore[attr-defined]
            cls = reference()
            if cls is not None and (whose.users(cls) or whose.has_class(base)):
                found.append((base, cls))
    return found or None


def _put_virtual(_: Any, state: list[tuple[Any, type]]) -> None:
    for base, cls in state:
        base.register(cls)


provide(Provider("abc", "classes registered with abstract ones", LATE, lambda _: None, _virtual, _put_virtual))


def _accessors(*_: Any) -> list[tuple[str, str, Any]] | None:
    pandas = sys.modules.get("pandas")
    if pandas is None or not hasattr(pandas, "DataFrame"):
        return None
    found = []
    for owner in ("Series", "DataFrame", "Index"):
        for name in sorted(getattr(pandas, owner)._accessors):
            accessor = getattr(vars(getattr(pandas, owner)).get(name), "_accessor", None)
            if accessor is not None and whose.users(accessor):
                found.append((owner, name, accessor))
    return found or None


def _put_accessors(_: Any, state: list[tuple[str, str, Any]]) -> None:
    from pandas.api import extensions

    for owner, name, accessor in state:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            getattr(extensions, f"register_{owner.lower()}_accessor")(name)(accessor)


provide(Provider("pandas.accessors", "accessors of frames", LATE, lambda _: None, _accessors, _put_accessors))


# overloads that typing remembers of the user's functions


def _overloads(*_: Any) -> dict[str, dict[int, Any]] | None:
    remembered: Any = getattr(typing, "_overload_registry", {})  # since Python 3.11
    return {name: dict(held) for name, held in remembered.get("__main__", {}).items()} or None


def _put_overloads(_: Any, state: dict[str, dict[int, Any]]) -> None:
    remembered: Any = getattr(typing, "_overload_registry", None)
    if remembered is not None:
        for name, held in state.items():
            remembered["__main__"][name].update(held)


provide(Provider("typing.overloads", "overloads", LATE, lambda _: None, _overloads, _put_overloads))


# targets of comms


def _comm_manager() -> Any:
    comm = sys.modules.get("comm")
    return comm.get_comm_manager() if comm is not None else None


def _targets(*_: Any) -> dict[str, Any] | None:
    return {name: f for name, f in getattr(_comm_manager(), "targets", {}).items() if whose.users(f)} or None


def _put_targets(_: Any, state: dict[str, Any]) -> None:
    for name, function in state.items():
        _comm_manager().register_target(name, function)


provide(Provider("comm.targets", "targets of comms", LATE, lambda _: None, _targets, _put_targets))


# hooks of threads, tracemalloc


def _thread_hook(*_: Any) -> tuple[Any] | None:
    return (threading.excepthook,) if whose.users(threading.excepthook) else None


def _put_thread_hook(_: Any, state: tuple[Any]) -> None:
    threading.excepthook = state[0]


provide(Provider("threading.excepthook", "threading.excepthook", LATE, lambda _: None, _thread_hook, _put_thread_hook))


def _put_tracemalloc(_: Any, frames: int) -> list[Told]:
    tracemalloc.start(frames)
    reason = "its records of the other process can't be kept; tracing was started again."
    return [Told("tracemalloc", Cause.LIVE_RESOURCE, reason)]


provide(
    Provider(
        "tracemalloc",
        "tracemalloc",
        LATE,
        lambda _: tracemalloc.is_tracing(),
        lambda _, was: tracemalloc.get_traceback_limit() if tracemalloc.is_tracing() and not was else None,
        _put_tracemalloc,
    )
)


# callbacks of dask's schedulers: ``ProgressBar().register()``


def _dask_callbacks(*_: Any) -> list[Any] | None:
    callbacks = sys.modules.get("dask.callbacks")
    return list(callbacks.Callback.active) or None if callbacks is not None else None


def _put_dask_callbacks(_: Any, state: list[Any]) -> None:
    from dask.callbacks import Callback

    Callback.active.update(state)


provide(Provider("dask.callbacks", "dask's callbacks", LATE, lambda _: None, _dask_callbacks, _put_dask_callbacks))
