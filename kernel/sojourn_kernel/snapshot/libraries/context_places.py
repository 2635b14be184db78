"""Where libraries hold context variables: as names of their modules, in dictionaries of these, or as attributes of their objects."""

from __future__ import annotations

import contextvars
import functools
import sys
import types
from collections.abc import Iterable, Mapping
from typing import Any

from ..looking.attributes import attributes_of
from ..looking.classes import module_of
from ..once import once
from . import places
from .whose import others

_MAKERS = ("contextvars", "ContextVar")  # one of which a module that makes such variables has imported
_MADE_IN_C = ("numpy._core.umath",)  # that has imported none
_ENTRIES = 1000  # of a module's dictionary that is looked through


@functools.lru_cache(maxsize=1)
def _makers(_: int) -> list[str]:
    """The names of the modules that may have made a variable, of so many."""
    return [name for name, module in others() if name in _MADE_IN_C or not vars(module).keys().isdisjoint(_MAKERS)]


def place_of(var: Any) -> str | None:
    """Where a library's module holds a variable, has it in a dictionary, or an object of it has it: looked for once a save."""
    return once("places of context variables", _places).get(var)  # type: ignore[no-any-return]


def places_of(variables: Iterable[Any], modules: int) -> Mapping[Any, str | None]:
    """The places of all of these, as :func:`place_of`; those of the last call are known until modules were imported."""
    known, asked = _known(modules), set(variables)
    if not asked <= known.keys():
        found = _places()
        known.update({var: found.get(var) for var in asked})
    for gone in known.keys() - asked:
        del known[gone]
    return known


@functools.lru_cache(maxsize=1)
def _known(_: int) -> dict[Any, str | None]:
    return {}


def _places() -> dict[Any, str]:
    modules, found = len(sys.modules), dict[Any, str]()
    for module in _makers(modules):
        held = sys.modules.get(module)
        for name, value in list(vars(held).items()) if held is not None else ():
            if type(value) is contextvars.ContextVar:
                found.setdefault(value, f"{module}:{name}")
            elif type(value) is dict and len(value) <= _ENTRIES:
                for key, one in list(value.items()):
                    if type(one) is contextvars.ContextVar and type(key) in (str, int):
                        found.setdefault(one, f"{module}:{name}[{key!r}]")
    return {**_in_objects(modules), **found}


@functools.lru_cache(maxsize=1)
def _in_objects(modules: int) -> dict[Any, str]:
    """Variables that objects of a library's own classes have which its modules hold (opentelemetry's context), and their places."""
    makers = frozenset(_makers(modules))
    libraries = set(map(places.library_of, makers))
    found: dict[Any, str] = {}
    for name, module in list(sys.modules.items()):
        library = places.library_of(name)
        if library not in libraries or not isinstance(module, types.ModuleType):
            continue
        for own, value in list(vars(module).items()):
            home = module_of(type(value))
            if home in makers and places.library_of(home) == library and not issubclass(type(value), places.NAMED):
                for key, held in list(attributes_of(value).items()):
                    if type(held) is contextvars.ContextVar:
                        found.setdefault(held, f"{name}:{own}.{key}")
    return found


def variable_at(place: str, name: str, default: dict[str, Any]) -> contextvars.ContextVar[Any]:
    """The variable that a library has at a place; one that it makes when it is first asked for is made and put there."""
    exists, found = places.get(place)
    if not exists:
        found = contextvars.ContextVar(name, **default)
        places.put(place, found)
    return found  # type: ignore[no-any-return]


def default_of(var: contextvars.ContextVar[Any]) -> dict[str, Any]:
    """How a variable was made: its default, if it has one."""
    try:
        return {"default": contextvars.Context().run(var.get)}
    except LookupError:
        return {}
