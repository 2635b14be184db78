"""What an object of a library's was like when it was first seen, and whether it is like that by now.

Objects are looked at without asking them: attributes, slots, and what containers, also those of classes over Python's, hold.
"""

from __future__ import annotations

import functools
import itertools
import sys
import types
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from ..looking.attributes import attributes_of
from ..looking.classes import module_of, names_of
from ..lost import told_of

CONTAINERS = (dict, list, set)
_PARTS: dict[type, Callable[[Any], Iterable[Any]]] = {
    OrderedDict: OrderedDict.items,
    dict: dict.items,
    list: list.__iter__,
    set: set.__iter__,
    deque: deque.__iter__,
}
_SCALARS = (int, float, complex, str, bytes, bool, type(None))
_IMMUTABLE = (tuple, frozenset)
_BY_IDENTITY = (types.FunctionType, types.BuiltinFunctionType, types.ModuleType, type)
_SHOWN = frozenset({"datetime", "decimal", "fractions", "uuid", "pathlib", "re", "zoneinfo"})
"Modules of Python's whose objects show in their representation all that they are."
_DEPTH, _NODES = 4, 3_000  # of what is looked at in an object
_COMPARED = 10_000  # entries of a container, and those in it, up to which these are remembered
_COUNTED = 200_000  # up to which it is known whether they are the same
_BYTES = 1 << 20  # of an array that is compared


@dataclass(frozen=True)
class Seen:
    """contents: of a container, what it held, None of others. attributes: a sketch. Ellipsis stands for what was too much."""

    contents: Any
    attributes: Any

    @functools.cached_property
    def is_whole(self) -> bool:
        """Whether nothing was too much to be looked at."""
        return _is_whole(self.attributes) and self.contents is not ...


@dataclass(frozen=True, eq=False)
class _Inner:
    """A container of another class than Python's own in a container."""

    value: Any
    contents: Any


@dataclass(frozen=True)
class _Shape:
    """What is looked at in the objects of a class: the container that they are, and their slots."""

    cls: type
    kind: type | None
    slots: tuple[tuple[str, Any], ...]


_shapes: dict[int, _Shape] = {}
"By id of the class, since a metaclass may answer no hash."


def _shape_of(cls: type) -> _Shape:
    known = _shapes.get(id(cls))
    if known is None or known.cls is not cls:
        kind = next((kind for kind in _PARTS if issubclass(cls, kind)), None)
        known = _shapes[id(cls)] = _Shape(cls, kind, tuple(_slots(cls)))
    return known


def kind_of(value: Any) -> type | None:
    """The container of Python's that an object's class is, or is made over; None for other objects."""
    return _shape_of(type(value)).kind


def _is_one_of(cls: type, kinds: tuple[type, ...]) -> bool:
    """Whether it is one of these: a metaclass may answer no comparison."""
    return any(cls is kind for kind in kinds)


def look(value: Any) -> Seen:
    """What shows that an object was changed, as far as it can be seen without asking it. Raises nothing, runs no code of the object's."""
    return Seen(contents_of(value), attributes_in(value))


def contents_of(value: Any) -> Any:
    """What a container holds, as :class:`Seen` has it."""
    kind = kind_of(value)
    contents = None if kind is None else _copy(value, kind, [0])
    if contents is ... and len(parts := parts_of(value)) <= _COUNTED:
        contents = hash(tuple(itertools.chain.from_iterable(map(_ids, parts))))
    return contents


def attributes_in(value: Any) -> Any:
    """A sketch of what an object has beside that."""
    return {} if _is_one_of(type(value), CONTAINERS) else _held_by(value, _DEPTH, [0])


def has_changed(then: Seen, value: Any) -> bool:
    """Whether a container holds something else than it did, as far as that can be seen."""
    if then.contents is ... or kind_of(value) is None:
        return False
    now = contents_of(value)
    return now is not ... and not _alike(then.contents, now)


