"""What Sojourn stands on is its own again while it works: a mock that a cell left in force would stand in its way as well.

Functions of the standard library, and methods of its classes, are noted before any cell runs. While inside :func:`lifted` those stand
at their places again, and :func:`held` and :func:`namespace` answer as if they did not, so that what is saved is what cells put there.
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from functools import partial
from operator import is_, itemgetter
from typing import Any

from ..looking.classes import HEAP_TYPE
from .outermost import Outermost

_STOOD_ON = (
    "os", "posix", "posixpath", "stat", "io", "pathlib", "threading", "queue", "concurrent.futures._base", "concurrent.futures.thread",
    "hashlib", "hmac", "json", "json.encoder", "json.decoder", "pickle", "struct", "time", "select", "selectors", "socket", "ssl",
    "subprocess", "signal", "fcntl", "zlib", "tempfile", "shutil", "contextlib", "functools", "copyreg", "marshal", "ast", "gc", "weakref",
    "base64", "binascii", "secrets", "urllib.parse", "contextvars", "zstandard", "xxhash", "fastcdc", "copy", "re", "heapq", "bisect",
    "platform", "locale", "inspect", "dataclasses", "dis", "tokenize", "linecache", "textwrap", "asyncio", "asyncio.tasks", "asyncio.events",
    "uuid", "importlib", "importlib.util",
)  # fmt: skip
_KEPT_ELSEWHERE = {("threading", "excepthook")}
_GONE = object()
_noted: dict[tuple[int, str], tuple[Any, Any]] = {}
"""By owner and name: the owner, and what stood there before any cell ran."""
_by_owner: list[tuple[Any, Mapping[str, Any], tuple[str, ...], tuple[Any, ...]]] = []
"""The same for a look that is soon done: owner, what is in it now, names, and what stood there."""
_aside: dict[tuple[int, str], Any] = {}
"""By owner and name: what cells put there, while Sojourn works."""


def note() -> None:
    """Remember what stands where, once, before any cell runs."""
    if _noted:
        return
    for name in _STOOD_ON:
        if (module := sys.modules.get(name)) is None:
            continue
        for attribute, value in list(vars(module).items()):
            if callable(value) and (name, attribute) not in _KEPT_ELSEWHERE:
                _noted[id(module), attribute] = (module, value)
            if isinstance(value, type) and _is_of(value, name) and value.__flags__ & HEAP_TYPE:
                _noted.update(((id(value), one), (value, it)) for one, it in vars(value).items() if _is_code(it))
    for number, places in itertools.groupby(sorted(_noted, key=itemgetter(0)), key=itemgetter(0)):
        names = tuple(name for _, name in places)
        owner = _noted[number, names[0]][0]
        _by_owner.append((owner, vars(owner), names, tuple(_noted[number, name][1] for name in names)))


def _is_of(cls: type, module: str) -> bool:
    """Whether a module made a class, or a private module of it did: ``pathlib._local`` makes ``pathlib.Path`` in Python 3.13."""
    return cls.__module__ in (module, "_io") or cls.__module__.startswith(f"{module}._")


def _is_code(value: Any) -> bool:
    return callable(value) or isinstance(value, (classmethod, staticmethod, property))


def stand_ins(users: Callable[[Any], bool]) -> list[tuple[int, str]]:
    """Owners and names of what cells replaced. What libraries put there (debuggers, gevent) is theirs, and stays."""
    found = []
    for owner, here, names, values in _by_owner:
        if all(map(is_, map(here.get, names), values)):
            continue
        for name, value in zip(names, values, strict=True):
            now = here.get(name, _GONE)
            if now is not value and (now is _GONE or is_a_mock(now) or users(now)):
                found.append((id(owner), name))
    return found


def is_a_mock(value: Any) -> bool:
    return any(base.__module__ == "unittest.mock" for base in type(value).__mro__)


def lifted(users: Callable[[Any], bool]) -> AbstractContextManager[None]:
    """While inside, what Sojourn stands on is what it was before any cell ran. users: whether an object was made in a cell."""
    return _outermost.inside(partial(_lift, users))


def _lift(users: Callable[[Any], bool]) -> None:
    for place in stand_ins(users):
        owner, original = _noted[place]
        _aside[place] = vars(owner).get(place[1], _GONE)
        setattr(owner, place[1], original)


def _put_back() -> None:
    for place, value in _aside.items():
        owner, _ = _noted[place]
        if value is _GONE:
            delattr(owner, place[1])
        else:
            setattr(owner, place[1], value)
    _aside.clear()


_outermost = Outermost(_put_back)


def any_aside() -> bool:
    """Whether something that cells replaced is aside at the moment."""
    return bool(_aside)


def held(owner: Any, name: str) -> Any:
    """An owner's attribute, as cells see it."""
    found = _aside.get((id(owner), name), _GONE)
    return getattr(owner, name) if found is _GONE else found


def namespace(owner: Any) -> Mapping[str, Any]:
    """What is in a module or class, as cells see it."""
    here = {name: value for (one, name), value in _aside.items() if one == id(owner)} if _aside else {}
    return (
        {name: value for name, value in {**vars(owner), **here}.items() if value is not _GONE} if here else vars(owner)
    )


def put(owner: Any, name: str, value: Any) -> None:
    """Set an owner's attribute, as cells are to see it."""
    if _outermost.holds and (id(owner), name) in _noted:
        _aside[id(owner), name] = value
    else:
        setattr(owner, name, value)


def remove(owner: Any, name: str) -> None:
    """Remove an owner's attribute, as cells are to see it."""
    if _outermost.holds and (id(owner), name) in _noted:
        _aside[id(owner), name] = _GONE
    else:
        delattr(owner, name)
