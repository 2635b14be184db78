"""What a library's own pickling keeps back of its objects, or copies, and does not make again when it puts them back.

A solver half-way without its state, a part of a model that knows the model no more: whatever the reason was, here the session goes on with it.
It is kept beside the state where it can be kept whole, and given back where the library has put nothing in its place: handles,
threads and files are made again by those who left them out, or can't be kept, and caches fill again.
"""

from __future__ import annotations

import copyreg
import dis
import functools
import itertools
import re
import sys
import types
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

from .. import rebuild
from ..looking import codes
from ..looking.classes import module_of, names_of
from ..looking.codes import nested
from ..lost import stands_for_lost, told_of
from .contents import PICKLING, reduced_by
from .definitions import is_definition

_ATOMS = (type(None), bool, int, float, complex, str, bytes)
"Handles, hashes, times: what they stand for is the old process's."
_OF_LIBRARIES = (types.FunctionType, types.MethodType, types.BuiltinFunctionType, types.ModuleType, type)
_DERIVED = re.compile(r"cache|memo|hash|handle|lock|mutex|compiled|renderer")
"Names of what is worked out again, or stands for something of the old process."
_KNOWN = frozenset({"matplotlib", "pandas", "numpy", "sklearn", "tensorflow", "pymunk", "faiss"})
"Libraries whose own pickling leaves out nothing that is not kept in another way."

_CONTENTS: dict[type, Callable[[Any], Iterable[Any]]] = {
    list: iter,
    set: iter,
    deque: iter,
    dict: lambda one: itertools.chain(one.keys(), one.values()),
}
_CODE = ("function", "cython_function_or_method")
_MAKING = ("__new__", "__init__", "__array_finalize__", "__setstate__")
_DEEP = 2  # methods that these call, and those that they do
_made: dict[int, tuple[type, set[str]]] = {}
"""By id of a class, since a metaclass may answer no hash: attributes that making its objects sets."""
_MOST_PARTS, _MOST_BYTES = 1_000, 1 << 14  # of an attribute that a call may make again

Keeps = Callable[[Any], bool]


def of_class(cls: type, decision: Callable[[Any], Any] | None, keeps: Keeps) -> Callable[[Any], Any] | None:
    """The way in which objects of a class are reduced, with what their library keeps back. keeps: whether a value can be kept whole."""
    if not cls.__dictoffset__ or not _is_pickled_by_a_library(cls):
        return decision
    may_copy = _takes_its_state_itself(cls)

    def with_what_is_kept_back(value: Any) -> Any:
        held = object.__getattribute__(value, "__dict__")
        before = held.copy() if type(held) is dict else {}
        try:
            reduced = reduced_by(decision, value)
        finally:
            if type(value) is cls:  # and not an object that has become another as it was looked at
                _give_back(held, before)
        return _with(value, reduced, keeps, may_copy)

    return with_what_is_kept_back


def _give_back(held: dict[str, Any], before: dict[str, Any]) -> None:
    """What an object lets go of as it is pickled (pyro's guides of their model): a save changes nothing. Whatever else changes meanwhile may
    be a thread's doing, and stays."""
    for name, one in before.items():
        if one is not None and held.get(name) is None:
            held[name] = one


def _is_pickled_by_a_library(cls: type) -> bool:
    """Whether code of a library's says what the state of an object is."""
    for base in cls.__mro__[:-1]:
        if any(type(names_of(base).get(name)).__name__ in _CODE for name in PICKLING - {"__setstate__"}):
            library = module_of(base).partition(".")[0]
            return not (is_definition(base) or library in _KNOWN or library in sys.stdlib_module_names)
    return False


def _with(value: Any, reduced: Any, keeps: Keeps, may_copy: bool) -> Any:
    """may_copy: whether its class takes its state itself, and so may make copies of what is in there as it is (mne's ``info``)."""
    held = object.__getattribute__(value, "__dict__")
    if not isinstance(reduced, tuple) or type(held) is not dict:
        return reduced
    make, arguments, state, items, pairs, setter = (*reduced, None, None, None, None)[:6]
    said = state[0] if isinstance(state, tuple) and len(state) == 2 else state
    if type(said) is not dict:
        return _with_what_a_call_leaves_out(type(value), held, reduced, keeps)
    maybe = {name: one for name, one in held.items() if said.get(name) is not one and _is_worth_keeping(name, one)}
    if maybe:  # all is in the state under other names, or a level deeper (pydantic's models)
        there = {id(part) for one in said.values() for part in (one, *(one.values() if type(one) is dict else ()))}
        maybe = {name: one for name, one in maybe.items() if id(one) not in there}
    kept_back = {
        name: (other, one)
        for name, one in maybe.items()
        if ((other := said.get(name)) is None or _is_copy(other, one)) and keeps(one)
    }
    same: tuple[str, ...] = ()
    if may_copy and setter is None:
        same = tuple(name for name, one in held.items() if said.get(name) is one and _is_worth_keeping(name, one))
    if not kept_back and not same:
        return reduced
    return make, arguments, (state, setter, kept_back, same), items, pairs, take_kept_back


