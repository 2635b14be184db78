"""Which roots share objects: they belong together, since aliasing survives only inside one stream (Kishu's co-variables)."""

from __future__ import annotations

import datetime
import decimal
import enum
import fractions
import itertools
import pathlib
import pickle
import re
import sys
import types
import uuid
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from ..looking.attributes import attributes_of, dict_of, is_its_own
from ..lost import Lost
from .identities import objects_of

# Sharing one of these can't be observed, or they come back as the one object they were, by name.
_UNSHARED: set[type] = {
    int, float, complex, bool, type(None), str, bytes, tuple, frozenset, range, slice, type(Ellipsis), type(NotImplemented),
    types.ModuleType, types.BuiltinFunctionType, types.FunctionType, types.CodeType, types.MethodDescriptorType,
    types.WrapperDescriptorType, types.GetSetDescriptorType, types.MemberDescriptorType, types.MethodType,
    datetime.date, datetime.datetime, datetime.time, datetime.timedelta, datetime.timezone, decimal.Decimal,
    fractions.Fraction, uuid.UUID, re.Pattern, pickle.PickleBuffer, Lost,
}  # fmt: skip
_UNSHARED_BASES = (type, enum.Enum, pathlib.PurePath)
_UNSHARED_MODULES = ("numpy.dtypes", "zoneinfo")


# Kinds of numbers and places, which libraries have one object of.
_KINDS_OF: dict[str, str | tuple[str, ...]] = {
    "numpy": "dtype",
    "torch": ("dtype", "device", "layout", "memory_format", "Size"),
    "pyarrow.lib": "DataType",
    "tensorflow.python.framework.dtypes": "DType",
}


def _bears_identity(cls: type) -> bool:
    if cls in _UNSHARED or issubclass(cls, _UNSHARED_BASES) or cls.__module__ in _UNSHARED_MODULES:
        return False
    if cls.__name__ == "cython_function_or_method":  # found by its name
        return False
    if cls.__name__.endswith("Dtype") and cls.__module__.partition(".")[0] == "pandas":
        return False
    return not cls.__name__.startswith(_KINDS_OF.get(cls.__module__, "\n"))


def of_classes() -> Iterable[Any]:
    """Containers of libraries' classes that each of their objects carries into its stream."""
    pandas = sys.modules.get("pandas")
    frames = [getattr(pandas, name) for name in ("DataFrame", "Series") if hasattr(pandas, name)]
    for cls in frames:  # it grows
        frames += type.__subclasses__(cls)
        if cls.__module__ != "__main__":
            yield cls._metadata


# Immutable, and written once to a stream however often it is met: two names of one of them stay names of one.
_SHARED_BY_NAMES = (
    str, bytes, tuple, frozenset, range, complex, datetime.date, datetime.datetime, datetime.time, datetime.timedelta,
    datetime.timezone, decimal.Decimal, fractions.Fraction, uuid.UUID, re.Pattern,
    pathlib.PosixPath, pathlib.WindowsPath, pathlib.PurePosixPath, pathlib.PureWindowsPath,
)  # fmt: skip
LONG_TEXT = 4096  # characters or bytes: two of it where there was one would also cost memory
_BY_ID = frozenset(map(id, _SHARED_BY_NAMES))  # a class may raise when it is hashed or compared


def shared_by_names(value: Any) -> bool:
    """Whether another name of this very value can be told from a name of an equal one, and only then."""
    if id(type(value)) not in _BY_ID or value is datetime.timezone.utc:  # of which there is one in any process
        return False
    return not isinstance(value, (str, bytes, tuple, frozenset)) or len(value) > 1


def named_alone(roots: Mapping[str, Any]) -> dict[int, Any]:
    """Immutable values that have a name, by id: who holds one of them as well is to be found. Not short text, of which code has one copy."""
    return {
        id(v): v
        for v in roots.values()
        if shared_by_names(v) and (not isinstance(v, (str, bytes)) or len(v) >= LONG_TEXT)
    }


class _Kinds(dict[type, bool]):
    def __missing__(self, cls: type) -> bool:
        bears = self[cls] = _may_bear_identity(cls)
        return bears


def bearing_identity(met: list[Any]) -> list[Any]:
    """Those of the objects whose sharing can be observed; of floats the NaNs, which containers find by identity.

    A session meets millions, most of them numbers and strings: no Python code runs for these.
    """
    try:
        kept = list(itertools.compress(met, map(_Kinds().__getitem__, map(type, met))))
    except Exception:  # a metaclass that answers no hash
        kept = [value for value in met if _may_bear_identity(type(value))]
    return [value for value in kept if type(value) is not float or value != value]


def _may_bear_identity(cls: type) -> bool:
    try:
        return cls is float or _bears_identity(cls)
    except Exception:
        return True


