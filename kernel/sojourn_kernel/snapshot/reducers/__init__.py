"""How awkward types are kept: a registry that this package and others fill.

A reducer takes an object and returns a pickle reduce tuple, or raises CannotKeep with a sentence for the user; then a
placeholder stands in its place. Third parties add theirs by the entry point group ``sojourn.reducers``: each entry names a
function that is called once with :func:`reducer`.

    @reducer("threading:Lock")
    def lock(value): ...
"""

from __future__ import annotations

import sys
import types
from collections.abc import Callable
from importlib.metadata import entry_points
from typing import Any

from ...told import Cause
from ..once import once

Reducer = Callable[[Any], Any]


class CannotKeep(Exception):
    """The object has no meaning elsewhere; ``reason`` is one sentence for the user."""

    def __init__(self, cause: Cause, reason: str) -> None:
        super().__init__(reason)
        self.cause, self.reason = cause, reason


class KeptBut(Exception):
    """The object is kept as ``reduced``, and something of it is lost: ``reason`` tells what."""

    def __init__(self, reduced: Any, reason: str) -> None:
        super().__init__(reason)
        self.reduced, self.reason = reduced, reason


_by_name: dict[str, Reducer] = {}
_by_start: dict[str, list[tuple[str, Reducer]]] = {}
"By module: how the names begin of the classes that it makes at run time."
_by_module: list[tuple[str, str, Reducer]] = []
"How modules' names begin that say a version, and the classes in them."
_by_mark: dict[str, Callable[[Any, tuple[Any, ...]], Any]] = {}
_by_home: dict[str, Reducer] = {}
"By module: how the classes are kept that say it, and that it does not have by their names."
_loaded = False


def reducer(*names: str) -> Callable[[Reducer], Reducer]:
    """Register for types by ``module:Qualified.Name``; subclasses are covered as well. Nothing is imported.

    ``module:Name*`` is for classes that a library makes as it runs, whose names begin so; ``module*:Name`` for modules whose names do.
    """

    def register(function: Reducer) -> Reducer:
        for name in names:
            module, _, start = name.removesuffix("*").partition(":")
            if module.endswith("*"):
                _by_module.append((module.removesuffix("*"), start, function))
            elif name.endswith("*"):
                _by_start.setdefault(module, []).append((start, function))
            else:
                _by_name[name] = function
        return function

    return register


def function_reducer(mark: str) -> Callable[[Callable[[Any, tuple[Any, ...]], Any]], Any]:
    """Register for functions with an attribute ``mark``; the reducer is given the function and its state for ``rebuild.fill_function``."""

    def register(function: Callable[[Any, tuple[Any, ...]], Any]) -> Any:
        _by_mark[mark] = function
        return function

    return register


def function_reducer_for(value: types.FunctionType) -> Callable[[Any, tuple[Any, ...]], Any] | None:
    load()
    return next((found for mark, found in _by_mark.items() if mark in value.__dict__), None)


def class_reducer(*modules: str) -> Callable[[Reducer], Reducer]:
    """Register for classes themselves that say one of these modules; the reducer may leave one that an import finds (``NotImplemented``)."""

    def register(function: Reducer) -> Reducer:
        _by_home.update(dict.fromkeys(modules, function))
        return function

    return register


def reduced_class(value: type) -> Any:
    """How a class that its library makes as it runs is found again; ``NotImplemented`` for any other."""
    load()
    home = type.__getattribute__(value, "__module__")
    found = _by_home.get(home) if isinstance(home, str) else None
    return NotImplemented if found is None else found(value)


def reducer_for(cls: type) -> Reducer | None:
    """The reducer for a type: its own, or the nearest base's."""
    load()
    for base in cls.__mro__:
        found = _by_name.get(f"{base.__module__}:{base.__qualname__}") or _made_by(base)
        if found:
            return found
    return None


def _made_by(cls: type) -> Reducer | None:
    module, name = cls.__module__, cls.__qualname__
    made = (found for start, found in _by_start.get(module, ()) if name.startswith(start))
    return next(made, None) or next(
        (found for start, own, found in _by_module if name == own and module.startswith(start)), None
    )


def variables() -> list[Any]:
    """What the session's variables hold, for what is known by the variable that has it."""
    return list(vars(sys.modules["__main__"]).values())


def is_a_variable(value: Any) -> bool:
    """Whether a variable has this very object."""
    return id(value) in once("variables", _variables_by_id)


def _variables_by_id() -> dict[int, Any]:
    """Held, so that their ids stay theirs."""
    return {id(one): one for one in variables()}


def load() -> None:
    """Import all that register reducers, once."""
    global _loaded
    if _loaded:
        return
    _loaded = True
    from importlib import import_module
    from pkgutil import iter_modules

    for module in iter_modules(__path__):
        import_module(f"{__name__}.{module.name}")
    for entry in entry_points(group="sojourn.reducers"):
        try:
            entry.load()(reducer)
        except Exception as error:  # a broken plugin must not cost the session
            print(f"sojourn: the reducers of {entry.value} can't be loaded: {error!r}", file=sys.stderr)
