"""What the store needs of a place to keep bytes in. One contract, one test suite over all implementations.

A later gateway that hands out grants per object is one more implementation: every method names one key or one prefix, so
each call can be signed for by itself.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Iterator
from typing import NamedTuple, Protocol

from .errors import NotFound

Bytes = bytes | bytearray | memoryview


class Stored(NamedTuple):
    """One object: its key, size in bytes, and modification time in seconds since the epoch."""

    key: str
    size: int
    modified: float


class Backend(Protocol):
    """A flat space of keys (``/``-separated, URL-safe) and bytes, read after write, safe for threads.

    Every write is atomic: readers see the old object or the new one. What can't be done raises StoreUnavailable.
    """

    def get(self, key: str) -> bytes:
        """Raises NotFound."""

    def get_tagged(self, key: str) -> tuple[bytes, str] | None:
        """An object and the tag of this version of it, or None."""

    def get_range(self, key: str, start: int, length: int) -> Bytes:
        """Bytes of an object; fewer where it ends before. Raises NotFound."""

    def read_into(self, key: str, start: int, view: memoryview) -> int:
        """Fill a view with an object's bytes from ``start`` on: how many there were. Raises NotFound."""

    def put(self, key: str, data: Bytes) -> None: ...

    def swap(self, key: str, data: bytes, expect: str | None) -> str | None:
        """Write if the object's tag is ``expect`` (None: if there is no such object). The new tag, or None if it lost.

        Asked again after a lost answer, it finds its own bytes there and counts that as won: data must be unique.
        """

    def walk(self, prefix: str) -> Iterator[Stored]:
        """All objects whose keys start with a prefix, ordered by key."""

    def delete(self, keys: list[str]) -> None:
        """Objects that do not exist are no error."""

    def tidy(self, age: float) -> None:
        """Remove what crashed writers left outside the space of keys, if older than ``age`` seconds."""


def tag_of(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def fill(view: memoryview, data: Bytes) -> int:
    """Copy bytes to the start of a view: how many."""
    view[: len(data)] = data
    return len(data)


class MemoryBackend:
    """For tests: a dict under a lock. Backends of one name share their objects."""

    spaces: dict[str, dict[str, tuple[bytes, float]]] = {}

    def __init__(self, name: str) -> None:
        self.objects = self.spaces.setdefault(name, {})
        self._lock = threading.Lock()

    def get(self, key: str) -> bytes:
        try:
            return self.objects[key][0]
        except KeyError:
            raise NotFound(key) from None

    def get_tagged(self, key: str) -> tuple[bytes, str] | None:
        found = self.objects.get(key)
        return (found[0], tag_of(found[0])) if found else None

    def get_range(self, key: str, start: int, length: int) -> Bytes:
        return self.get(key)[start : start + length]

    def read_into(self, key: str, start: int, view: memoryview) -> int:
        return fill(view, self.get_range(key, start, len(view)))

    def put(self, key: str, data: Bytes) -> None:
        self.objects[key] = (bytes(data), time.time())

    def swap(self, key: str, data: bytes, expect: str | None) -> str | None:
        with self._lock:
            found = self.get_tagged(key)
            if (found[1] if found else None) != expect:
                return found[1] if found and found[0] == data else None
            self.put(key, data)
            return tag_of(data)

    def walk(self, prefix: str) -> Iterator[Stored]:
        for key in sorted(key for key in list(self.objects) if key.startswith(prefix)):
            data, modified = self.objects[key]
            yield Stored(key, len(data), modified)

    def delete(self, keys: list[str]) -> None:
        for key in keys:
            self.objects.pop(key, None)

    def tidy(self, age: float) -> None:
        """Nothing is ever left behind in a dict."""
