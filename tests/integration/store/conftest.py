"""The same store on every backend: memory, a directory, and a real S3 server."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sojourn_kernel.store import BlobRef, Store, open_store
from sojourn_kernel.store.backend import MemoryBackend

from tests.seaweedfs import S3

KEY = b"0123456789abcdef0123456789abcdef"
numbers = itertools.count()


@pytest.fixture(autouse=True)
def own_environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No key or credentials of the machine's, and nothing left in memory."""
    for name in ("SOJOURN_KEY", "SOJOURN_KEY_FILE", "SOJOURN_CREDENTIALS_DIR", "SOJOURN_STORE"):
        monkeypatch.delenv(name, raising=False)
    before = set(MemoryBackend.spaces)
    yield
    for name in set(MemoryBackend.spaces) - before:
        del MemoryBackend.spaces[name]


@pytest.fixture(params=["memory", "file", pytest.param("s3", marks=pytest.mark.s3)])
def url(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A store's URL, empty."""
    if request.param == "s3":
        server: S3 = request.getfixturevalue("s3")
        for name, value in server.environment().items():
            monkeypatch.setenv(name, value)
        yield server.url(f"test-{next(numbers)}")
    elif request.param == "file":
        yield f"file://{tmp_path}/store"
    else:
        name = f"test-{next(numbers)}"
        yield f"memory://{name}"
        MemoryBackend.spaces.pop(name, None)


@pytest.fixture
def store(url: str) -> Store:
    return open_store(url, KEY)


def body_of(refs: list[BlobRef]) -> bytes:
    """The simplest body: a list of refs."""
    return json.dumps([ref.to_json() for ref in refs]).encode()


def refs_of(body: bytes) -> list[BlobRef]:
    return [BlobRef.from_json(row) for row in json.loads(body)]


@pytest.fixture
def save() -> Callable[..., str]:
    """Saves blobs into a session: ``save(kept, b"…", b"…")``; the id of the checkpoint."""

    def act(kept: object, *blobs: bytes, warm: bytes | None = None) -> str:
        writer = kept.writer(warm)  # type: ignore[attr-defined]
        return writer.commit(body_of([writer.put_blob(blob) for blob in blobs]), {"reason": "test"}).id

    return act