def has_slots(cls: type) -> bool:
    """Whether objects of a class hold something in slots."""
    return bool(_shape_of(cls).slots)


@dataclass(frozen=True)
class Stays:
    """Stands for an object that a container held when it was first seen: in a list by where it was, in a dict under the same key."""

    value: Any
    at: int = -1


def contents_since(then: Seen, value: Any) -> Any:
    """What a container holds, as a dict, list or set of Python's; objects that it held when it was first seen as ``Stays``."""
    kind, before = kind_of(value), then.contents
    if kind in (dict, OrderedDict):
        held = before if type(before) is dict else {}
        return {
            key: Stays(one) if key in held and _is_own(one) and _thing(held[key]) is one else _plain(one)
            for key, one in parts_of(value)
        }
    if kind is set:
        return set(value)
    first = {id(_thing(one)): at for at, one in enumerate(before if type(before) is list else [])}
    return [Stays(one, first[id(one)]) if _is_own(one) and id(one) in first else _plain(one) for one in parts_of(value)]


def _is_own(one: Any) -> bool:
    """Whether an entry is an object that is the library's itself, which data are not."""
    return not _is_one_of(type(one), (*_SCALARS, *CONTAINERS, *_IMMUTABLE))


def fill(value: Any, contents: Any) -> None:
    """Give a container what one of its class held elsewhere. Dicts in it stay the ones that they are, and so do objects that are alike."""
    kind = kind_of(value)
    if kind in (dict, OrderedDict):
        _fill_dict(value, kind, contents)
    elif kind is set:
        set.clear(value)
        set.update(value, contents)
    elif kind is not None:
        old = dict(enumerate(parts_of(value)))
        new = [_own_or_other(old.get(one.at), one) if type(one) is Stays else one for one in contents]
        kind.clear(value)  # type: ignore[attr-defined]
        kind.extend(value, new)  # type: ignore[attr-defined]


def _fill_dict(value: Any, kind: Any, contents: Any) -> None:
    old = dict(parts_of(value))
    kind.clear(value)
    for key, one in contents.items():
        here = old.get(key)
        if type(here) is dict and type(one) is dict:
            _fill_dict(here, dict, one)
            kind.__setitem__(value, key, here)
        elif type(one) is Stays:
            kind.__setitem__(value, key, _own_or_other(here, one))
        elif told_of(one) is None:
            kind.__setitem__(value, key, one)
        elif key in old:
            kind.__setitem__(value, key, here)


def _own_or_other(here: Any, one: Stays) -> Any:
    """What the library has there, if it is like what it had in the process before, or that was lost; else that."""
    lost = told_of(one.value) is not None
    return (
        here
        if here is not None and (lost or (type(here) is type(one.value) and look(here) == look(one.value)))
        else one.value
    )


def _plain(value: Any) -> Any:
    """A container of Python's own as one of the stream's alone."""
    if type(value) is dict:
        return {key: _plain(one) for key, one in value.items()}
    return [_plain(one) for one in value] if type(value) is list else set(value) if type(value) is set else value


def _thing(entry: Any) -> Any:
    return entry.value if type(entry) is _Inner else entry


def parts_of(value: Any) -> list[Any]:
    """What a container holds, keys and values of a dict in pairs."""
    kind = kind_of(value)
    return [] if kind is None else list(_PARTS[kind](value))


def _ids(part: Any) -> tuple[int, ...]:
    return (id(part[0]), id(part[1])) if type(part) is tuple and len(part) == 2 else (id(part),)


def _slots(cls: type) -> Iterator[tuple[str, Any]]:
    for base in cls.__mro__:
        own = names_of(base)
        if "__slots__" in own:
            yield from ((name, one) for name, one in own.items() if type(one) is types.MemberDescriptorType)
        compiled = own.get("__mypyc_attrs__")  # which stand for attributes, as slots do
        names = compiled if type(compiled) is tuple else ()
        yield from ((name, own[name]) for name in names if name in own)


