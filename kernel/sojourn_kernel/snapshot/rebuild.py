"""What streams name: functions that make things again while a piece is being loaded.

A stream may be loaded years after it was written, so nothing here is renamed or given another meaning: new kinds of
reduction get new functions.
"""

from __future__ import annotations

import importlib
import marshal
import secrets
import sys
import threading
import types
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from ..told import Cause
from .libraries.function_state import functions_in
from .looking.attributes import put_slots
from .lost import Lost, absent, found_again, lose, lost_function, told_of
from .rebuild_arrays import array, dressed, dressed_owner, view  # noqa: F401  as streams of before format 7 name them
from .rebuild_classes import fill_class, new_class  # noqa: F401

_loading = threading.local()
_latest: Any = None  # the last load's state: what a library pickled by itself it may unpickle when it is used


@contextmanager
def loading(
    main: dict[str, Any], definition: Callable[[str], Any], source_of: Callable[[str], types.CodeType]
) -> Iterator[None]:
    """While the body runs, streams loaded in this thread get this namespace and these definitions."""
    global _latest
    before = getattr(_loading, "state", None)
    _loading.state = _latest = (main, definition, source_of)
    try:
        yield
    finally:
        _loading.state = before


LIFE = secrets.token_hex(8)
"""Of this process and its children: part of the keys of definitions that libraries refer to in what they pickle by themselves."""
LASTING: dict[str, Any] = {}
"""By such a key, the definitions of earlier lives: what refers to them may not have been unpickled yet."""


def bare(cls: type) -> Any:
    """An instance without running ``__new__``, which wants arguments that a pickle does not have."""
    return object.__new__(cls)


def definition(key: str) -> Any:
    """A function or class made in a cell, which another piece holds."""
    return (getattr(_loading, "state", None) or _latest)[1](key)


def live(name: str) -> Any:
    """Something that every session has, by its well-known name; or one NaN, which containers find by identity."""
    if name.startswith("nan "):
        return _nans.setdefault(name, float("nan"))
    if name.startswith(PLACE):
        from .libraries import imported, places  # they need this module

        place = name.removeprefix(PLACE)
        exists, value = places.get_here(place)
        if not exists:
            return absent(place.replace(":", "."), Cause.ENVIRONMENT, "its library does not have it here.")
        imported.seen_again(place, value)
        return value
    if name.startswith(TEXT):
        from .libraries import constants  # it needs this module

        return constants.find(name.removeprefix(TEXT))
    if name.startswith(PART):
        from .libraries.shell_parts import part

        found = part(_loading.state[0], name.removeprefix(PART))
        return absent(name, Cause.ENVIRONMENT, "the shell has no such part here.") if found is None else found
    if name == "numpy.nan":
        import numpy

        return numpy.nan
    return LIVE[name](_loading.state[0])


def marker(place: str, cls: type, state: dict[str, Any]) -> Any:
    """The object that a library's module has at a place, which is known by its identity; another one if that is not as it was."""
    from .libraries import places

    exists, value = places.get_here(place)
    if exists and type(value) is cls and vars(value) == state:
        return value
    made = bare(cls)
    set_state(made, dict(state))
    return made


def librarys_own(place: str, cls: type) -> Any:
    """The object that a library's module has at a place for everyone; another one where that is of another class by now."""
    from .libraries import places

    exists, value = places.get_here(place)
    return value if exists and type(value) is cls else bare(cls)


def taken_by_name(place: str, cls: type) -> Any:
    """The same, of one that cells took by its name: what it is like before it is filled is what it is compared with from here on."""
    from .libraries import imported

    made = librarys_own(place, cls)
    imported.seen_as(place, made)
    return made


def fill_librarys_own(made: Any, state: dict[str, Any]) -> None:
    """Give it what it held; in place of what was lost of that, a library's own goes on with what it has. What its class works out once
    (a cached property), and it had not by then, it works out again."""
    held, cls = vars(made), type(made)
    for name in [name for name in held if name not in state and any(name in vars(base) for base in cls.__mro__)]:
        del held[name]
    set_state(made, {name: one for name, one in state.items() if told_of(one) is None or name not in held})
    filled[id(made)] = made


def original(place: str) -> Any:
    """What stood at a place of a library before the session put something else there."""
    from .libraries import originals  # it needs this module

    return originals.find(place)


PLACE, PART, TEXT = "place ", "part ", "text "
_nans: dict[str, float] = {}
filled: dict[int, Any] = {}  # by id: libraries' own objects that hold here what they held where the session was
context_values: list[tuple[Any, Any]] = []  # context variables to be set in the context in which cells run


def code(version: tuple[int, int], data: bytes, hint: str) -> Any:
    """A code object: marshalled for the same Python, compiled again from its source for another, or else lost."""
    if tuple(version) == sys.version_info[:2]:
        return marshal.loads(data)
    try:
        return _loading.state[2](hint)
    except LookupError as error:
        return lose(Cause.ENVIRONMENT, f"{error}.")


def function(code: Any, globals: dict[str, Any] | None, name: str, closure: tuple[Any, ...] | None) -> Any:
    """A bare function; ``globals`` None means the session's own namespace."""
    return _function(code, _loading.state[0] if globals is None else globals, name, closure)


def module_function(code: Any, home: str, name: str, closure: tuple[Any, ...] | None) -> Any:
    """A bare function whose globals are a module's own, as they are now."""
    return _function(code, module(home).__dict__, name, closure)


def _function(code: Any, globals: dict[str, Any], name: str, closure: tuple[Any, ...] | None) -> types.FunctionType:
    if type(code) is not Lost:
        return types.FunctionType(code, globals, name, None, closure)
    found_again(functions_in(closure or ()))  # what it calls is lost by its own loss
    return lost_function(code)


