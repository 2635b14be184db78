"""Modules that no name leads to: loaded past ``sys.modules``, or others of a name that another module has. They are kept by what they hold.

Their functions have the module's dictionary itself for globals, and variables may hold it as well: where a stream meets it, it is that
module's.
"""

from __future__ import annotations

import sys
import types
from collections.abc import Iterable
from importlib.machinery import EXTENSION_SUFFIXES
from typing import Any

from ...told import Cause
from .. import rebuild
from ..libraries import whose
from ..looking.attributes import attributes_of, name_of
from ..reducers import CannotKeep
from .contents import PICKLING, parts_of_state


class DictOf:
    """Stands in a stream for the dictionary of a module, of which it is the persistent id."""

    def __init__(self, module: types.ModuleType) -> None:
        self.module = module


def is_found(module: types.ModuleType, name: str) -> bool:
    """Whether this name leads to it where the session goes on."""
    return rebuild.MADE.get(name, sys.modules.get(name)) is module


def check(module: types.ModuleType, name: str) -> None:
    """Raises CannotKeep for one that is more than what Python code put into it, or of a library of which another module stands for it."""
    if name in sys.modules and not _is_of_the_session(module):
        raise CannotKeep(Cause.UNPICKLABLE, f"another module stands for {name}: only that one is kept")
    if _is_compiled(module):
        reason = f"{name or 'it'} is a module of compiled code that was loaded past sys.modules"
        raise CannotKeep(Cause.UNPICKLABLE, reason)


def is_kept_by_content(cls: type) -> bool:
    """Whether a class of modules that the session defines leaves it to Python how its modules are pickled."""
    own = cls.__mro__[: cls.__mro__.index(types.ModuleType)]
    return all(whose.of_the_users(base.__module__) and not PICKLING & vars(base).keys() for base in own)


def reduce(value: types.ModuleType) -> tuple[Any, ...]:
    attributes, slots = parts_of_state(value)
    # Not the dictionary itself, in whose place the stream has that it is this module's.
    state = dict(attributes), slots
    return rebuild.empty_module, (type(value), name_of(value)), state, None, None, rebuild.fill_module


def dicts_of(modules: Iterable[types.ModuleType]) -> dict[int, DictOf]:
    """What the dictionaries of modules are called in a stream that makes these, by their ids."""
    return {id(attributes_of(one)): DictOf(one) for one in modules}


def reduce_dict(value: DictOf) -> tuple[Any, ...]:
    return DictOf, (value.module,)


def _is_of_the_session(module: types.ModuleType) -> bool:
    return whose.is_users(module) or whose.is_loaded_by_users_code(module) or whose.is_made_by_hand(module)


def _is_compiled(module: types.ModuleType) -> bool:
    own = attributes_of(module)
    if str(own.get("__file__")).endswith(tuple(EXTENSION_SUFFIXES)):
        return True
    return any(type(one) is types.BuiltinFunctionType and one.__self__ is module for one in own.values())
