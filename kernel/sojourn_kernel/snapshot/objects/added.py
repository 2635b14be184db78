"""Attributes that cells gave to objects whose pickling leaves them out: ``frame.note = ...``, or a subclass of Fraction with its own.

Which names cells assign is read from their code, and a library's own names are left to it: what it keeps back for good reasons (handles,
caches) stays its business. A function of the user's (``solver.callback = show``) is neither.
"""

from __future__ import annotations

import ast
import copyreg
import re
import types
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from ...observe.cell_tree import nodes_of
from .. import rebuild
from ..libraries import whose
from ..looking.classes import slot_names
from ..lost import stands_for_lost
from .contents import ARGUMENTS, PICKLING, as_pickle_would
from .definitions import is_definition

GIVEN: set[str] = set()
"""Names of attributes that code of the user's assigned in this process, or in the lives before it."""

_BY_OTHERS = frozenset({"design_info"})  # what a library gives to objects of another one: patsy to frames

_ASSIGNED = re.compile(
    r"\.\s*([^\W\d]\w*)\s*(?::[^=\n]+)?(?:[-+*/%&|^@]|//|\*\*|<<|>>)?=(?!=)|setattr\s*\([^\n]*?[\"']([^\W\d]\w*)[\"']"
)
_BY_TEXT = ("setattr", "__dict__", "vars(")


def note(source: str) -> None:
    """Remember the names of attributes that code assigns, that of magics (``%%time``) included."""
    if "." in source or "setattr" in source:
        GIVEN.update(one or other for one, other in _ASSIGNED.findall(source))
        GIVEN.update(_stored(nodes_of(source), any(word in source for word in _BY_TEXT)))


def _stored(nodes: Iterable[ast.AST], by_text: bool) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.attr
        elif by_text and isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.isidentifier():
            yield node.value
        elif by_text and isinstance(node, ast.keyword) and node.arg:
            yield node.arg


def kept_with_them(cls: type, decision: Callable[[Any], Any] | None, ours: bool) -> Callable[[Any], Any] | None:
    """The way in which objects of a class are reduced, with what cells added to them. ours: whether a reducer of ours does it."""
    slots = _own_slots(cls) if ours or _has_its_own_pickling(cls) else None
    if slots is None or not (slots or cls.__dictoffset__):
        return decision
    known: list[set[str]] = []

    def with_added(value: Any) -> Any:
        reduced = NotImplemented if decision is None else decision(value)
        given, filled = _held(value, slots)
        if given:
            known[:] = known or [_known_to_libraries(cls)]
            given = {name: one for name, one in given.items() if name not in known[0] or _is_users_code(one)}
        return _with(value, reduced, given, filled) if given or filled else reduced

    return with_added


def _known_to_libraries(cls: type) -> set[str]:
    """Names that the code of a class's library uses: those are the library's, whatever cells call theirs (``self.pool``)."""
    found: set[str] = set()
    todo = [part for base in cls.__mro__ if not _is_users(base) for part in vars(base).values()]
    while todo:
        part = todo.pop()
        code = getattr(getattr(part, "__func__", part), "__code__", part)
        if isinstance(code, types.CodeType):
            found.update(code.co_names)
            todo += [one for one in code.co_consts if isinstance(one, types.CodeType)]
        elif isinstance(part, property):
            todo += [one for one in (part.fget, part.fset, part.fdel) if one is not None]
    return found


def _is_users_code(value: Any) -> bool:
    function = getattr(value, "__func__", getattr(value, "func", value))
    return isinstance(function, types.FunctionType) and is_definition(function)


def _is_users(cls: type) -> bool:
    return cls.__module__ == "__main__" or whose.has_class(cls)


def _own_slots(cls: type) -> list[str]:
    """Slots of the user's classes among a class's bases."""
    own: list[str] = slot_names(cls)
    if not own:
        return []
    libraries = [base for base in cls.__mro__ if not _is_users(base)]
    return [name for name in own if not any(name in slot_names(base) for base in libraries)]


def _has_its_own_pickling(cls: type) -> bool:
    """Whether it is not pickled by all its attributes, as objects are by default."""
    if cls in copyreg.dispatch_table:
        return True
    return any(name in base.__dict__ for base in cls.__mro__ if base is not object for name in PICKLING | ARGUMENTS)


def _held(value: Any, slots: list[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What an object has of the user's: attributes, and slots."""
    attributes = getattr(value, "__dict__", None) if type(value).__dictoffset__ else None
    given = (
        {name: attributes[name] for name in (GIVEN | _BY_OTHERS) & attributes.keys()}
        if type(attributes) is dict
        else {}
    )
    return given, {name: object.__getattribute__(value, name) for name in slots if _is_filled(value, name)}


def _is_filled(value: Any, slot: str) -> bool:
    try:
        object.__getattribute__(value, slot)
    except AttributeError:
        return False
    return True


def _with(value: Any, reduced: Any, given: dict[str, Any], slots: dict[str, Any]) -> Any:
    if reduced is NotImplemented:
        reduced = as_pickle_would(value)
    if not isinstance(reduced, tuple) or reduced[0] in _BY_NAME:
        return reduced
    make, arguments, state, items, pairs, setter = (*reduced, None, None, None, None)[:6]
    for part in state if isinstance(state, tuple) and len(state) == 2 else (state,):
        if type(part) is dict:
            given = {name: one for name, one in given.items() if part.get(name, given) is not one}
            slots = {name: one for name, one in slots.items() if part.get(name, slots) is not one}
    if not given and not slots:
        return reduced
    return make, arguments, (state, setter, given, slots), items, pairs, take_added


_BY_NAME = (rebuild.live, rebuild.definition, rebuild.original, rebuild.module)


def take_added(made: Any, parts: tuple[Any, Any, dict[str, Any], dict[str, Any]]) -> None:
    """Give an object its state in its own way, and then what cells had added to it."""
    state, setter, given, slots = parts
    if stands_for_lost(made):
        return
    rebuild.give_state_by(setter, made, state)
    rebuild.set_state(made, (given, slots))