def _held_by(value: Any, depth: int, count: list[int]) -> Any:
    """A sketch of an object's attributes, what it has in slots, and the bytes of an array."""
    found: dict[Any, Any] = dict(attributes_of(value))
    for name, slot in _shape_of(type(value)).slots:
        try:
            found[name] = slot.__get__(value)
        except AttributeError:  # an empty one
            continue
    data = _bytes_of(value)
    return _of_dict(found, depth, count) | ({} if data is None else {"": data})


def _of_dict(held: Any, depth: int, count: list[int]) -> Any:
    count[0] += len(held)
    if count[0] > _NODES:
        return {"": ...}
    return {str(name): _sketch(one, depth - 1, count) for name, one in list(held.items())}


def _bytes_of(value: Any) -> Any:
    """What an array of numpy holds; None for other objects."""
    array: Any = getattr(sys.modules.get("numpy"), "ndarray", None)
    if array is None or not issubclass(type(value), array):
        return None
    dtype, size = array.dtype.__get__(value), array.nbytes.__get__(value)
    return ... if dtype.hasobject or size > _BYTES else (str(dtype), array.shape.__get__(value), array.tobytes(value))


def _sketch(value: Any, depth: int, count: list[int]) -> Any:
    """What is in an object, plain values by value."""
    cls = type(value)
    if _is_one_of(cls, _SCALARS) or module_of(cls).partition(".")[0] in _SHOWN:
        return repr(value)
    if issubclass(cls, _BY_IDENTITY):
        return cls.__name__, id(value)
    if depth == 0:
        return cls.__name__
    found: Any = None
    immutable = _is_one_of(cls, _IMMUTABLE)
    if immutable or kind_of(value) is not None:
        found = _sketch_of_parts(value, list(value) if immutable else parts_of(value), depth, count)
        if immutable or _is_one_of(cls, CONTAINERS):
            return found
    held = _held_by(value, depth, count)
    return (found, held) if held else found or cls.__name__


def _sketch_of_parts(value: Any, parts: list[Any], depth: int, count: list[int]) -> Any:
    count[0] += len(parts)
    if count[0] > _NODES:
        return ...
    kind = kind_of(value)
    if kind in (dict, OrderedDict):
        return {str(key): _sketch(one, depth - 1, count) for key, one in parts}
    found = [_sketch(one, depth - 1, count) for one in parts]
    return sorted(map(str, found)) if kind is set or type(value) is frozenset else found


def _is_whole(sketch: Any) -> bool:
    parts = sketch.values() if type(sketch) is dict else sketch if type(sketch) in (list, tuple) else ()
    return sketch is not ... and all(map(_is_whole, parts))


def _copy(value: Any, kind: type, count: list[int]) -> Any:
    """The same containers with the same things in them; Ellipsis for what is too much to copy."""
    parts = parts_of(value)
    count[0] += len(parts)
    if count[0] > _COMPARED:
        return ...
    if kind in (dict, OrderedDict):
        return {key: _inside(one, count) for key, one in parts}
    return set(value) if kind is set else [_inside(one, count) for one in parts]


def _inside(value: Any, count: list[int]) -> Any:
    kind = kind_of(value)
    if kind is None:
        return value
    copy = _copy(value, kind, count)
    return copy if _is_one_of(type(value), CONTAINERS) else _Inner(value, copy)


def _alike(one: Any, other: Any) -> bool:
    if one is other:
        return True
    if type(one) is not type(other):
        return False
    if type(one) is _Inner:
        return one.value is other.value and _alike(one.contents, other.contents)
    if type(one) is dict:
        return list(one) == list(other) and all(_alike(one[key], other[key]) for key in one)
    if type(one) is list:
        return len(one) == len(other) and all(map(_alike, one, other))
    return _is_one_of(type(one), (*_SCALARS, set)) and bool(one == other)