def sharing_their_dict(met: list[Any]) -> frozenset[int]:
    """Ids of the objects whose ``__dict__`` was met more than once: a variable holds it, another object has it too, or it is the object."""
    try:
        has_dict = {cls for cls in set(map(type, met)) if cls.__dictoffset__}
    except Exception:  # a metaclass that answers no hash
        return frozenset()
    may_be_own = {cls for cls in has_dict if issubclass(cls, dict)}
    own = (
        frozenset(id(one) for one in met if type(one) in may_be_own and is_its_own(one)) if may_be_own else frozenset()
    )
    own |= _with_another_kind_of_dict(met, has_dict)
    objects = list(itertools.compress(met, map(has_dict.__contains__, map(type, met)))) if has_dict else []
    if len(objects) < len(met) / _MOSTLY_OTHERS:  # a graph of plain dictionaries: each has to be looked up, not counted
        return own | _whose_dict_is_met_twice(objects, met)
    dicts = [id(value) for value in met if type(value) is dict] if has_dict else []
    if len(dicts) == len(set(dicts)):
        return own
    twice = {number for number, times in Counter(dicts).items() if times > 1}
    return own | {id(value) for value in objects if id(attributes_of(value)) in twice}


_MOSTLY_OTHERS = 8  # times as many that is met as objects that have a dictionary


def _whose_dict_is_met_twice(objects: list[Any], met: list[Any]) -> frozenset[int]:
    """Ids of those of a few objects whose dictionary is among what was met more than once."""
    dicts = [attributes_of(value) for value in objects]
    wanted = {id(one) for one in dicts if type(one) is dict}
    times = Counter(filter(wanted.__contains__, map(id, met))) if wanted else {}
    return frozenset(id(value) for value, one in zip(objects, dicts, strict=True) if times.get(id(one), 0) > 1)


def _with_another_kind_of_dict(met: list[Any], has_dict: set[type]) -> frozenset[int]:
    """Ids of the objects that a cell gave a ``__dict__`` of a subclass."""
    kinds = {cls for cls in set(map(type, met)) if cls is not dict and issubclass(cls, dict)} if has_dict else set()
    dicts = {id(one) for one in met if type(one) in kinds} if kinds else set()
    if not 0 < len(dicts) <= _FEW_DICTS:
        return frozenset()
    return frozenset(id(one) for one in met if type(one) in has_dict and id(dict_of(one)) in dicts)


_FEW_DICTS = 1000  # among which the dictionaries of objects are looked for


class Sharing:
    """Union of roots by the objects that their streams met and that bear an identity."""

    def __init__(self, everyones: Iterable[int] = ()) -> None:
        self._met: list[tuple[str, list[Any]]] = []
        self._everyones = frozenset(everyones)
        "Ids of objects that bind nobody: they come back by name, or belong to a library's class."

    def add(self, root: str, met: list[Any]) -> None:
        """Remember what a root's stream met; the objects stay alive, so that no id is used twice."""
        self._met.append((root, met))

    def add_again(self, root: str, met: list[Any]) -> None:
        """A root's stream was written anew, and met more."""
        for one, known in self._met:
            if one == root:
                known += met

    def met(self) -> Iterable[list[Any]]:
        """What each root's stream met."""
        return (met for _, met in self._met)

    def with_ids_of_others(self, numbers: Mapping[str, list[int]]) -> dict[str, dict[int, Any]]:
        """Roots whose numbers are ids of what other roots met, with these objects by their ids: each belongs to the others' roots from here on.

        numbers: by root, those that may be an id.
        """
        numbers = {root: found for root, found in numbers.items() if found}
        wanted = set[int]().union(*numbers.values())
        objects: dict[int, Any] = {}
        for _, met in self._met if wanted else ():
            objects |= objects_of(wanted - objects.keys(), met)
        with_them: dict[str, dict[int, Any]] = {}
        for root, met in self._met:
            found = {number: objects[number] for number in numbers.get(root, ()) if number in objects}
            if found and not found.keys() <= set(map(id, met)):
                with_them[root] = found
                met += found.values()
        return with_them

    def groups(self) -> list[list[str]]:
        """Roots that belong together, in the order in which they were added; most stand alone."""
        parent = {root: root for root, _ in self._met}

        def find(root: str) -> str:
            while parent[root] != root:
                parent[root] = parent[parent[root]]
                root = parent[root]
            return root

        for left, right in self._links():
            parent[find(right)] = find(left)
        groups: dict[str, list[str]] = {}
        for root, _ in self._met:
            groups.setdefault(find(root), []).append(root)
        return list(groups.values())

    def _links(self) -> Iterable[tuple[str, str]]:
        """Pairs of roots that share an object. What the largest root met is looked up, and not put into a table."""
        first: dict[int, str] = {}
        smaller = sorted(self._met, key=lambda entry: len(entry[1]))
        for root, kept in smaller:
            for shared in (first.keys() & map(id, kept)) - self._everyones:
                yield first[shared], root
            if kept is not smaller[-1][1]:
                first |= dict.fromkeys(map(id, kept), root)
