"""What streams name: functions that make things again while a piece is being loaded.

A stream may be loaded years after it was written, so nothing here is renamed or given another meaning: new kinds of
reduction get new functions.
"""

from __future__ import annotations

import abc
import importlib
import marshal
import secrets
import sys
import threading
import types
import typing
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from ..store.room import UNUSED
from ..told import Cause
from . import object_views, slots
from .addresses import axes_in_memory
from .classes import names_of, put_in_order, put_shadowed
from .function_state import functions_in
from .lost import Absent, Lost, SojournLost, absent, found_again, lose, lost_function, told_of
from .written_again import write_again

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
        from . import imported, places  # they need this module

        place = name.removeprefix(PLACE)
        exists, value = places.get(place)
        if not exists:
            return absent(place.replace(":", "."), Cause.ENVIRONMENT, "its library does not have it here.")
        imported.seen_again(place, value)
        return value
    if name.startswith(TEXT):
        from . import constants  # it needs this module

        return constants.find(name.removeprefix(TEXT))
    if name.startswith(PART):
        from .shell_parts import part

        found = part(_loading.state[0], name.removeprefix(PART))
        return absent(name, Cause.ENVIRONMENT, "the shell has no such part here.") if found is None else found
    if name == "numpy.nan":
        import numpy

        return numpy.nan
    return LIVE[name](_loading.state[0])


def marker(place: str, cls: type, state: dict[str, Any]) -> Any:
    """The object that a library's module has at a place, which is known by its identity; another one if that is not as it was."""
    from . import places

    exists, value = places.get(place)
    if exists and type(value) is cls and vars(value) == state:
        return value
    made = bare(cls)
    set_state(made, dict(state))
    return made


def librarys_own(place: str, cls: type) -> Any:
    """The object that a library's module has at a place for everyone; another one where that is of another class by now."""
    from . import places

    exists, value = places.get(place)
    return value if exists and type(value) is cls else bare(cls)


def fill_librarys_own(made: Any, state: dict[str, Any]) -> None:
    """Give it what it held; in place of what was lost of that, a library's own goes on with what it has."""
    set_state(made, {name: one for name, one in state.items() if told_of(one) is None or name not in vars(made)})


def original(place: str) -> Any:
    """What stood at a place of a library before the session put something else there."""
    from . import originals  # it needs this module

    return originals.find(place)


PLACE, PART, TEXT = "place ", "part ", "text "
_nans: dict[str, float] = {}
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


MADE: dict[str, types.ModuleType] = {}
"""Modules that cells made: no import finds them. Those of a restored session are here before anything is loaded."""


def fill_function(made: Any, state: tuple[Any, ...]) -> None:
    defaults, kwdefaults, attributes, annotations, qualname, module, doc = state
    made.__defaults__, made.__kwdefaults__ = defaults, kwdefaults
    if attributes:
        made.__dict__ = attributes  # which variables may hold, and other functions
    made.__annotations__ = annotations
    made.__qualname__, made.__module__, made.__doc__ = qualname, module, doc


def new_class(make: Any, arguments: tuple[Any, ...]) -> type:
    """A class without running its metaclass's or its bases' hooks again: what they did is among the restored state."""
    if arguments[0].__name__ == "_TypedDictMeta":
        return _typed_dict(*arguments)
    # typing.NamedTuple as a base would make a second named tuple; what it made has tuple for a base.
    bases = tuple(tuple if base is typing.NamedTuple else base for base in arguments[2])
    arguments = (*arguments[:2], bases, *arguments[3:])
    parents = [base for root in types.resolve_bases(bases) for base in root.__mro__]
    hooks = [*_own_hooks(parents, ("__init_subclass__",)), *_own_hooks(arguments[0].__mro__, _OF_METACLASS)]
    with _without(hooks):
        try:
            if (past := slots.past_hooks(*arguments[:4])) is not None:
                return _past_hooks(past, *arguments[:5])
            made: type = make(*arguments)
            if isinstance(made, abc.ABCMeta):  # its methods are still to come, and its objects may be made before
                type.__setattr__(made, "__abstractmethods__", frozenset())
            return made
        except SojournLost as error:
            return absent(arguments[1], error.told.cause, error.told.reason)
        except NameError:  # of what is not loaded yet
            raise
        except Exception as error:  # a metaclass may refuse anything
            reason = f"its metaclass refuses to make the class again ({type(error).__name__}: {error})."
            return absent(arguments[1], Cause.UNPICKLABLE, reason)


