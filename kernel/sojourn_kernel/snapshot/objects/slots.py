"""Metaclasses of libraries that give their classes slots by themselves (pyrsistent's): run again, they would refuse the slots that the class has
by then, or give it those of fields that it has not yet."""

from __future__ import annotations

import dis
import types
from collections.abc import Callable
from typing import Any

from ..looking.classes import module_of, names_of

_SLOTS = "__slots__"


def past_hooks(meta: Any, name: str, bases: Any, namespace: Any) -> Callable[..., Any] | None:
    """The ``__new__`` after that of such a metaclass, for a class with slots; None where the metaclass itself can make the class again.

    One with an ``__init__`` of its own (pony's) does more, and outside of the class.
    """
    if type(namespace) is not dict or _SLOTS not in namespace or not isinstance(meta, type):
        return None
    order = meta.__mro__
    giving = [number for number, one in enumerate(order) if _gives_slots(one)]
    if not giving or meta.__init__ is not type.__init__:  # type: ignore[misc]
        return None
    after = (names_of(one)["__new__"] for one in order[giving[-1] + 1 :] if "__new__" in names_of(one))
    found = next(after, None)
    return getattr(found, "__func__", found)


def _gives_slots(meta: type) -> bool:
    """Whether the code of a library's metaclass stores ``__slots__`` in the namespace of a class."""
    new = names_of(meta).get("__new__")
    code = getattr(getattr(new, "__func__", new), "__code__", None)
    if not isinstance(code, types.CodeType) or module_of(meta) == "__main__" or _SLOTS not in code.co_consts:
        return False
    return _stores_slots(code)


def _stores_slots(code: types.CodeType) -> bool:
    """Whether a function has a statement ``namespace["__slots__"] = ...``, and does not ask first whether there are any."""
    stores, loaded = False, ["", ""]
    for one in dis.get_instructions(code):
        if one.opname == "CONTAINS_OP" and loaded[0] == _SLOTS:
            return False
        stores = stores or (one.opname == "STORE_SUBSCR" and loaded[1] == _SLOTS)
        loaded = [loaded[1], one.argval]
    return stores
