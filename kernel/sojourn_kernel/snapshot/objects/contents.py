"""Objects of classes made in cells, and containers of libraries' classes, put back by the built-in class that they derive from: no code of the user's runs again.

Unpickling would call ``__new__`` and ``__init__`` with arguments that the class need not take, and ``__setitem__``, ``append`` or
``add``, which may count, check or log.
"""

from __future__ import annotations

import copyreg
import inspect
import sys
import types
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable
from typing import Any

from .. import rebuild
from ..libraries import whose
from ..looking.classes import HEAP_TYPE, module_of, names_of, slot_names
from .definitions import is_definition

# Built-in classes whose objects are filled after they are made, and of which they are made: how the content is read.
_FILLED: dict[type, Callable[[Any], Any]] = {
    Counter: lambda one: list(dict.items(one)),
    OrderedDict: lambda one: list(OrderedDict.items(one)),
    defaultdict: lambda one: (one.default_factory, list(dict.items(one))),
    dict: lambda one: list(dict.items(one)),
    list: lambda one: list.__getitem__(one, slice(None)),
    set: lambda one: list(set.__iter__(one)),
    deque: lambda one: (list(deque.__iter__(one)), deque.maxlen.__get__(one)),  # type: ignore[attr-defined]
}
_MADE_OF: dict[type, Callable[[Any], Any]] = {
    int: int.__int__,
    float: float.__float__,
    str: str.__str__,
    bytes: lambda one: bytes.__getitem__(one, slice(None)),
    tuple: lambda one: tuple.__getitem__(one, slice(None)),
    frozenset: lambda one: list(frozenset.__iter__(one)),
}
_OF_C = (types.WrapperDescriptorType, types.MethodDescriptorType)
_ABSTRACT = ("typing", "typing_extensions", "abc", "collections.abc", "numbers")  # classes without a layout or state
_REDUCING = {"__reduce__", "__reduce_ex__"}
PICKLING = {*_REDUCING, "__getstate__", "__setstate__"}
_SAYING_HOW = {*_REDUCING, "__getnewargs__", "__getnewargs_ex__"}  # what unpickling makes an object of
ARGUMENTS = {"__getnewargs__", "__getnewargs_ex__"}  # what the user's own ``__new__`` takes
# What unpickling, or pickling, would call of a container's or value's class, and of any other.
_CALLED = {"__new__", "__init__", "__setitem__", "append", "extend", "add", "__iter__", "items", "__getattribute__"}
_CALLED_OF_OBJECTS = {"__new__", "__setattr__", "__getattribute__"}


def as_pickle_would(value: Any) -> Any:
    """The reduction of an object by pickle's own table, or as its class says."""
    by_table = copyreg.dispatch_table.get(type(value))
    return value.__reduce_ex__(5) if by_table is None else by_table(value)


def reduced_by(decision: Callable[[Any], Any] | None, value: Any) -> Any:
    """The reduction of an object as it was decided for its class; where that leaves it to pickle, as pickle would."""
    reduced = NotImplemented if decision is None else decision(value)
    return as_pickle_would(value) if reduced is NotImplemented else reduced


def decision(cls: type, whole: bool) -> Callable[[Any], Any] | None:
    """How objects of a class are reduced here; None where the usual way runs no code of the user's.

    whole: whether all that they hold is to be kept; else what their own pickling keeps of them will do.
    """
    own = [base for base in cls.__mro__ if is_definition(base) and not _is_of_no_module(base)]
    if not own and (of_librarys := _of_librarys(cls)) is not None:
        return of_librarys
    if not own:
        of_modules = [base for base in cls.__mro__ if whose.has_class(base)]
        return _by_library(cls, of_modules) if of_modules else None
    named = {name for base in own for name in vars(base)}
    if named & PICKLING:
        if not whole:
            return None
        named |= _CALLED | _CALLED_OF_OBJECTS
    rest = [base for base in cls.__mro__[:-1] if base not in own and base.__module__ not in _ABSTRACT]
    if not rest:
        return by_state if named & _CALLED_OF_OBJECTS else None
    base = rest[0]
    if not named & _CALLED:
        return None
    if set(rest[1:]) <= {dict} and base in _FILLED:
        return lambda value: filled(value, base)
    if set(rest[1:]) <= {dict} and base in _MADE_OF:
        return lambda value: _made_of(value, base)
    return _of_librarys(base) or _by_library(cls, own)


def _is_of_no_module(cls: type) -> bool:
    """Whether a class says a module that there is not, as bases do that a binding generator makes (``Boost.Python.instance``)."""
    return module_of(cls) not in sys.modules and module_of(cls) not in rebuild.MADE


