"""Classes with ``__weakref__`` among their ``__slots__`` whose own pickling gives all that these name: nothing sets that where it is put back (music21)."""

from __future__ import annotations

import copyreg
import types
from collections.abc import Callable
from typing import Any

from .. import rebuild
from ..looking.classes import inherited, names_of
from .contents import parts_of_state, reduced_by

_LISTED = "__weakref__"
_SEVERAL = (tuple, list, set, frozenset, dict)


def of_class(cls: type, decision: Callable[[Any], Any] | None) -> Callable[[Any], Any] | None:
    """The way in which objects of a class are reduced, without what is nobody's to set."""
    bases = cls.__mro__[:-1]
    own = inherited(cls, "__getstate__")
    if not isinstance(own, types.FunctionType) or cls in copyreg.dispatch_table or not any(map(_lists_it, bases)):
        return decision

    def reduce(value: Any) -> Any:
        reduced = reduced_by(decision, value)
        make, arguments, state, items, pairs, setter = (*_parts(reduced), *(None,) * 6)[:6]
        if setter is not None or type(state) is not dict or _LISTED not in state:
            return reduced
        state = {name: one for name, one in state.items() if name != _LISTED}
        parts = parts_of_state(value)
        if _is_all(state, parts):
            return make, arguments, parts, items, pairs, rebuild.set_state
        return make, arguments, state, items, pairs

    return reduce


def _lists_it(cls: type) -> bool:
    slots: Any = names_of(cls).get("__slots__", ())
    return slots == _LISTED if type(slots) is str else type(slots) in _SEVERAL and _LISTED in slots


def _parts(reduced: Any) -> tuple[Any, ...]:
    return reduced if isinstance(reduced, tuple) else ()


def _is_all(state: dict[str, Any], parts: tuple[Any, dict[str, Any]]) -> bool:
    """Whether what a class gives is what its object holds, as it is: then setting that is all there is to do."""
    held = {**parts[0], **parts[1]}
    return held.keys() == state.keys() and all(state[name] is one for name, one in held.items())
