"""Objects of libraries that know an open file by its number alone (a held lock of filelock's): here another file may be open under it."""

from __future__ import annotations

import re
import types
from collections.abc import Callable
from typing import Any

from ...told import Cause
from ..looking.classes import HEAP_TYPE, names_of, qualname_of
from ..looking.codes import nested
from ..process.by_number import is_open
from ..reducers import CannotKeep
from . import contents
from .definitions import is_definition

_NUMBER = re.compile(r"(?:^|_)(?:fd|fileno)$")
_read: dict[int, tuple[type, bool]] = {}
"""By id of a class, since a metaclass may answer no hash: whether its code sets such a number."""
_OF_PYTHON = 2  # the number of the last stream that every process has


def of_class(cls: type, decision: Callable[[Any], Any] | None) -> Callable[[Any], Any] | None:
    """The way in which objects of a class are reduced, but for those that hold such a number. Raises CannotKeep."""
    librarys = [base for base in cls.__mro__[:-1] if base.__flags__ & HEAP_TYPE and not is_definition(base)]
    if len(librarys) != len(cls.__mro__) - 1 or not any(map(_sets_a_number, librarys)):
        return decision

    def reduce(value: Any) -> Any:
        attributes, slots = contents.parts_of_state(value)
        for name, one in {**attributes, **slots}.items():
            if type(one) is int and one > _OF_PYTHON and _NUMBER.search(name) and is_open(one):
                reason = f"{name} of a {qualname_of(cls)} is the number of a file that only the old process has open"
                raise CannotKeep(Cause.LIVE_RESOURCE, reason)
        return NotImplemented if decision is None else decision(value)

    return reduce


def _sets_a_number(base: type) -> bool:
    """Whether code of a class speaks of an attribute that reads so."""
    known = _read.get(id(base))
    if known is None or known[0] is not base:
        functions = (getattr(one, "__func__", one) for one in list(names_of(base).values()))
        codes = (one.__code__ for one in functions if isinstance(one, types.FunctionType))
        found = any(_NUMBER.search(name) for code in codes for part in nested(code) for name in part.co_names)
        known = _read[id(base)] = base, found
    return known[1]