def _by_library(cls: type, own: list[type]) -> Callable[[Any], Any] | None:
    """For a library's own pickling that calls the class: so that it calls the library's ``__new__`` and ``__init__``, not the user's."""
    named = {name for base in own for name in vars(base)}
    rest = [base for base in cls.__mro__ if base not in own]
    if named & (PICKLING | ARGUMENTS) or not named & {"__new__", "__init__"} or issubclass(cls, BaseException):
        return None
    if type(cls).__call__ is not type.__call__:  # an enumeration looks its members up
        return None
    new, start = (next(base for base in rest if name in vars(base)) for name in ("__new__", "__init__"))
    new = _base_of_value(cls, new) or new
    if new is object and not any({"__reduce__", "__reduce_ex__"} & vars(base).keys() for base in rest[:-1]):
        return None

    def reduce(value: Any) -> Any:
        reduced = value.__reduce_ex__(5)
        make, arguments, *others = reduced if isinstance(reduced, tuple) else (None, ())
        if make is cls:
            return (made_by, (cls, new, start, *arguments), *others)
        if make is copyreg.__newobj__ and arguments[0] is cls and new is not object:  # type: ignore[attr-defined]
            return (bare_of, (cls, new, *arguments[1:]), *others)
        return reduced

    return reduce


def _of_librarys(cls: type) -> Callable[[Any], Any] | None:
    """How a library's container is put back where its own methods are not to fill it."""
    base = _base_of_librarys(cls)
    if base is None:
        base = _called_again(cls)
        return None if base is None else lambda value: filled(value, base)
    by_itself = any(PICKLING & vars(one).keys() for one in cls.__mro__[: cls.__mro__.index(base)])
    return lambda value: _filled_by_itself(value, base) if by_itself else filled(value, base)


def _base_of_librarys(cls: type) -> type | None:
    """The base of a library's container that unpickling would fill by its own methods before it has its attributes (bokeh's lists)."""
    base = next((one for one in (dict, list) if issubclass(cls, one)), None)
    if base is None or cls.__module__ == "builtins" or cls in copyreg.dispatch_table or cls.__itemsize__:
        return None
    written = [one for one in cls.__mro__ if one not in (base, object) and one.__module__ not in _ABSTRACT]
    if not all(one.__flags__ & HEAP_TYPE for one in written) or any(_REDUCING & vars(one).keys() for one in written):
        return None
    filling = (getattr(cls, name, None) for name in ("__setitem__", "append", "extend"))
    return base if any(one is not None and not isinstance(one, _OF_C) for one in filling) else None


def _called_again(cls: type) -> type | None:
    """The base of a library's container that unpickling would make by calling the class, as its base says, whose own constructor wants other arguments
    (openpyxl's dimensions)."""
    base = next((one for one in (Counter, OrderedDict, defaultdict, deque) if issubclass(cls, one)), None)
    if base is None or cls.__reduce__ is not base.__reduce__ or cls in copyreg.dispatch_table:
        return None
    written = [one for one in cls.__mro__[: cls.__mro__.index(base)] if one.__module__ not in _ABSTRACT]
    if not all(one.__flags__ & HEAP_TYPE for one in written) or any(PICKLING & vars(one).keys() for one in written):
        return None
    return base if any({"__init__", "__new__"} & vars(one).keys() for one in written) else None


def with_its_base(cls: type, decision: Callable[[Any], Any] | None) -> Callable[[Any], Any] | None:
    """The way in which objects of a class are reduced, made by the built-in class of their value where a library's ``__new__`` can't take that
    alone (picos's strings, which are made of a pattern and its operands)."""
    new = next((base for base in cls.__mro__ if "__new__" in names_of(base)), object)
    if _is_of_named_fields(cls, new):
        return lambda value: _made_of(value, tuple)
    base = _base_of_value(cls, new)
    if base is None:
        return decision

    def reduce(value: Any) -> Any:
        reduced = reduced_by(decision, value)
        make, arguments, *others = reduced if isinstance(reduced, tuple) else (None, ())
        if make is copyreg.__newobj__ and arguments[0] is cls:  # type: ignore[attr-defined]
            return (bare_of, (cls, base, *arguments[1:]), *others)
        if make is cls and base is frozenset:  # whose own pickling calls the class
            return (bare_of, (cls, base, *arguments), *others)
        return reduced

    return reduce


