"""State of a library that one of its functions can reach by its globals: what a call of it changed shows when looked at twice.

Found from the names in the function's code and in that of the library's functions that it calls, nearest first, and bounded: values of
modules, of classes, of objects that stand in them, of closures and context variables. Nothing of the library's is run.
"""

from __future__ import annotations

import contextvars
import dis
import functools
import importlib.util
import sys
import threading
import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ...observe.accesses import globals_of
from ..libraries.function_state import contents
from ..looking import codes
from ..looking.attributes import attributes_here
from ..looking.codes import nested

_FUNCTIONS, _VALUES = 16, 400  # that are looked at
_ASKED = 3_000  # names that are looked for in classes
_NAMES = 40  # in a function's code, from which it does more than set something
_ENTRIES = 200  # of a container, from which it is data
_DEPTH = 3  # of objects in objects
_CONTAINERS = (dict, list, set)

MISSING = object()


@dataclass(frozen=True)
class Change:
    """A value that a call changed; MISSING where there was none, or is none. entry: it is one of a container's.

    holder, key: where it stands.
    """

    was: Any
    now: Any
    entry: bool = False
    holder: Any = None
    key: Any = None


@dataclass
class Seen:
    """What was seen. values: holder, key, value; parts: container, shallow copy."""

    library: str
    values: list[tuple[Any, Any, Any]] = field(default_factory=list)
    parts: list[tuple[Any, Any]] = field(default_factory=list)
    own_kinds: list[tuple[Any, Any]] = field(default_factory=list)
    "The same as parts, of dictionaries of classes of the library's."
    put: list[tuple[Any, str, Any]] = field(default_factory=list)
    "The same as values, of attributes that functions put on classes and modules, of other libraries too."
    _known: dict[int, int] = field(default_factory=dict)
    "By id, how deep something was looked into; from where more can be seen of it, it is looked at again."
    _todo: list[tuple[types.FunctionType, Any]] = field(default_factory=list)
    _held: list[tuple[types.FunctionType, Any]] = field(default_factory=list)
    "Functions that objects and containers hold: looked at after those that code names."
    _asked: int = 0

    def functions(self, first: types.FunctionType, owner: Any) -> None:
        self._todo.append((first, owner))
        for _ in range(_FUNCTIONS):
            todo = self._todo or self._held
            if not todo or self._is_full():
                return
            self._function(*todo.pop(0))

    def _function(self, function: types.FunctionType, owner: Any) -> None:
        if id(function) in self._known:
            return
        self._known[id(function)] = _DEPTH
        names, mentioned = _names(function.__code__)
        if len(mentioned) > _NAMES:
            return
        if owner is not None:
            self._value(owner, mentioned, _DEPTH)
        for held in (*(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).values()):
            self._value(held, mentioned, _DEPTH)
        for cell in function.__closure__ or ():
            held = contents(cell, MISSING)
            self.values.append((cell, None, held))
            self._value(held, mentioned, _DEPTH)
        if "globals" in names:  # deap.creator.create
            self.parts.append((function.__globals__, dict(function.__globals__)))
        for name in names:
            if name in function.__globals__ or name in _stored(function.__code__):
                self._name(function.__globals__, name, mentioned)
        for chain, name in put_on(function.__code__):
            if (owner := _led_to(function.__globals__, chain)) is not None:
                self.put.append((vars(owner), name, vars(owner).get(name, MISSING)))
        for module, name in _imported(function.__code__):
            holder = sys.modules.get(_absolute(module, function.__globals__))
            if isinstance(holder, types.ModuleType) and self._is_librarys(holder.__name__):
                self._name(vars(holder), name, mentioned)

    def module(self, module: types.ModuleType) -> None:
        """What a module itself holds, whichever of its functions a call may come to."""
        for name, value in list(vars(module).items()):
            if not name.startswith("__") and not isinstance(value, (type, types.ModuleType, types.FunctionType)):
                self.values.append((vars(module), name, value))
                self._value(value, frozenset(), _DEPTH)

    def _is_full(self) -> bool:
        return len(self.values) + len(self.parts) > _VALUES or self._asked > _ASKED

    def _name(self, holder: Mapping[str, Any], name: str, mentioned: frozenset[str]) -> None:
        value = holder.get(name, MISSING)
        self.values.append((holder, name, value))
        if isinstance(value, types.ModuleType) and self._is_librarys(value.__name__):
            for inner in mentioned & vars(value).keys():
                if not isinstance(vars(value)[inner], types.ModuleType):
                    self._name(vars(value), inner, mentioned)
        else:
            self._value(value, mentioned, _DEPTH)

    def _value(self, value: Any, mentioned: frozenset[str], depth: int) -> None:
        """What a value holds, and the functions that it is."""
        cls = type(value)
        if cls is types.FunctionType or cls is types.MethodType:
            function = getattr(value, "__func__", value)
            if self._is_librarys(function.__module__) or hasattr(value, "__wrapped__"):
                todo = self._todo if depth == _DEPTH else self._held
                todo.append((function, getattr(value, "__self__", None)))
            return
        if depth <= self._known.get(id(value), 0) or self._is_full() or isinstance(value, types.ModuleType):
            return
        if cls in _CONTAINERS:
            if len(value) <= _ENTRIES:
                self._known[id(value)] = depth
                self.parts.append((value, value.copy()))
                for one in list(value.values()) if cls is dict else ():
                    self._value(one, mentioned, depth - 1)
        elif cls is contextvars.ContextVar:
            self._known[id(value)] = depth
            held = value.get(MISSING)
            self.values.append((value, None, held))
            self._value(held, mentioned, depth - 1)
        elif isinstance(value, type):
            if self._is_librarys(value.__module__):
                self._known[id(value)] = depth
                self._class(value, mentioned, depth)
        else:
            self._object(value, mentioned, depth)

    def _class(self, cls: type, mentioned: frozenset[str], depth: int) -> None:
        self._methods(cls, cls, mentioned | {"__init__", "__new__"})
        self._asked += len(vars(cls))
        for name, held in list(vars(cls).items()):
            if name.startswith("__") or hasattr(type(held), "__get__"):
                continue
            if name in mentioned or not callable(held):
                self.values.append((vars(cls), name, held))
            if not callable(held):
                self._value(held, mentioned, depth - 1)

    def _object(self, value: Any, mentioned: frozenset[str], depth: int) -> None:
        attributes = attributes_here(value)
        if not (isinstance(value, threading.local) or type(value).__dictoffset__):
            return
        if few := len(attributes) <= _ENTRIES:  # of one with more, as mpmath.mp is, each function's own are looked at
            self._known[id(value)] = depth
        if self._is_librarys(type(value).__module__):
            self._methods(type(value), value, mentioned)
            self._value(type(value), mentioned, depth)
            if issubclass(type(value), dict) and len(value) <= _ENTRIES:
                self.own_kinds.append((value, dict(dict.items(value))))
                for held in list(dict.values(value)):
                    self._value(held, mentioned, depth - 1)
        for name, held in [(name, one) for name, one in list(attributes.items()) if few or name in mentioned]:
            self.values.append((attributes, name, held))
            self._value(held, mentioned, depth - 1)
        for name in mentioned - attributes.keys():
            self.values.append((attributes, name, MISSING))

    def of_own_kinds(self) -> Iterator[Change]:
        """What dictionaries of the library's own classes have otherwise than they had."""
        for container, copy in self.own_kinds:
            yield from _of_dict(container, copy)

    def _methods(self, cls: type, owner: Any, mentioned: frozenset[str]) -> None:
        for base in cls.__mro__:
            self._asked += len(mentioned)
            for name in mentioned & vars(base).keys():
                held = vars(base)[name]
                for one in (held.fget, held.fset) if isinstance(held, property) else (getattr(held, "__func__", held),):
                    if isinstance(one, types.FunctionType):
                        self._todo.append((one, owner))

    def _is_librarys(self, module: Any) -> bool:
        return isinstance(module, str) and module.partition(".")[0] == self.library

    def changes(self) -> Iterator[Change]:
        """What is not as it was seen."""
        yield from _changed(self.values)
        yield from (replace(one, entry=one.was is MISSING) for one in _changed(self.put))
        for container, copy in self.parts:
            if type(container) is dict:
                yield from _of_dict(container, copy)
            elif type(container) is list:
                old = set(map(id, copy))
                new = [one for one in container[:_ENTRIES] if id(one) not in old]
                yield from (Change(MISSING, one, True, container) for one in new)
            else:
                yield from (Change(MISSING, one, True, container) for one in container - copy)