@contextmanager
def _without(hooks: list[tuple[type, str, Any]]) -> Iterator[None]:
    """While the body runs, classes made in cells have none of these hooks of theirs."""
    orders = {owner: list(names_of(owner)) for owner, _, _ in hooks}
    for owner, name, _ in hooks:
        type.__delattr__(owner, name)
    try:
        yield
    finally:
        for owner, name, hook in hooks:
            type.__setattr__(owner, name, hook)
        for owner, order in orders.items():
            put_in_order(owner, order)


def _past_hooks(
    new: Any, meta: Any, name: str, bases: tuple[Any, ...], namespace: dict[str, Any], tracked: Any
) -> type:
    """A class with the slots that its metaclass once gave it, without the metaclass, which would give it others, or refuse these."""
    from cloudpickle.cloudpickle import _lookup_class_or_track  # type: ignore[attr-defined]

    made = new(meta, name, types.resolve_bases(bases), dict(namespace))
    found: type = _lookup_class_or_track(tracked, made)
    return found


_OF_METACLASS = ("__new__", "__init__", "__prepare__")


def _own_hooks(classes: Iterable[type], names: tuple[str, ...]) -> list[tuple[type, str, Any]]:
    """The hooks that classes made in cells define, each once."""
    own = [one for one in dict.fromkeys(classes) if one.__module__ == "__main__"]
    return [(one, name, one.__dict__[name]) for one in own for name in names if name in one.__dict__]


def set_state(made: Any, state: Any) -> None:
    """What unpickling does by default, without asking the object, whose ``__getattr__`` may answer anything."""
    attributes, slots = state if isinstance(state, tuple) and len(state) == 2 else (state, None)
    if attributes is made:  # a dictionary that is its own attributes
        object.__setattr__(made, "__dict__", made)
    elif attributes:
        object.__getattribute__(made, "__dict__").update(attributes)
    for name, value in (slots or {}).items():
        object.__setattr__(made, name, value)


def give_state(made: Any, state: Any) -> None:
    """What unpickling does: by the class's own ``__setstate__``, where it has one."""
    if hasattr(type(made), "__setstate__"):
        made.__setstate__(state)
    else:
        set_state(made, state)


def _typed_dict(meta: Any, name: str, bases: tuple[Any, ...], namespace: dict[str, Any], tracked: Any, _: Any) -> type:
    """Its metaclass refuses ``dict``, the base that it gives to all its classes."""
    from cloudpickle.cloudpickle import _lookup_class_or_track  # type: ignore[attr-defined]

    generic = [
        one
        for one in bases
        if issubclass(typing.get_origin(one) or (one if isinstance(one, type) else dict), typing.Generic)
    ]  # type: ignore[arg-type]
    made = type.__new__(meta, name, (typing.Generic, dict) if generic else (dict,), dict(namespace))  # type: ignore[call-overload]
    found: type = _lookup_class_or_track(tracked, made)
    return found


_OF_LATER_PYTHON = ("__static_attributes__", "__firstlineno__")  # what the compiler of Python 3.13 says in each class


def fill_class(made: type, state: tuple[Any, ...]) -> None:
    setter, rest, qualname, *order = state
    if type(made) is Absent:
        return
    attributes, slots = rest
    registered = attributes.get("_abc_impl", ())
    unwanted = {"_abc_impl", *(_OF_LATER_PYTHON if sys.version_info < (3, 13) else ())}
    metaclass: Any = type(made)
    with _without(_own_hooks(metaclass.__mro__, ("__setattr__",))):
        attributes = put_shadowed(made, {name: held for name, held in attributes.items() if name not in unwanted})
        setter(made, (attributes, slots))
    _register(made, registered)
    type.__dict__["__qualname__"].__set__(made, qualname)  # type: ignore[attr-defined]
    if "__pydantic_generic_metadata__" in type.__dict__["__dict__"].__get__(made):
        from .reducers import lib_pydantic

        lib_pydantic.remember(made)
    write_again(made)
    for names in order:  # none in a stream of before they were kept
        put_in_order(made, names)


