"""What can be seen of things that can't be kept: enough to tell whether one made again is like the one that was.

A likeness is plain data. A kind that has none here can't be compared, so it is never made again unless the user allows it.
"""

from __future__ import annotations

import gc
import types
from collections.abc import Callable
from typing import Any


class NoLikeness(Exception):
    """Nothing comparable is known of this kind of object."""


def likeness(value: Any) -> Any:
    """Raises NoLikeness. The parts may be anything: whoever compares digests them as the values they are."""
    for cls in type(value).__mro__:
        look = _LOOKS.get(f"{cls.__module__}.{cls.__qualname__}")
        if look is not None:
            return (cls.__qualname__, *look(value))
    raise NoLikeness(type(value).__qualname__)


def held_by(value: Any) -> Any:
    """What an object that can't be kept holds: its likeness, or what the collector sees in it."""
    try:
        return likeness(value)
    except NoLikeness:
        return [_whole(one) for one in gc.get_referents(value) if not isinstance(one, _NOT_HELD)]


def _whole(one: Any) -> Any:
    """Itself, or what is in it, where it must not be read."""
    return one if type(one) not in (list, tuple) or is_whole(one) else gc.get_referents(one)


def is_whole(sequence: Any) -> bool:
    """Whether all places of a list or tuple are filled: C code keeps lists with empty ones (XMLParser's stack), which end whoever reads them."""
    return len(gc.get_referents(sequence)) >= (list if isinstance(sequence, list) else tuple).__len__(sequence)


def _generator(value: types.GeneratorType[Any, Any, Any]) -> tuple[Any, ...]:
    """Its place, and all that its frame holds: locals, the iterators of the loops that it is in, and what it waits for."""
    code, frame = value.gi_code, value.gi_frame
    names = (id(value.__name__), id(value.__qualname__))
    held = [
        one
        for one in gc.get_referents(value)
        if not isinstance(one, _FRAMES) and id(one) not in names and getattr(one, "__code__", None) is not code
    ]
    return code.co_code, frame.f_lasti if frame is not None else None, held


_FRAMES = (types.CodeType, types.FrameType)
_NOT_HELD = (*_FRAMES, types.ModuleType, type)


def _hash(value: Any) -> tuple[Any, ...]:
    if value.digest_size == 0:  # of any length
        return value.name, value.hexdigest(32)
    return value.name, value.hexdigest()


def _socket(value: Any) -> tuple[Any, ...]:
    if value.fileno() < 0:
        return ("closed",)
    import socket

    try:
        value.getpeername()
    except OSError:
        pass
    else:
        raise NoLikeness("it is connected")
    listens = value.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
    return value.family, value.type, value.proto, value.gettimeout(), value.getsockname(), listens


def _factors(value: Any) -> tuple[Any, ...]:
    """What a sparse matrix was factored into, by what it solves: reading its ``L`` and ``U`` makes them, and it keeps them."""
    import numpy as np

    given = (np.arange(value.shape[0]) % 127 + 1).astype(np.int8)  # of which any kind of number can be made
    return value.shape, value.nnz, value.perm_r, value.perm_c, value.solve(given), value.solve(given, "T")


_LOOKS: dict[str, Callable[[Any], tuple[Any, ...]]] = {
    "builtins.generator": _generator,
    "_hashlib.HASH": _hash,
    "_hashlib.HASHXOF": _hash,
    "_hashlib.HMAC": _hash,
    "hmac.HMAC": _hash,
    "_blake2.blake2b": _hash,
    "_blake2.blake2s": _hash,
    "_sha3.sha3_256": _hash,
    "socket.socket": _socket,
    "builtins.SuperLU": _factors,
}
