"""Crashes, full disks and bad networks: whatever happens, the previous checkpoint is usable."""

from __future__ import annotations

import errno
import itertools
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sojourn_kernel.store import BadStoreURL, Full, Store, StoreUnavailable, open_store
from sojourn_kernel.store.backend import Backend
from sojourn_kernel.store.files import FileBackend

from tests.integration.store.conftest import KEY, body_of, refs_of
from tests.seaweedfs import S3


class Crash(BaseException):
    """The process is gone: nothing may catch this."""


class Crashing:
    """A backend whose process dies at the nth write, before or after it took effect."""

    def __init__(self, backend: Backend, at: int, after: bool) -> None:
        self._backend, self._left, self._after = backend, at, after

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._backend, name)
        if name not in ("put", "swap"):
            return found

        def write(*args: Any) -> Any:
            self._left -= 1
            mine = self._left  # packs are sent from several threads
            if mine == 0 and not self._after:
                raise Crash
            result = found(*args)
            if mine == 0:
                raise Crash
            return result

        return write


def checkpoint(store: Store, content: bytes) -> None:
    kept = store.session("a")
    writer = kept.writer()
    writer.commit(
        body_of([writer.put_blob(content), writer.put_blob(os.urandom(9 << 20))]), {"content": content.decode()}
    )


def content_of(store: Store) -> bytes:
    kept = store.session("a")
    refs = refs_of(kept.load().body)
    for _ in kept.read_blobs(refs):
        pass
    return bytes(kept.read_blob(refs[0]))


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("at", [1, 2, 3, 4])
def test_a_crash_at_any_write_leaves_a_whole_checkpoint(url: str, at: int, after: bool) -> None:
    store = open_store(url, KEY)
    checkpoint(store, b"first")
    dying = open_store(url, KEY)
    dying.backend = Crashing(store.backend, at, after)  # type: ignore[assignment]
    with pytest.raises(Crash):
        checkpoint(dying, b"second")
    committed = at == 4 and after
    assert content_of(open_store(url, KEY)) == (b"second" if committed else b"first")
    checkpoint(open_store(url, KEY), b"third")
    assert content_of(open_store(url, KEY)) == b"third"


def test_a_full_disk_is_told_and_leaves_the_previous_checkpoint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store(f"file://{tmp_path}", KEY)
    checkpoint(store, b"first")

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreUnavailable, match="No space left"):
        checkpoint(open_store(f"file://{tmp_path}", KEY), b"second")
    monkeypatch.undo()
    assert content_of(store) == b"first"
    assert not list((tmp_path / "tmp").iterdir()), "a half-written file was left"


def test_a_save_that_found_no_room_leaves_none_of_its_packs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = open_store(f"file://{tmp_path}", KEY)
    checkpoint(store, b"first")
    packs = set(tmp_path.rglob("packs/*"))
    put, times = FileBackend.put, itertools.count()

    def full(backend: FileBackend, key: str, data: bytes) -> None:
        if next(times):
            raise Full("No space left on device")
        put(backend, key, data)

    monkeypatch.setattr(FileBackend, "put", full)
    writer = open_store(f"file://{tmp_path}", KEY).session("a").writer()
    with pytest.raises(Full):
        writer.put_blob(os.urandom(20 << 20))
        writer.commit(b"", {})
    writer.make_room()
    assert set(tmp_path.rglob("packs/*")) == packs


@pytest.fixture
def real(s3: S3, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    for name, value in s3.environment().items():
        monkeypatch.setenv(name, value)
    yield open_store(s3.url(f"faults-{os.urandom(4).hex()}"), KEY)


def failing(store: Store, times: int, answer: Any) -> list[str]:
    """Let the next requests of a store's client fail; what was asked is listed."""
    asked: list[str] = []

    def before_send(request: Any, **_: Any) -> Any:
        asked.append(request.method)
        if len(asked) <= times:
            if isinstance(answer, Exception):
                raise answer
            from botocore.awsrequest import AWSResponse

            class Raw:
                def stream(self, *_: Any, **__: Any) -> Iterator[bytes]:
                    yield b""

                def read(self, *_: Any) -> bytes:
                    return b""

            return AWSResponse(request.url, answer, {}, Raw())
        return None

    store.backend.client.meta.events.register("before-send.s3", before_send)  # type: ignore[attr-defined]
    return asked


@pytest.mark.s3
@pytest.mark.parametrize("status", [500, 503])
def test_passing_errors_of_s3_are_tried_again(real: Store, status: int) -> None:
    checkpoint(real, b"first")
    asked = failing(real, 2, status)
    checkpoint(real, b"second")
    assert len(asked) > 2
    assert content_of(real) == b"second"


@pytest.mark.s3
def test_a_dropped_connection_is_tried_again(real: Store) -> None:
    from botocore.exceptions import ConnectionClosedError

    failing(real, 2, ConnectionClosedError(endpoint_url="http://127.0.0.1"))
    checkpoint(real, b"first")
    assert content_of(real) == b"first"


@pytest.mark.s3
def test_lasting_errors_are_told_and_leave_the_previous_checkpoint(real: Store, s3: S3) -> None:
    checkpoint(real, b"first")
    broken = open_store(real.url, KEY)
    failing(broken, 10_000, 503)
    with pytest.raises(StoreUnavailable):
        checkpoint(broken, b"second")
    assert content_of(real) == b"first"


@pytest.mark.s3
def test_secrets_show_in_no_message(real: Store, s3: S3) -> None:
    assert s3.secret_key not in repr(vars(real)) + repr(vars(real.backend))


@pytest.mark.parametrize(
    ("url", "hint"),
    [
        ("ftp://x/y", "file:///directory or s3://"),
        ("file://relative/path", "three slashes"),
        ("s3://", "which bucket"),
        ("s3://user:password@bucket/x", "credentials don't belong"),
        ("file:///tmp/x?endpoint=y", "no option endpoint"),
    ],
)
def test_a_bad_url_says_what_to_write(url: str, hint: str) -> None:
    with pytest.raises(BadStoreURL, match=hint) as refused:
        open_store(url)
    assert "password" not in str(refused.value)