def _register(made: Any, classes: Iterable[type]) -> None:
    """Register classes with an abstract one, which asks all that are below it, and those, whether they are known already."""
    if not classes:
        return
    below: list[Any] = [made, *classes]
    for one in below:
        if issubclass(type(one), abc.ABCMeta):
            below += [sub for sub in one.__subclasses__() if sub not in below]
    asked = dict.fromkeys(base for one in below for base in (*one.__mro__, *type(one).__mro__))
    with _without(_own_hooks(asked, ("__subclasshook__", "__subclasscheck__"))):
        for one in classes:
            abc.ABCMeta.register(made, one)


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


def array(data: Any, dtype: Any, shape: tuple[int, ...], order: str, writable: bool) -> Any:
    """An array that owns its memory, as the saved one did: views of it name it as their base."""
    import numpy as np

    if (made := _taken_over(data, dtype, shape, order)) is not None:
        made.flags.writeable = writable
        return made
    made = np.empty(shape, dtype, order)  # type: ignore[call-overload]
    if made.size:
        flat = (made.T if order == "F" else made).reshape(-1)
        flat.view(np.uint8)[:] = np.frombuffer(data, np.uint8)
    made.flags.writeable = writable
    return made


def _taken_over(data: Any, dtype: Any, shape: tuple[int, ...], order: str) -> Any:
    """The array in whose memory the bytes are, made the one that is wanted; None unless nobody has taken it over yet.

    A copy would need the array's size once more, and touch it once more, which takes longer than reading it.
    """
    import numpy as np

    owner = getattr(getattr(data, "obj", None), "base", None)
    if type(owner) is not np.ndarray or owner.dtype != UNUSED or not owner.flags.owndata:
        return None
    if dtype == UNUSED or owner.nbytes != data.nbytes or (order == "F" and len(shape) > 1):
        return None
    owner.dtype = dtype  # type: ignore[misc]
    owner.resize(shape, refcheck=False)  # of the same size: only its shape is another
    return owner


def view(base: Any, offset: int, dtype: Any, shape: tuple[int, ...], strides: tuple[int, ...], writable: bool) -> Any:
    """An array that looks into another's memory, or a bytearray's, ``offset`` bytes from its start."""
    import numpy as np

    if isinstance(base, np.ndarray):
        locked = not base.flags.writeable
        owner = base if base.flags.c_contiguous else base.transpose(axes_in_memory(base))
        if owner.dtype.hasobject:  # strings of any length as well
            made = object_views.view(np.asarray(owner), offset, dtype, shape, strides)
        else:
            has_dates = owner.dtype.kind in "mMV"  # or may: dates, and records of them, show no buffer
            memory = np.asarray(owner).reshape(-1).view(np.uint8) if has_dates else owner
            made = np.ndarray(shape, dtype, memory, offset, strides)
        writable = writable and not locked
    else:
        made = np.ndarray(shape, dtype, base, offset, strides)
    if not writable:
        made.flags.writeable = False
    return made


def dressed(array: Any, cls: type) -> Any:
    """An array of a subclass that has attributes of its own, over the plain array's memory."""
    return array.view(cls)


def dressed_owner(array: Any, cls: type) -> Any:
    """One that owns its memory, and may be resized: what numpy makes of a subclass by itself is a copy."""
    import numpy as np

    made = np.ndarray.copy(array.view(cls), "K")
    made.flags.writeable = array.flags.writeable
    return made


def fill_attributes(made: Any, state: dict[str, Any]) -> None:
    made.__dict__.update(state)


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
