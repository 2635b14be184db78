"""Functions and classes made in cells: kept by value, once, and shared by all pieces that hold them."""

from __future__ import annotations

import marshal
import sys
import threading
import types
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import cloudpickle.cloudpickle as cp

from .. import rebuild
from ..libraries import modules, whose
from ..looking.classes import made_in_c
from ..reducers import function_reducer_for, reduced_class

VERSION = sys.version_info[:2]
WRITTEN_HERE = "<lambda> "
"""Begins the file name of code that was compiled from a text which is in no cell as it is; the text follows."""


def is_definition(value: Any) -> bool:
    """Whether a function or class has to be kept by value: it can't be imported by its name."""
    if not issubclass(type(value), (types.FunctionType, type)):
        return False
    try:
        if value.__module__ in rebuild.MADE:
            return True
        if _is_of_no_module(value) or not cp._should_pickle_by_reference(value):
            from ..libraries.originals import place_of  # which needs this module

            elsewhere = place_of(value) or modules.home_of_function(value)
            made_again = isinstance(value, type) and reduced_class(value) is not NotImplemented
            return not is_unreachable(value) and elsewhere is None and not made_again
    except Exception:  # a metaclass of the user's that answers no question: no module has that
        return True
    # A wrapper made in a cell may carry the name of what it wraps.
    return isinstance(value, types.FunctionType) and value.__globals__ is vars(sys.modules["__main__"])


def _is_of_no_module(value: Any) -> bool:
    """Whether a function says no module, as ``exec`` in a namespace without a name makes them, and none has it by its name either.

    cloudpickle would ask every module, by code of its own, for each such function.
    """
    if value.__module__ is not None or not isinstance(value, types.FunctionType):
        return False
    first = value.__qualname__.partition(".")[0]
    return not any(first in object.__getattribute__(module, "__dict__") for _, module in whose.others())


def is_unreachable(value: Any) -> bool:
    """Whether it is a class that C code made, so that it can't be kept by value, and that no module has by its name."""
    return isinstance(value, type) and made_in_c(value) and not cp._should_pickle_by_reference(value)


def home_of(globals: dict[str, Any]) -> str | None:
    """Name of the module whose namespace this is, if it is one that can be found again."""
    name = globals.get("__name__")
    found = (rebuild.MADE.get(name) or sys.modules.get(name)) if isinstance(name, str) else None
    return name if found is not None and getattr(found, "__dict__", None) is globals else None


class Definitions:
    """The definitions met so far. A key is the root's name where it is one (``Point``), else ``#n``. named: those that the session knows by name."""

    def __init__(self, named: dict[str, Any]) -> None:
        self.named = named
        self._key_of = {id(value): name for name, value in reversed(list(named.items()))}
        self.items: dict[str, Any] = {}
        self._anonymous = 0

    def lasting_key(self, value: Any) -> str:
        """A key that no other life of the session gives: a library may keep what it pickled by itself as it is, through several of them."""
        key = f"#{rebuild.LIFE}-{id(value):x}"
        self.items[key] = value
        return key

    def again(self, key: str) -> None:
        """What a library has not unpickled yet refers to a definition of an earlier life."""
        self.items[key] = rebuild.LASTING[key]

    def key(self, value: Any) -> str:
        key = self._key_of.get(id(value))
        if key is None:
            key = self._key_of[id(value)] = f"#{self._anonymous}"
            self._anonymous += 1
        self.items.setdefault(key, value)
        return key


def reduce_function(value: types.FunctionType, main: dict[str, Any]) -> tuple[Any, ...]:
    """Reduce a function by value: with the session's namespace, not a copy, for its globals."""
    globals = None if value.__globals__ is main else value.__globals__
    home = home_of(globals) if globals is not None else None
    if globals is not None and value.__code__.co_filename.startswith("<lambdifygenerated"):
        # Its globals hold whole libraries, and nothing else shares them.
        used = cp._extract_code_globals(value.__code__)
        globals = {name: held for name, held in globals.items() if name in used}
    state = (
        value.__defaults__,
        value.__kwdefaults__,
        value.__dict__,
        value.__annotations__,
        value.__qualname__,
        value.__module__,
        value.__doc__,
        *filter(None, [getattr(value, "__type_params__", None)]),
    )
    librarys = function_reducer_for(value) if value.__dict__ else None
    if librarys is not None:
        return librarys(value, state)
    if home is not None:
        named = (value.__code__, home, value.__name__, value.__closure__)
        return rebuild.module_function, named, state, None, None, rebuild.fill_function
    new = (value.__code__, globals, value.__name__, value.__closure__)
    return rebuild.function, new, state, None, None, rebuild.fill_function


def reduce_code(value: types.CodeType) -> tuple[Any, ...]:
    name = getattr(value, "co_qualname", value.co_name)
    line = f"{value.co_firstlineno}.{column_of(value)}" if value.co_name == "<lambda>" else value.co_firstlineno
    hint = f"{value.co_filename}:{line}:{name}:{','.join(value.co_freevars)}"
    return rebuild.code, (VERSION, marshal.dumps(value), hint)


def column_of(code: types.CodeType) -> str:
    """Where on its line the code of a function begins: tells those on one line apart. Empty where this Python doesn't show it."""
    if sys.version_info < (3, 11):
        return ""
    places = [
        (line, column)
        for line, end, column, last in code.co_positions()
        if None not in (line, end, column, last) and (end, last) > (line, column)  # type: ignore[operator]
    ]
    return str(min(places)[1]) if places else ""  # type: ignore[type-var]


def reduce_cell(value: types.CellType) -> tuple[Any, ...]:
    try:
        return rebuild.cell, (), (value.cell_contents,), None, None, rebuild.fill_cell
    except ValueError:  # an empty cell
        return rebuild.cell, ()


@contextmanager
def inside_others(definitions: Any) -> Iterator[None]:
    """While the body runs, what a library pickles by itself with cloudpickle refers to these definitions.

    By value it would hold a copy of the session's globals, as they are now.
    """
    by_itself = cp.Pickler.reducer_override

    def reducer_override(pickler: Any, value: Any) -> Any:
        if is_definition(value) and getattr(_thread, "definitions", None) is not None:
            return rebuild.definition, (_thread.definitions.lasting_key(value),)
        return by_itself(pickler, value)

    before, _thread.definitions = getattr(_thread, "definitions", None), definitions
    cp.Pickler.reducer_override = reducer_override
    try:
        yield
    finally:
        cp.Pickler.reducer_override, _thread.definitions = by_itself, before


_thread = threading.local()