def look(function: Any, owner: Any = None) -> Seen | None:
    """See what a library's function can reach; None where that is nothing, or the function is not written in Python. owner: the object or class it is called on."""
    if not isinstance(function, types.FunctionType) or not isinstance(function.__module__, str):
        return None
    seen = Seen(function.__module__.partition(".")[0])
    seen.functions(function, owner)
    return seen if seen.values or seen.parts or seen.put else None


def look_at_module(module: types.ModuleType) -> Seen | None:
    """See what a library's module holds; None where that is nothing."""
    seen = Seen(module.__name__.partition(".")[0])
    seen.module(module)
    return seen if seen.values or seen.parts else None


@functools.lru_cache(maxsize=1024)
def _names(code: types.CodeType) -> tuple[frozenset[str], frozenset[str]]:
    """Names that a function's code uses as globals; all that it mentions."""
    return globals_of(code), frozenset(name for one in nested(code) for name in one.co_names)


@functools.lru_cache(maxsize=1024)
def _stored(code: types.CodeType) -> frozenset[str]:
    """Globals that a function may be the first to set."""
    if not codes.has(code, "STORE_GLOBAL"):
        return frozenset()
    return frozenset(one.argval for one in dis.get_instructions(code) if one.opname == "STORE_GLOBAL")


