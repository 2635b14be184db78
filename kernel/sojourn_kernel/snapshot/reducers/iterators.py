"""Iterators half-way that pickle refuses, or copies away from what they go through."""

from __future__ import annotations

import csv
import ctypes
import gc
import itertools
import operator
import struct
from collections import OrderedDict
from itertools import islice
from typing import Any

from ..looking import pointers
from . import reducer, spent

# Of dictionaries: pickle makes lists of what is left, which no longer see the dictionary


_OVER = {"key": dict.keys, "value": dict.values, "item": dict.items}


def over_dict(kind: str, backwards: bool, owner: dict[Any, Any], done: int) -> Any:
    view = _OVER[kind](owner)
    made: Any = reversed(view) if backwards else iter(view)
    if len(list(islice(made, done))) < done:
        raise ValueError("the dictionary has fewer entries than its iterator had passed")
    return made


@reducer(
    "builtins:dict_keyiterator", "builtins:dict_valueiterator", "builtins:dict_itemiterator",
    "builtins:dict_reversekeyiterator", "builtins:dict_reversevalueiterator", "builtins:dict_reverseitemiterator",
)  # fmt: skip
def dict_iterator(value: Any) -> Any:
    owner = next((one for one in gc.get_referents(value) if isinstance(one, dict)), None)
    left = operator.length_hint(value)
    name = type(value).__name__.removeprefix("dict_").removesuffix("iterator")
    way = name.removeprefix("reverse"), name.startswith("reverse")
    if owner is not None and not left and spent.has_raised(value):
        return spent.over_a_changed_dict, way
    if owner is None or not left:  # done, or the dictionary has changed, which pickle finds out
        return NotImplemented
    return over_dict, (*way, owner, len(owner) - left)


@reducer("builtins:odict_iterator", "collections:odict_iterator")
def ordered_iterator(value: Any) -> Any:
    """It shows what is left, and the collector the entry that comes next; which way it goes, and through what, follows from these."""
    owner, *shown = [one for one in gc.get_referents(value) if not isinstance(one, type)] or [None]
    _, (left,) = value.__reduce__()
    if not isinstance(owner, OrderedDict) or not left:
        return NotImplemented
    keys = list(owner)
    backwards = len(left) < len(keys) and keys[len(keys) - len(left)] is not shown[0]
    backwards = backwards or (len(left) == len(keys) > 1 and keys[-1] is shown[0])
    ahead = (keys[::-1] if backwards else keys)[len(keys) - len(left) :]
    kind = "item" if len(shown) > 1 else "key" if all(map(operator.is_, ahead, left)) else "value"
    return over_ordered, (kind, backwards, owner, len(keys) - len(left))


def over_ordered(kind: str, backwards: bool, owner: Any, done: int) -> Any:
    view = _OVER_ORDERED[kind](owner)
    made: Any = reversed(view) if backwards else iter(view)
    next(islice(made, done, done), None)
    return made


_OVER_ORDERED = {"key": OrderedDict.keys, "value": OrderedDict.values, "item": OrderedDict.items}


# Of sets: the same, where the set that was put together again has those first that the iterator had passed


@reducer("builtins:set_iterator")
def set_iterator(value: Any) -> Any:
    owner = next((one for one in gc.get_referents(value) if isinstance(one, (set, frozenset))), None)
    left = operator.length_hint(value)
    if owner is not None and not left and spent.has_raised(value):
        return spent.over_a_changed_set, ()
    if owner is None or not left:
        return NotImplemented
    return over_set, (owner, value.__reduce__()[1][0])


def over_set(owner: Any, left: list[Any]) -> Any:
    made = set.__iter__(owner) if isinstance(owner, set) else frozenset.__iter__(owner)
    passed = {id(one) for one in islice(made, len(owner) - len(left))}
    return iter(left) if any(id(one) in passed for one in left) else made


# Those that only the collector looks into


def make_pairwise(source: tuple[Any, ...], before: tuple[Any, ...]) -> Any:
    return itertools.pairwise(itertools.chain(before, *source))


@reducer("itertools:pairwise")
def pairwise(value: Any) -> Any:
    """The collector is shown the iterator, the element before if there is one, and in some versions its class first and the last pair last."""
    held, fresh = gc.get_referents(value), gc.get_referents(itertools.pairwise(()))
    at = next(place for place, one in enumerate(fresh) if one is not itertools.pairwise)
    behind = len(fresh) - at - 1
    held = held[at : len(held) - behind]
    return make_pairwise, (tuple(held[:1]), tuple(held[1:]))


def make_batched(source: Any, size: int, strict: bool) -> Any:
    options = {"strict": True} if strict else {}  # which Python before 3.13 does not know
    return itertools.batched(source, size, **options)  # type: ignore[attr-defined]


@reducer("itertools:batched")
def batched(value: Any) -> Any:
    """Behind what it goes through lie the size of its batches and, where Python has it, whether the last must be whole."""
    cls = type(value)
    source = pointers.held_at(value, pointers.FIRST)
    size = ctypes.c_ssize_t.from_address(id(value) + pointers.FIRST + pointers.SIZE).value
    has_flag = cls.__basicsize__ > pointers.FIRST + 2 * pointers.SIZE
    strict = has_flag and ctypes.c_bool.from_address(id(value) + pointers.FIRST + 2 * pointers.SIZE).value
    return make_batched, (pointers.object_at(source) if source else (), size, strict)


def make_unpacking(maker: struct.Struct, memory: Any, done: int) -> Any:
    made = maker.iter_unpack(memory)
    next(islice(made, done, done), None)
    return made


@reducer("_struct:unpack_iterator")
def unpacking(value: Any) -> Any:
    held = gc.get_referents(value)
    maker = next((one for one in held if isinstance(one, struct.Struct)), None)
    memory = next((one for one in held if one is not maker and not isinstance(one, type)), None)
    if maker is None or memory is None:
        return iter, ((),)
    return make_unpacking, (maker, memory, memoryview(memory).nbytes // maker.size - operator.length_hint(value))


# Of lines of comma-separated values


def make_csv_reader(source: Any, dialect: dict[str, Any], lines: int) -> Any:
    made = csv.reader(itertools.chain(itertools.repeat("", lines), source), **dialect)
    next(islice(made, lines, lines), None)  # it counts the lines that it was given
    return made


def make_csv_writer(write: Any, dialect: dict[str, Any]) -> Any:
    return csv.writer(_Writer(write), **dialect)


def make_csv_dialect(said: dict[str, Any]) -> Any:
    return csv.reader((), **said).dialect


class _Writer:
    def __init__(self, write: Any) -> None:
        self.write = write


@reducer("_csv:reader")
def csv_reader(value: Any) -> Any:
    source = next((one for one in gc.get_referents(value) if hasattr(type(one), "__next__")), iter(()))
    return make_csv_reader, (source, dialect_of(value.dialect), value.line_num)


@reducer("_csv:writer")
def csv_writer(value: Any) -> Any:
    """It holds what is called to write, a method of the file."""
    write = next(one for one in gc.get_referents(value) if callable(one) and not isinstance(one, type))
    return make_csv_writer, (write, dialect_of(value.dialect))


def dialect_of(value: Any) -> dict[str, Any]:
    """What a dialect of csv says."""
    names = (
        "delimiter",
        "quotechar",
        "doublequote",
        "escapechar",
        "lineterminator",
        "quoting",
        "skipinitialspace",
        "strict",
    )
    return {name: getattr(value, name) for name in names}


@reducer("_csv:Dialect")
def csv_dialect(value: Any) -> Any:
    return make_csv_dialect, (dialect_of(value),)