def _takes_its_state_itself(cls: type) -> bool:
    setters = (names_of(base).get("__setstate__") for base in cls.__mro__)
    return type(next((one for one in setters if one is not None), None)).__name__ in _CODE


def _with_what_a_call_leaves_out(cls: type, held: dict[str, Any], reduced: tuple[Any, ...], keeps: Keeps) -> Any:
    """Of an object that a call makes again, its attributes that the call is not given: those are set that the call has not made."""
    make, arguments, state, items, pairs, setter = (*reduced, None, None, None, None)[:6]
    made = _made_by_call(cls, make)
    if make is copyreg.__newobj__ or held.keys() <= made:  # type: ignore[attr-defined]  # the former: its class says that it has no state
        return reduced
    given = {id(part) for part in (*arguments, *(state if isinstance(state, tuple) else ()))}
    kept_back = {
        name: (None, one)
        for name, one in held.items()
        if name not in made and id(one) not in given and _is_worth_keeping(name, one) and _is_small(one) and keeps(one)
    }
    return (make, arguments, (state, setter, kept_back), items, pairs, take_missing) if kept_back else reduced


def _made_by_call(cls: type, make: Any) -> set[str]:
    """Attributes that making an object of the class anew sets, as the code shows that the call leads to."""
    known = _made.get(id(cls))
    if known is None or known[0] is not cls:
        making = [names_of(base).get(name) for base in cls.__mro__ for name in _MAKING]
        known = _made[id(cls)] = cls, set().union(*(_stored_by(part, cls, _DEEP) for part in (make, *making)))
    return known[1]


def _stored_by(part: Any, cls: type, depth: int) -> set[str]:
    """Names of attributes that a function sets, or a method of the class that it calls."""
    code = getattr(getattr(part, "__func__", part), "__code__", None)
    found: set[str] = set()
    for one in nested(code) if type(code) is types.CodeType else ():
        found |= _stored_in(one)
        if depth:
            held = (names_of(base).get(name) for name in one.co_names for base in cls.__mro__)
            found.update(*(_stored_by(one, cls, depth - 1) for one in held if one is not None))
    return found


@functools.lru_cache(maxsize=4096)
def _stored_in(code: types.CodeType) -> frozenset[str]:
    """Names of attributes that a code object sets itself."""
    if not codes.has(code, "STORE_ATTR"):
        return frozenset()
    return frozenset(step.argval for step in dis.get_instructions(code) if step.opname == "STORE_ATTR")


def _is_small(one: Any) -> bool:
    """Whether keeping it beside what may make it again costs next to nothing."""
    size = getattr(one, "nbytes", None) if hasattr(type(one), "__array__") else None
    parts = len(one) if type(one) in _CONTENTS or type(one) in (tuple, frozenset) else 0
    return parts <= _MOST_PARTS and (not isinstance(size, int) or size <= _MOST_BYTES)


def _is_worth_keeping(name: str, one: Any) -> bool:
    cls = type(one)  # and not what it says: a proxy would make what it stands for
    if issubclass(cls, _ATOMS) or _DERIVED.search(name.lower()):
        return False
    return not issubclass(cls, _OF_LIBRARIES) or is_definition(getattr(one, "__func__", one))


def _is_copy(other: Any, one: Any) -> bool:
    """Whether two containers hold the very same, or two arrays the same bytes. One that was emptied is filled again by whoever emptied it."""
    kind = type(one)
    if type(other) is not kind:
        return False
    if kind is getattr(sys.modules.get("numpy"), "ndarray", None):
        return other.shape == one.shape and other.dtype == one.dtype and _same_bytes(other, one)
    contents = _CONTENTS.get(kind)
    if contents is None or not one or len(one) != len(other):
        return False
    return all(first is second for first, second in zip(contents(one), contents(other), strict=True))


def _same_bytes(one: Any, other: Any) -> bool:
    try:
        return memoryview(one).cast("B") == memoryview(other).cast("B")
    except (TypeError, ValueError, BufferError):  # not in one piece, or of objects
        return False


def take_missing(made: Any, parts: tuple[Any, Any, dict[str, tuple[Any, Any]]]) -> None:
    """The same for an object that a call has made: only attributes that this has not are given."""
    state, setter, kept_back = parts
    if stands_for_lost(made):
        return
    if state is not None:
        rebuild.give_state_by(setter, made, state)
    now = object.__getattribute__(made, "__dict__")
    now.update({name: one for name, (_, one) in kept_back.items() if name not in now})


def take_kept_back(made: Any, parts: tuple[Any, ...]) -> None:
    """Give an object its state in its own way, and what that kept back where it is still missing, or where a copy stands."""
    state, setter, kept_back, *same = parts
    if stands_for_lost(made):
        return
    said = state[0] if isinstance(state, tuple) and len(state) == 2 else state
    names = same[0] if same and type(said) is dict else ()
    handed = {name: one for name in names if (one := said.get(name)) is not None and told_of(one) is None}
    rebuild.give_state_by(setter, made, state)
    now = object.__getattribute__(made, "__dict__")
    now.update({name: one for name, one in handed.items() if name in now and now[name] is not one})
    now.update({name: one for name, (other, one) in kept_back.items() if now.get(name) is other})
