"""Tables of the interpreter's and of libraries that the user's functions were entered in: codecs, generic functions, caches."""

from __future__ import annotations

import codecs
import functools
import sys
import types
from collections.abc import Callable
from typing import Any

from ...told import Cause, Told
from ..modules import is_users
from .provider import LATE, Provider, provide
from .registrations import users

# codecs: the interpreter does not say who searches, so calls are noted on their way in

_searchers: list[Callable[[str], Any]] = []


def _watch_codecs(_: Any) -> None:
    register, unregister = codecs.register, getattr(codecs, "unregister", None)
    if hasattr(register, "_sojourn"):
        return

    @functools.wraps(register)
    def noting(search_function: Callable[[str], Any], /) -> None:
        register(search_function)
        if users(search_function):
            _searchers.append(search_function)

    noting._sojourn = True  # type: ignore[attr-defined]
    codecs.register = noting  # type: ignore[assignment]
    if unregister is not None:

        @functools.wraps(unregister)
        def forgetting(search_function: Callable[[str], Any], /) -> None:
            unregister(search_function)
            _searchers[:] = [one for one in _searchers if one is not search_function]

        codecs.unregister = forgetting


def _put_codecs(_: Any, state: list[Callable[[str], Any]]) -> None:
    for search in state:
        codecs.register(search)


provide(Provider("codecs", "codecs", LATE, _watch_codecs, lambda *_: list(_searchers) or None, _put_codecs))


# functools.singledispatch: what cells registered with functions that a module has

_scanned: set[int] = set()
_generic: dict[int, Any] = {}


def _find_generic() -> None:
    """Look through modules that are new: each is looked at once."""
    for module in list(sys.modules.values()):
        if id(module) in _scanned or type(module) is not types.ModuleType or module.__name__ == "__main__":
            continue
        _scanned.add(id(module))
        for value in list(vars(module).values()):
            if type(value) is types.FunctionType and "registry" in value.__dict__ and "dispatch" in value.__dict__:
                _generic[id(value)] = value


def _registered(*_: Any) -> list[tuple[Any, type, Any]] | None:
    _find_generic()
    found = [
        (function, cls, one)
        for function in _generic.values()
        if not users(function)
        for cls, one in function.registry.items()
        if users(one)
    ]
    return found or None


def _put_registered(_: Any, state: list[tuple[Any, type, Any]]) -> None:
    for function, cls, one in state:
        function.register(cls, one)


provide(Provider("singledispatch", "generic functions", LATE, lambda _: None, _registered, _put_registered))


# functools.lru_cache in the user's modules: the function is imported again, and its cache is empty


_mine: dict[int, bool] = {}


def _filled(*_: Any) -> list[str] | None:
    found = []
    for name, module in list(sys.modules.items()):
        mine = _mine.get(id(module))
        if mine is None:
            mine = _mine[id(module)] = type(module) is types.ModuleType and is_users(module)
        if not mine:
            continue
        for attribute, value in list(vars(module).items()):
            if type(value) is functools._lru_cache_wrapper and value.cache_info().currsize:
                found.append(f"{name}.{attribute}")
    return found or None


def _tell_filled(_: Any, state: list[str]) -> list[Told]:
    reason = "its cache is empty: what an imported module's function remembered is not kept."
    return [Told(name, Cause.STALE, reason) for name in state]


provide(Provider("caches", "caches of the user's modules", LATE, lambda _: None, _filled, _tell_filled))