def _is_of_named_fields(cls: type, new: type) -> bool:
    """Whether it is a named tuple whose own ``__new__`` can't be called with its fields, which unpickling would do (dagster's)."""
    fields: Any = getattr(cls, "_fields", None)
    if not issubclass(cls, tuple) or type(fields) is not tuple or "_fields" in names_of(new):
        return False
    if cls in copyreg.dispatch_table or any(
        PICKLING & names_of(one).keys() for one in cls.__mro__[: cls.__mro__.index(tuple)]
    ):
        return False
    return _refuses(new, cls, *fields)


def _refuses(new: type, *given: Any) -> bool:
    """Whether a class's own ``__new__`` is written in Python, and can't be called with these arguments, as its signature tells."""
    made_by = names_of(new).get("__new__")
    function = made_by.__func__ if type(made_by) is staticmethod else made_by
    if type(function) is not types.FunctionType:
        return False
    try:
        inspect.signature(function).bind(*given)
    except TypeError:
        return True
    except ValueError:  # it has none
        return False
    return False


def _base_of_value(cls: type, new: type) -> type | None:
    """The built-in class of which an object is a value, where unpickling could not call the ``__new__`` of ``new`` with that value.

    Its signature tells, and not a failed call: one that takes the value does what it does (it looks up what there is, it counts), and one
    that can't take it never runs.
    """
    base = next((one for one in _MADE_OF if issubclass(cls, one)), None)
    if base is None or new is base or cls in copyreg.dispatch_table:
        return None
    if any(_SAYING_HOW & names_of(one).keys() for one in cls.__mro__[: cls.__mro__.index(base)]):
        return None
    return base if _refuses(new, cls, None) else None


def by_state(value: Any) -> Any:
    state = _state(value)
    if state is None:
        return rebuild.bare, (type(value),)
    return rebuild.bare, (type(value),), state, None, None, rebuild.set_state


def filled(value: Any, base: type) -> Any:
    state = (base, _FILLED[base](value), _state(value))
    return bare_of, (type(value), base), state, None, None, fill_content


def _filled_by_itself(value: Any, base: type) -> Any:
    """One whose class says what its state is, where that leaves out no attribute: its methods would change content before it has them (Box)."""
    reduced = value.__reduce_ex__(5)
    if not isinstance(reduced, tuple) or reduced[0] is not copyreg.__newobj__:  # type: ignore[attr-defined]
        return reduced
    make, arguments, state, *_ = reduced
    attributes, slots = parts_of_state(value)
    if slots or type(state) is not dict or not attributes.keys() <= state.keys() or not hasattr(value, "__setstate__"):
        return reduced
    return make, arguments, (base, _FILLED[base](value), state), None, None, fill_by_itself


def _made_of(value: Any, base: type) -> Any:
    made = (type(value), base, _MADE_OF[base](value))
    state = _state(value)
    return (bare_of, made) if state is None else (bare_of, made, state, None, None, rebuild.set_state)


def _state(value: Any) -> Any:
    attributes, slots = parts_of_state(value)
    kept = attributes if attributes or attributes is value else None
    return (kept, slots) if slots else kept


def parts_of_state(value: Any) -> tuple[Any, dict[str, Any]]:
    """An object's own dictionary and what its slots hold, without asking the object."""
    cls = type(value)
    attributes = object.__getattribute__(value, "__dict__") if cls.__dictoffset__ else {}
    slots = {}
    for name in slot_names(cls):
        try:
            slots[name] = object.__getattribute__(value, name)
        except AttributeError:  # not set
            continue
    return attributes, slots


# What streams name


def bare_of(cls: type, base: type, *content: Any) -> Any:
    """An instance made by the built-in class that its class derives from."""
    return base.__new__(cls, *content)


def made_by(cls: type, new: type, start: type, *arguments: Any) -> Any:
    """An object made by the bases of its class that a library wrote."""
    made = new.__new__(cls, *arguments) if new is not object else object.__new__(cls)
    if start is not object:
        start.__init__(made, *arguments)  # type: ignore[misc]
    return made


def fill_content(made: Any, state: tuple[type, Any, Any]) -> None:
    """Put the content of a container back as its built-in class does it."""
    base, content, attributes = state
    if base in (dict, Counter):
        dict.update(made, content)
    elif base is OrderedDict:
        for key, value in content:
            OrderedDict.__setitem__(made, key, value)
    elif base is defaultdict:
        defaultdict.__init__(made, content[0])
        dict.update(made, content[1])
    elif base is deque:
        deque.__init__(made, *content)
    else:
        base.__init__(made, content)  # type: ignore[misc]
    rebuild.set_state(made, attributes)


def fill_by_itself(made: Any, state: tuple[type, Any, Any]) -> None:
    """Put the content of a container back as its built-in class does it, and its state as its own class does."""
    base, content, own = state
    fill_content(made, (base, content, None))
    made.__setstate__(own)
