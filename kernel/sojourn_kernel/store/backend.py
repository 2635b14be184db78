"""Backends: a flat space of keys and bytes, with conditional writes. One contract, one test suite over all of them."""

from __future__ import annotations

import fcntl
import hashlib
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from .errors import NotFound, StoreUnavailable


class Backend(Protocol):
    """Keys are ``/``-separated, of URL-safe characters. Every write is atomic: readers see the old or the new object."""

    def get(self, key: str) -> bytes: ...
    def get_tagged(self, key: str) -> tuple[bytes, str] | None: ...
    def get_range(self, key: str, start: int, length: int) -> bytes: ...
    def put(self, key: str, data: bytes) -> None: ...
    def swap(self, key: str, data: bytes, expect: str | None) -> str | None:
        """Write if the object's tag is ``expect`` (None: if it does not exist). The new tag, or None if it lost."""

    def walk(self, prefix: str) -> Iterator[tuple[str, int, float]]:
        """Key, size in bytes, modification time in seconds since the epoch."""

    def delete(self, keys: list[str]) -> None: ...


def tag_of(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=16).hexdigest()


class MemoryBackend:
    """For tests: a dict under a lock."""

    spaces: dict[str, dict[str, tuple[bytes, float]]] = {}

    def __init__(self, name: str) -> None:
        self.objects = self.spaces.setdefault(name, {})
        self.lock = threading.Lock()
        self.clock = 0.0

    def get(self, key: str) -> bytes:
        try:
            return self.objects[key][0]
        except KeyError:
            raise NotFound(key) from None

    def get_tagged(self, key: str) -> tuple[bytes, str] | None:
        found = self.objects.get(key)
        return found and (found[0], tag_of(found[0]))

    def get_range(self, key: str, start: int, length: int) -> bytes:
        return self.get(key)[start : start + length]

    def put(self, key: str, data: bytes) -> None:
        import time

        self.objects[key] = (bytes(data), time.time())

    def swap(self, key: str, data: bytes, expect: str | None) -> str | None:
        with self.lock:
            found = self.get_tagged(key)
            if (found[1] if found else None) != expect:
                return None
            self.put(key, data)
            return tag_of(data)

    def walk(self, prefix: str) -> Iterator[tuple[str, int, float]]:
        for key in sorted(k for k in list(self.objects) if k.startswith(prefix)):
            data, when = self.objects[key]
            yield key, len(data), when

    def delete(self, keys: list[str]) -> None:
        for key in keys:
            self.objects.pop(key, None)


class FileBackend:
    """A directory. Writes go to a temporary file, are synced, then renamed; swaps hold a lock on a lock file."""

    def __init__(self, root: Path) -> None:
        self.root = root
        try:
            (root / "tmp").mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise StoreUnavailable(f"cannot create the store in {root}: {error.strerror}") from error

    def _path(self, key: str) -> Path:
        return self.root / key

    @contextmanager
    def _reading(self, key: str) -> Iterator[None]:
        try:
            yield
        except (FileNotFoundError, NotADirectoryError):
            raise NotFound(key) from None
        except OSError as error:
            raise StoreUnavailable(f"cannot read {key} from the store: {error.strerror}") from error

    def get(self, key: str) -> bytes:
        with self._reading(key):
            return self._path(key).read_bytes()

    def get_tagged(self, key: str) -> tuple[bytes, str] | None:
        try:
            data = self.get(key)
        except NotFound:
            return None
        return data, tag_of(data)

    def get_range(self, key: str, start: int, length: int) -> bytes:
        with self._reading(key), self._path(key).open("rb", buffering=0) as file:
            return os.pread(file.fileno(), length, start)

    def put(self, key: str, data: bytes) -> None:
        path = self._path(key)
        temporary = self.root / "tmp" / f"{os.getpid()}-{threading.get_ident()}-{os.urandom(4).hex()}"
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with temporary.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
        except OSError as error:
            temporary.unlink(missing_ok=True)
            raise StoreUnavailable(f"cannot write to the store: {error.strerror}") from error

    def swap(self, key: str, data: bytes, expect: str | None) -> str | None:
        with (self.root / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            found = self.get_tagged(key)
            if (found[1] if found else None) != expect:
                return None
            self.put(key, data)
            return tag_of(data)

    def walk(self, prefix: str) -> Iterator[tuple[str, int, float]]:
        base = self._path(prefix) if prefix.endswith("/") else self._path(prefix).parent
        for path in sorted(base.rglob("*")):
            key = path.relative_to(self.root).as_posix()
            if path.is_file() and key.startswith(prefix):
                status = path.stat()
                yield key, status.st_size, status.st_mtime

    def delete(self, keys: list[str]) -> None:
        for key in keys:
            self._path(key).unlink(missing_ok=True)
