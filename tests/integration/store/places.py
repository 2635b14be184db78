"""Stores for tests: a backend that counts and breaks, sessions in it, and a body that is a list of refs."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from typing import Any

from sojourn_kernel.store import BlobRef, Committed, Manifest, SessionStore, Store
from sojourn_kernel.store.backend import Backend, Bytes, MemoryBackend, Stored

KEY = b"k" * 32


class PowerCut(BaseException):
    """The process dies here; nothing in the store may catch it."""


class Watched:
    """A backend that counts what is asked of it. ``hook`` is called before and after each step, and may raise."""

    def __init__(self, inner: Backend) -> None:
        self.inner, self.sent, self.steps = inner, 0, []
        self.hook: Callable[[str, str, str], None] = lambda when, step, key: None

    def _do(self, step: str, key: str, act: Callable[[], Any]) -> Any:
        self.hook("before", step, key)
        result = act()
        self.steps.append((step, key))
        self.hook("after", step, key)
        return result

    def get(self, key: str) -> bytes:
        return self._do("get", key, lambda: self.inner.get(key))

    def get_tagged(self, key: str) -> tuple[bytes, str] | None:
        return self._do("get", key, lambda: self.inner.get_tagged(key))

    def get_range(self, key: str, start: int, length: int) -> Bytes:
        return self._do("get", key, lambda: self.inner.get_range(key, start, length))

    def read_into(self, key: str, start: int, view: memoryview) -> int:
        return self._do("get", key, lambda: self.inner.read_into(key, start, view))

    def put(self, key: str, data: Bytes) -> None:
        self.sent += len(data)
        self._do("put", key, lambda: self.inner.put(key, data))

    def swap(self, key: str, data: bytes, expect: str | None) -> str | None:
        self.sent += len(data)
        return self._do("swap", key, lambda: self.inner.swap(key, data, expect))

    def walk(self, prefix: str) -> Iterator[Stored]:
        return iter(self._do("list", prefix, lambda: list(self.inner.walk(prefix))))

    def delete(self, keys: list[str]) -> None:
        for key in keys:
            self._do("delete", key, lambda key=key: self.inner.delete([key]))

    def tidy(self, age: float) -> None:
        self.inner.tidy(age)


def memory_store(key: bytes | None = KEY, encrypt: bool = False, name: str = "") -> tuple[Store, Watched]:
    """A store of its own, and its backend."""
    backend = Watched(MemoryBackend(name or os.urandom(8).hex()))
    return Store(backend, key, encrypt, "memory://test"), backend


def refs_of(body: bytes) -> list[BlobRef]:
    return [BlobRef.from_json(row) for row in json.loads(body)]


def body_of(*refs: BlobRef) -> bytes:
    return json.dumps([ref.to_json() for ref in refs]).encode()


def save(kept: SessionStore, *blobs: Any, warm: bytes | None = None, previous: tuple[BlobRef, ...] = (),
         **meta: Any) -> tuple[Committed, list[BlobRef]]:  # fmt: skip
    """A checkpoint of these blobs."""
    writer = kept.writer(warm)
    refs = [
        writer.put_blob(blob, previous=previous[number] if number < len(previous) else None)
        for number, blob in enumerate(blobs)
    ]
    return writer.commit(body_of(*refs), meta), refs


def contents(kept: SessionStore, manifest: Manifest | None = None) -> list[bytes]:
    """The blobs of a checkpoint, by default the head's."""
    manifest = manifest or kept.load()
    return [bytes(data) for _, data in kept.read_blobs(refs_of(manifest.body))]


def objects(backend: Watched) -> dict[str, bytes]:
    """All that is stored."""
    return {entry.key: backend.inner.get(entry.key) for entry in backend.inner.walk("")}
