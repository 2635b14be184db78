"""Dictionaries and sets that hold objects under a hash that these no longer have, since a cell changed what it is made of.

Such an object is not found where it stands, and two that have become equal are still two; put in anew, it would be found, and one of the
two would be gone. The hash that a container knows is kept, and the object put back under it.
"""

from __future__ import annotations

import ctypes
import dis
import types
from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from ..libraries import whose
from ..looking.classes import module_of, names_of

_next = getattr(ctypes.pythonapi, "_PyDict_Next", None)  # before Python 3.13
_next_of_set = getattr(ctypes.pythonapi, "_PySet_NextEntry", None)
_get = getattr(ctypes.pythonapi, "_PyDict_GetItem_KnownHash", None)
if _get is not None:
    _get.restype = ctypes.c_void_p
_put = getattr(ctypes.pythonapi, "_PyDict_SetItem_KnownHash", None)
_QUIET = frozenset({"hash", "id", "type", "tuple", "frozenset", "sorted", "str", "repr", "int", "float", "round", "len", "map", "sum", "getattr", "super",
                    "items", "keys", "values", "lower", "casefold", "strip", "__hash__", "object"})  # fmt: skip
_OF_PARTS = (tuple, frozenset)  # whose hashes are made of those of what they hold
_KINDS: dict[type, str] = {dict: "dict", defaultdict: "defaultdict", set: "set", frozenset: "frozenset"}


class WithOldHashes:
    """Stands in a stream for a container, of which it is the persistent id."""

    def __init__(self, container: Any) -> None:
        self.container = container


class Holder:
    """What the stream makes of it, which holds the container."""

    def __init__(self, container: Any) -> None:
        self.container = container


def among(met: list[Any]) -> dict[int, WithOldHashes]:
    """Those of the containers that a stream met that hold something under an old hash, by their ids."""
    if None in (_next_of_set, _get, _put):
        return {}
    try:
        own = {cls for cls in set(map(type, met)) if _hashes_by_code_of_the_users(cls)}
    except Exception:  # a metaclass that answers no hash
        return {}
    if not own:
        return {}
    kinds = own.union(_OF_PARTS)
    containers = {id(one): one for one in met if type(one) in _KINDS}
    return {
        number: WithOldHashes(one)
        for number, one in containers.items()
        if any(type(key) in kinds for key in one)
        and any(type(key) in kinds and _hash_of(key) != known for known, key, _ in _entries(one))
    }


def reduce(value: WithOldHashes) -> tuple[Any, ...]:
    entries = list(_entries(value.container))
    kind = _KINDS[type(value.container)]
    if kind == "frozenset":
        return made_whole, (entries,)
    return begun, (kind, getattr(value.container, "default_factory", None)), entries, None, None, fill


def _hashes_by_code_of_the_users(cls: type) -> bool:
    for base in cls.__mro__:
        if "__hash__" in names_of(base):
            own, found = module_of(base) == "__main__" or whose.has_class(base), names_of(base)["__hash__"]
            return own and isinstance(found, types.FunctionType) and _only_computes(found.__code__)
    return False


@lru_cache(maxsize=256)
def _only_computes(code: types.CodeType) -> bool:
    """Whether a save may run it, which the user's code does not expect."""
    for one in dis.get_instructions(code):
        stores = one.opname.startswith(("STORE_", "DELETE_")) and "_FAST" not in one.opname
        method = one.opname == "LOAD_METHOD" or (one.opname == "LOAD_ATTR" and "NULL" in one.argrepr)
        named = one.argval if one.opname in ("LOAD_GLOBAL", "LOAD_NAME") or method else None
        if stores or (named is not None and named not in _QUIET):
            return False
    return True


def _hash_of(key: Any) -> int | None:
    try:
        return hash(key)
    except Exception:  # it has none any more
        return None


def _entries(container: Any) -> Iterator[tuple[int, Any, Any]]:
    """The hash that a container knows of each of its keys, the key, and what stands there."""
    if not isinstance(container, dict):
        yield from ((known, key, None) for known, key in _each(_next_of_set, container, 0))
    elif _next is not None:
        yield from _each(_next, container, 1)
    else:
        yield from _entries_by_a_set(container)


def _each(following: Any, container: Any, values: int) -> Iterator[tuple[Any, ...]]:
    """What a function gives that goes from entry to entry: the hash, the key, and the value where there are values."""
    place, known = ctypes.c_ssize_t(0), ctypes.c_ssize_t()
    parts = [ctypes.py_object() for _ in range(1 + values)]
    while following(ctypes.py_object(container), ctypes.byref(place), *map(ctypes.byref, parts), ctypes.byref(known)):
        yield known.value, *(part.value for part in parts)


def _entries_by_a_set(table: dict[Any, Any]) -> Iterator[tuple[int, Any, Any]]:
    """The same where Python goes through sets alone: one made of a dictionary takes the hashes as they are, and leaves out keys that are equal by now."""
    hashes = {id(key): known for known, key in _each(_next_of_set, set(dict(table)), 0)}
    for key, value in list(table.items()):
        known = hashes.get(id(key))
        if known is None:
            known = next((one for one in set(hashes.values()) if _stands_under(table, key, one)), hash(key))
        yield known, key, value


def _stands_under(table: dict[Any, Any], key: Any, known: int) -> bool:
    return _get is not None and bool(_get(ctypes.py_object(table), ctypes.py_object(key), ctypes.c_ssize_t(known)))


# What streams name


def begun(kind: str, otherwise: Any) -> Holder:
    return Holder({} if kind == "dict" else set() if kind == "set" else defaultdict(otherwise))


def fill(holder: Holder, entries: list[tuple[int, Any, Any]]) -> None:
    _fill(holder.container, entries)


def made_whole(entries: list[tuple[int, Any, Any]]) -> Holder:
    whole: set[Any] = set()
    _fill(whole, entries)
    return Holder(frozenset(whole))


def _fill(container: Any, entries: list[tuple[int, Any, Any]]) -> None:
    if _put is None:
        raise LookupError("this Python puts nothing under a hash that it had before")
    under_their_hashes = container if isinstance(container, dict) else {}
    for known, key, value in entries:
        parts = (ctypes.py_object(one) for one in (under_their_hashes, key, value))
        _put(*parts, ctypes.c_ssize_t(known))
    if under_their_hashes is not container:
        container.update(under_their_hashes)  # which takes the hashes as they are