def module(name: str) -> types.ModuleType:
    """A module by its name: one that a cell made, or one that can be imported."""
    made = MADE.get(name)
    return importlib.import_module(name) if made is None else made


def empty_module(cls: type[types.ModuleType], name: str) -> types.ModuleType:
    """A module that no name leads to, before it has what it held; of a class of the session's, whose own code does not run."""
    made = types.ModuleType.__new__(cls)
    types.ModuleType.__init__(made, name)
    return made


def fill_module(made: types.ModuleType, state: tuple[dict[str, Any], dict[str, Any]]) -> None:
    """Give a module what it held: in its own dictionary, which functions have for globals by now."""
    attributes, slots = state
    own = object.__getattribute__(made, "__dict__")
    own.clear()
    own.update(attributes)
    put_slots(made, slots)


MADE: dict[str, types.ModuleType] = {}
"""Modules that cells made: no import finds them. Those of a restored session are here before anything is loaded."""


def fill_function(made: Any, state: tuple[Any, ...]) -> None:
    defaults, kwdefaults, attributes, annotations, qualname, module, doc, *parameters = state
    made.__defaults__, made.__kwdefaults__ = defaults, kwdefaults
    if attributes:
        made.__dict__ = attributes  # which variables may hold, and other functions
    made.__annotations__ = annotations
    made.__qualname__, made.__module__, made.__doc__ = qualname, module, doc
    if parameters and sys.version_info >= (3, 12):
        made.__type_params__ = parameters[0]


def set_state(made: Any, state: Any) -> None:
    """What unpickling does by default, without asking the object, whose ``__getattr__`` may answer anything."""
    attributes, slots = state if isinstance(state, tuple) and len(state) == 2 else (state, None)
    if attributes is made:  # a dictionary that is its own attributes
        object.__setattr__(made, "__dict__", made)
    elif attributes:
        object.__getattribute__(made, "__dict__").update(attributes)
    put_slots(made, slots)


def give_state(made: Any, state: Any) -> None:
    """What unpickling does: by the class's own ``__setstate__``, where it has one."""
    if hasattr(type(made), "__setstate__"):
        made.__setstate__(state)
    else:
        set_state(made, state)


def give_state_by(setter: Any, made: Any, state: Any) -> None:
    """What unpickling does of a reduction with or without a setter of its own."""
    if setter is not None:
        setter(made, state)
    elif state is not None:
        own = getattr(made, "__setstate__", None)
        set_state(made, state) if own is None else own(state)


def cell() -> types.CellType:
    return types.CellType()


def fill_cell(made: types.CellType, state: tuple[Any]) -> None:
    made.cell_contents = state[0]


def exception(cls: type[BaseException], args: tuple[Any, ...]) -> BaseException:
    """An exception without running a user's ``__init__``, whose arguments need not be those it passed on."""
    made = cls.__new__(cls, *args)
    for base in cls.__mro__:
        if base.__module__ == "builtins":
            try:
                base.__init__(made, *args)  # type: ignore[misc]
            except TypeError:
                pass
            break
    made.args = args
    return made


def fill_exception(made: BaseException, state: tuple[Any, ...]) -> None:
    attributes, made.__cause__, made.__context__, made.__suppress_context__ = state
    for name, value in attributes.items():
        setattr(made, name, value)


def fill_attributes(made: Any, state: dict[str, Any]) -> None:
    made.__dict__.update(state)


def conduit() -> Callable[..., None]:
    """In the place of a method by which libraries look into an object that is not there: it leads to nothing, as it does for another library's."""
    return _leads_nowhere


def _leads_nowhere(*_: Any) -> None:
    return None


def method(owner: Any, function: Any) -> types.MethodType:
    return types.MethodType(function, owner)


STREAMS: dict[str, Any] = {}
"""The kernel's own standard streams: a cell may have put others in their place, and so does a forked child."""

LIVE: dict[str, Callable[[dict[str, Any]], Any]] = {
    "math.nan": lambda main: __import__("math").nan,
    "numpy.nan": lambda main: sys.modules["numpy"].nan,
    "main": lambda main: main,
    "main module": lambda main: sys.modules["__main__"],
    "builtins": lambda main: __import__("builtins").__dict__,
    "modules": lambda main: sys.modules,
    "environ": lambda main: __import__("os").environ,
    "path": lambda main: sys.path,
    "manager of decimal": lambda main: type(__import__("decimal").localcontext()),
    "meta_path": lambda main: sys.meta_path,
    "path_hooks": lambda main: sys.path_hooks,
    "path_importer_cache": lambda main: sys.path_importer_cache,
    "logging manager": lambda main: __import__("logging").root.manager,
    "stdout": lambda main: STREAMS.get("stdout", sys.stdout),
    "stderr": lambda main: STREAMS.get("stderr", sys.stderr),
    "stdin": lambda main: sys.stdin,
    "original stdout": lambda main: sys.__stdout__,
    "original stderr": lambda main: sys.__stderr__,
    "shell": lambda main: main["get_ipython"](),
    "get_ipython": lambda main: main["get_ipython"],
    "kernel": lambda main: main["get_ipython"]().kernel,
    "In": lambda main: main["get_ipython"]().history_manager.input_hist_parsed,
    "Out": lambda main: main["get_ipython"]().history_manager.output_hist,
    "raw In": lambda main: main["get_ipython"]().history_manager.input_hist_raw,
    "_dh": lambda main: main["get_ipython"]().history_manager.dir_hist,
    "main thread": lambda main: threading.main_thread(),
    "event loop": lambda main: __import__("asyncio").get_event_loop(),
}