@functools.lru_cache(maxsize=1024)
def _imported(code: types.CodeType) -> tuple[tuple[str, str], ...]:
    """Module and name of what a function's own code imports when it is called; a dot before the module for each level up."""
    found: list[tuple[str, str]] = []
    if not codes.has(code, "IMPORT_FROM"):
        return ()
    level, module = 0, ""
    instructions = list(dis.get_instructions(code))
    for number, one in enumerate(instructions):
        if one.opname == "IMPORT_NAME":
            level, module = instructions[number - 2].argval, one.argval
        elif one.opname == "IMPORT_FROM":
            found.append(("." * (level if type(level) is int else 0) + module, one.argval))
    return tuple(found)


@functools.lru_cache(maxsize=1024)
def put_on(code: types.CodeType) -> tuple[tuple[tuple[str, ...], str], ...]:
    """What a function's own code puts on something that its globals lead to: the names that lead there, and the attribute's."""
    if not (codes.has(code, "LOAD_GLOBAL", "STORE_ATTR") or codes.has(code, "LOAD_ATTR", "STORE_ATTR")):
        return ()
    found, chain = [], ()  # type: list[tuple[tuple[str, ...], str]], tuple[str, ...]
    for one in dis.get_instructions(code):
        if one.opname == "LOAD_GLOBAL":
            chain = (one.argval,)
        elif one.opname == "LOAD_ATTR" and chain:
            chain = (*chain, one.argval)
        elif one.opname not in ("CACHE", "EXTENDED_ARG"):
            if one.opname == "STORE_ATTR" and chain:
                found.append((chain, one.argval))
            chain = ()
    return tuple(found)


def _led_to(namespace: Mapping[str, Any], chain: tuple[str, ...]) -> type | types.ModuleType | None:
    """The class or module that names lead to, by way of others."""
    value: Any = namespace.get(chain[0])
    for name in chain[1:]:
        value = vars(value).get(name) if isinstance(value, (type, types.ModuleType)) else None
    return value if isinstance(value, (type, types.ModuleType)) else None


def _absolute(module: str, namespace: Mapping[str, Any]) -> str:
    """The absolute name of a module as a function with these globals imports it."""
    if not module.startswith("."):
        return module
    try:
        return importlib.util.resolve_name(module, namespace.get("__package__") or "")
    except ImportError:
        return ""


def _changed(seen: list[tuple[Any, Any, Any]]) -> Iterator[Change]:
    """What stood there when it was seen, and what stands there now, where that is another."""
    for holder, key, was in seen:
        now = held_at(holder, key)
        if now is not was:
            yield Change(was, now, False, holder, key)


def held_at(holder: Any, key: Any) -> Any:
    """What stands there now that was seen."""
    if isinstance(holder, types.CellType):
        return contents(holder, MISSING)
    if isinstance(holder, contextvars.ContextVar):
        return holder.get(MISSING)
    if issubclass(type(holder), dict):
        return dict.get(holder, key, MISSING)
    return holder.get(key, MISSING)


def _of_dict(now: dict[Any, Any], was: dict[Any, Any]) -> Iterator[Change]:
    for key, value in list(dict.items(now)):
        old = was.get(key, MISSING)
        if old is MISSING:
            yield Change(MISSING, key, True, now, key)
        if old is not value:
            yield Change(old, value, False, now, key)
    yield from (
        Change(value, MISSING, False, now, key) for key, value in was.items() if not dict.__contains__(now, key)
    )
