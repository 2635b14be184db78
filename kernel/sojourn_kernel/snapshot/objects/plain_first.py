"""Objects with a hash of the user's that hold a dictionary, set or cache in which they may stand themselves: a graph's node and its neighbours.

Such an object is asked for its hash before it is filled: it is made with the text and numbers that it has, of which its hash is made.
"""

from __future__ import annotations

import copyreg
import functools
import types
import weakref
from collections.abc import Callable, Iterable
from typing import Any

from .. import rebuild
from ..looking.classes import inherited
from ..lost import stands_for_lost
from . import contents
from .definitions import is_definition

_PLAIN = frozenset({int, float, complex, str, bytes, bool, type(None)})
_OF_PLAIN = (tuple, frozenset)
_BY_HASH: tuple[Any, ...] = (dict, set, frozenset)
_CACHES = (weakref.WeakKeyDictionary, weakref.WeakSet, weakref.WeakValueDictionary, functools._lru_cache_wrapper)
_MAKERS: tuple[Any, ...] = (copyreg.__newobj__, rebuild.bare, contents.bare_of)  # type: ignore[attr-defined]


def of_class(cls: type, decision: Callable[[Any], Any] | None) -> Callable[[Any], Any] | None:
    """The way in which objects of a class are reduced, with what is plain in them first where its hash is the user's."""
    found = inherited(cls, "__hash__")
    own = isinstance(found, types.FunctionType) and any(map(is_definition, cls.__mro__))
    if not own or issubclass(cls, type) or hasattr(cls, "__setstate__"):
        return decision

    def plain_first(value: Any) -> Any:
        reduced = NotImplemented if decision is None else decision(value)
        attributes, slots = contents.parts_of_state(value)
        held = attributes.values() if not slots else (*attributes.values(), *slots.values())
        if type(attributes) is not dict or not _may_hold_their_holder(held):
            return reduced
        if reduced is NotImplemented:
            reduced = contents.as_pickle_would(value)
        make, arguments, state, items, pairs, setter = (*reduced, None, None, None, None)[:6]
        if make not in _MAKERS or state is None or setter not in (None, rebuild.set_state):
            return reduced
        return with_plain, (make, arguments, _plain_among(attributes), _plain_among(slots)), state, items, pairs, fill

    return plain_first


def _may_hold_their_holder(held: Iterable[Any]) -> bool:
    """Whether something is put under the hashes of other objects than text and numbers, as far as its first key tells.

    Plain dictionaries and sets are filled when all is made, if that must be; what is in a frozen set can't be put there later.
    """
    for one in held:
        cls = type(one)
        if cls is dict or cls is set:
            if type(next(iter(one), None)) is frozenset:
                return True
        elif isinstance(one, _BY_HASH):
            base: Any = next(base for base in _BY_HASH if isinstance(one, base))
            if type(next(base.__iter__(one), None)) not in _PLAIN:
                return True
        elif isinstance(one, _CACHES):
            return True
    return False


def _plain_among(held: dict[str, Any]) -> dict[str, Any] | None:
    return {name: one for name, one in held.items() if _is_plain(one)} if held else None


def _is_plain(one: Any) -> bool:
    return type(one) in _PLAIN or (type(one) in _OF_PLAIN and all(map(_is_plain, one)))


# What streams name


def with_plain(make: Any, arguments: tuple[Any, ...], attributes: Any, slots: Any) -> Any:
    made = make(*arguments)
    if not stands_for_lost(made):
        rebuild.set_state(made, (attributes, slots))
    return made


def fill(made: Any, state: Any) -> None:
    """Give an object that has what is plain in it its whole state, in the order that it had."""
    if not stands_for_lost(made):
        if type(made).__dictoffset__:
            object.__getattribute__(made, "__dict__").clear()
        rebuild.set_state(made, state)
