"""Numbers that are ``id``s of the session's objects: keys of a dictionary, ``seen = {id(node)}``, the memo of a copy.

An object has another number in another process. A number that is the address of an object met in the same save is stored as "the id of" it.
"""

from __future__ import annotations

import itertools
import types
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

_LEAST, _MOST = 1 << 44, 1 << 48  # where the addresses of a process are; below are counts, above are times and hashes
MANY = 500_000  # objects in a draft from which they are not looked through


class Circular(Exception):
    """An object is made of its own id: the number stays what it was."""


@dataclass
class IdOf:
    """What stands in a stream for a number. met: how often it was met; left: how often it may still be, as it would without end in a circle."""

    name: tuple[str, Any]
    met: int
    left: int = 0

    def take(self) -> tuple[str, Any]:
        self.left -= 1
        if self.left < 0:
            raise Circular
        return self.name


class _Whole(dict[type, bool]):
    def __missing__(self, cls: type) -> bool:
        return False


_WHOLE = _Whole({int: True})


def numbers_in(met: list[Any]) -> list[int]:
    """The numbers among what a stream met that may be an address."""
    if len(met) > MANY:
        return []
    try:
        whole = itertools.compress(met, map(_WHOLE.__getitem__, map(type, met)))
        return [number for number in whole if _LEAST < number < _MOST]
    except Exception:  # a metaclass that answers no hash
        return []


def objects_of(numbers: Iterable[int], objects: Iterable[Any]) -> dict[int, Any]:
    """Those of the objects of which a number is the id."""
    wanted = set(numbers)
    return {id(value): value for value in objects if id(value) in wanted} if wanted else {}


# fmt: off
_BY_THEIR_NAMES = (types.FunctionType, types.BuiltinFunctionType, types.ModuleType, type, type(None), type(...), type(NotImplemented))
# fmt: on


def of_no_ones(numbers: Iterable[int], met: Iterable[Any]) -> dict[int, Any]:
    """The same, of what nobody's sharing links: functions, classes, modules and singletons, which come by their names."""
    return {number: one for number, one in objects_of(numbers, met).items() if issubclass(type(one), _BY_THEIR_NAMES)}


def named(numbers: list[int], found: Mapping[int, Any]) -> dict[int, IdOf]:
    """Names of those of the numbers that are ids of objects that were found, by the ids of the numbers themselves."""
    times = Counter(map(id, numbers)) if found else Counter()
    return {id(one): IdOf(("id of", found[one]), times[id(one)]) for one in numbers if one in found}


def begin(names: Iterable[Any]) -> None:
    """A stream is written from its start. Several roots may have one number."""
    for name in names:
        if type(name) is IdOf:
            name.left = 2 * name.met + 8


def ids_among(names: Mapping[int, Any]) -> dict[int, IdOf]:
    return {number: name for number, name in names.items() if type(name) is IdOf}
