"""Calls that change a setting of a library though their names don't say so: ``lib.verbosity(3)``, ``lib.dark_mode()``.

What the called function can reach is looked at before and after. A change is a setting if it is what the call was given, a switch that
was thrown, or a new entry where nothing was asked for; counters, caches and what a library makes when it is first used are its own business.
"""

from __future__ import annotations

import ast
import enum
import sys
import types
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ...observe.setting_calls import is_container_verb, names_of
from ...system import elapsed
from ..looking.classes import inherited
from ..process.lifted import is_a_mock
from .call_rules import PLAIN, function_of, given_directly, owner_from_getter, parsed
from .reached_state import MISSING, Change, Seen, look, look_at_module

_QUICK = 0.1  # seconds that a call may take that throws a switch; what takes longer does more
_IMPORTING = 5.0  # if it imports modules
_MODES = (str, bytes, enum.Enum, type, types.FunctionType)


@dataclass(frozen=True)
class Before:
    """What a call was about to do.

    given: values of its arguments as far as the text shows them. certain: it shows them all. fluent: an object is made first and asked.
    removes: it has the name of a method of containers, several of which take away.
    """

    seen: Seen
    given: list[Any]
    certain: bool
    fluent: bool
    removes: bool
    begun: float
    modules: int


def before(text: str, namespace: Mapping[str, Any]) -> Before | None:
    """What can be seen before a call of a library; None where there is nothing to see."""
    call, chain, _ = parsed(text)
    if not isinstance(call, ast.Call):
        return None
    seen = _look(namespace.get(chain[0]), call)
    if seen is None:
        return None
    names = given_directly(call)
    given = [node.value for node in ast.walk(call) if isinstance(node, ast.Constant)]
    given += [namespace[name] for name in names if name in namespace]
    certain = all(_is_written_out(arg, namespace) for arg in (*call.args, *(one.value for one in call.keywords)))
    return Before(
        seen, given, certain, not names_of(call.func), is_container_verb(chain[-1]), elapsed(), len(sys.modules)
    )


def before_decorating(decorator: Any) -> Seen | None:
    """What can be seen of a library before its decorator is given something; None where there is nothing to see."""
    code, owner = _code_of(decorator)
    home = getattr(code, "__module__", None)
    if is_a_mock(decorator) or not isinstance(home, str) or home.partition(".")[0] in sys.stdlib_module_names:
        return None
    return look(code, owner)


def is_registration(was: Seen, given: Any) -> bool:
    """Whether a decorator left something in its library: what it was given, or what it made for it."""
    changes = list(was.changes())
    return _shows(changes, [given]) or any(one.entry for one in changes)


def is_setting(was: Before, result: Any, kept: bool) -> bool:
    """Whether a call set something. kept: whether its result was given a name, which makes it a call for its value."""
    seconds = elapsed() - was.begun
    if kept and not isinstance(result, PLAIN):
        return False
    changes = list(was.seen.changes())
    if was.removes and any(_is_removed(one, was.given) for one in changes):
        return True
    if _shows((one for one in changes if one.now is not result or isinstance(result, PLAIN)), was.given):
        return True
    if kept or not was.certain or seconds > (_QUICK if len(sys.modules) == was.modules else _IMPORTING):
        return False
    remembered = not was.fluent and any(one.now is result and not isinstance(result, PLAIN) for one in changes)
    return any(_is_switch(one) or (one.entry and not remembered) for one in changes)


def settings_among(was: Before) -> list[Change]:
    """Of what a call has changed, what it was made for: what it was given, or else switches and new entries."""
    changes = list(was.seen.changes())
    given = [one for one in changes if _shows([one], was.given)]
    return given or [one for one in changes if _is_switch(one) or one.entry]


def _look(root: Any, call: ast.Call) -> Seen | None:
    """See what a call may change, by the function that it calls; by the module where an object that it makes first is asked."""
    function = function_of(root, call)
    if function is None and isinstance(call.func, ast.Attribute):
        function = getattr(owner_from_getter(root, call), call.func.attr, None)
    if is_a_mock(function):
        return None  # what it notes of its calls is its own
    if function is not None:
        return look(*_code_of(function))
    return look_at_module(root) if isinstance(root, types.ModuleType) and not names_of(call.func) else None


def _code_of(called: Any) -> tuple[Any, Any]:
    """The Python function that a call runs, and what it is called on."""
    if isinstance(called, types.MethodType):
        return called.__func__, called.__self__
    if isinstance(called, type):
        makers = [vars(cls)["__init__"] for cls in called.__mro__ if "__init__" in vars(cls)]
        return (makers[0] if makers and called.__name__[:1].islower() else None), None
    if isinstance(called, types.FunctionType):
        return called, None
    return inherited(type(called), "__call__"), called


def _is_written_out(argument: ast.expr, namespace: Mapping[str, Any]) -> bool:
    """Whether an argument is a constant or a name for one, code, a member of something (``lib.Level.HIGH``), or a container of such."""
    if isinstance(argument, (ast.Tuple, ast.List, ast.Dict, ast.Set)):
        parts = (one for one in ast.iter_child_nodes(argument) if isinstance(one, ast.expr))
        return all(_is_written_out(one, namespace) for one in parts)
    if isinstance(argument, ast.UnaryOp):
        argument = argument.operand
    if isinstance(argument, ast.Name):
        return isinstance(namespace.get(argument.id), (*PLAIN, type, types.FunctionType))
    return isinstance(argument, (ast.Constant, ast.Attribute))


def _shows(changes: Iterable[Change], given: list[Any]) -> bool:
    return any(_is_same(one.now, value) for one in changes if one.now is not MISSING for value in given)


def _is_removed(change: Change, given: list[Any]) -> bool:
    """Whether a call took away what it was given, or what stood under it."""
    gone = (change.was, change.key)
    return change.now is MISSING and any(_is_same(one, value) for one in gone if one is not None for value in given)


def _is_same(now: Any, given: Any) -> bool:
    if now is given:
        return True
    if type(now) in PLAIN or isinstance(now, (enum.Enum, int, str)):
        return bool(type(given) in PLAIN and (now == given or str(now) == str(given)))
    return type(now) is type(given) and type(now) in (list, dict, set, tuple) and bool(now) and _equal(now, given)


def _equal(one: Any, other: Any) -> bool:
    try:
        return (one == other) is True
    except Exception:  # arrays, or objects of the user's that compare to nothing
        return False


def _is_switch(change: Change) -> bool:
    """On and off, one mode and another, one level and another; not the next number of a counter, nor what was made by first use."""
    was, now = change.was, change.now
    if isinstance(was, bool) or isinstance(now, bool):
        return type(was) is type(now)
    if type(was) is int and type(now) is int:
        return now != was + 1
    return isinstance(was, _MODES) and isinstance(now, _MODES)
