"""What streams name to make classes again: without the hooks of their metaclasses and bases, what these did is among the restored state."""

from __future__ import annotations

import abc
import enum
import sys
import types
import typing
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from ..told import Cause
from .looking.classes import names_of, put_in_order, put_shadowed
from .lost import Absent, SojournLost, absent
from .objects import slots
from .objects.written_again import write_again


def new_class(make: Any, arguments: tuple[Any, ...]) -> type:
    """A class without running its metaclass's or its bases' hooks again: what they did is among the restored state."""
    if arguments[0].__name__ == "_TypedDictMeta":
        return _typed_dict(*arguments)
    # typing.NamedTuple as a base would make a second named tuple; what it made has tuple for a base.
    bases = tuple(tuple if base is typing.NamedTuple else base for base in arguments[2])
    arguments = (*arguments[:2], bases, *arguments[3:])
    parents = [base for root in types.resolve_bases(bases) for base in root.__mro__]
    hooks = [*_own_hooks(parents, _OF_BASES), *_own_hooks(arguments[0].__mro__, _OF_METACLASS)]
    try:
        with _without(hooks):
            return _new_class(make, arguments)
    except SojournLost as error:
        return absent(arguments[1], error.told.cause, error.told.reason)
    except NameError:  # of what is not loaded yet
        raise
    except Exception as error:  # a library's hook may refuse what has no methods yet
        hooks = [*_hooks(parents, _OF_BASES), *_hooks(arguments[0].__mro__, _OF_METACLASS)]
        try:
            with _without(hooks):
                return _new_class(make, arguments)
        except Exception:
            reason = f"its metaclass refuses to make the class again ({type(error).__name__}: {error})."
            return absent(arguments[1], Cause.UNPICKLABLE, reason)


def _new_class(make: Any, arguments: tuple[Any, ...]) -> type:
    if (past := slots.past_hooks(*arguments[:4])) is not None:
        return _past_hooks(past, *arguments[:5])
    made: type = make(*arguments)
    if isinstance(made, abc.ABCMeta):  # its methods are still to come, and its objects may be made before
        type.__setattr__(made, "__abstractmethods__", frozenset())
    return made


@contextmanager
def _without(hooks: list[tuple[type, str, Any]]) -> Iterator[None]:
    """While the body runs, classes have none of these hooks of theirs."""
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


_OF_BASES = ("__init_subclass__",)
_OF_METACLASS = ("__new__", "__init__", "__prepare__")
_IN_PYTHON = (types.FunctionType, classmethod, staticmethod)


def _own_hooks(classes: Iterable[type], names: tuple[str, ...]) -> list[tuple[type, str, Any]]:
    """The hooks that classes made in cells define, each once."""
    return [(one, name, hook) for one, name, hook in _hooks(classes, names) if one.__module__ == "__main__"]


def _hooks(classes: Iterable[type], names: tuple[str, ...]) -> list[tuple[type, str, Any]]:
    """The hooks that classes define in Python, or that cells gave theirs."""
    own = {one: names_of(one) for one in dict.fromkeys(classes)}
    found = [(one, name, held[name]) for one, held in own.items() for name in names if name in held]
    return [one for one in found if isinstance(one[2], _IN_PYTHON) or one[0].__module__ == "__main__"]


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
        _take_back(made, names)
        put_in_order(made, names)


def _take_back(made: type, names: Iterable[str]) -> None:
    """Remove what a base of a library's gave the class while it was empty, and had not given it when it was whole."""
    added = [name for name in names_of(made).keys() - set(names) if not name.startswith("_")]
    if added and not issubclass(type(made), enum.EnumMeta):
        metaclass: Any = type(made)
        with _without(_own_hooks(metaclass.__mro__, ("__delattr__",))):
            for name in added:
                type.__delattr__(made, name)


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
