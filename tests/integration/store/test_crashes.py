"""Crashes: whatever step of a save is the last, the checkpoint before it is whole, and saving goes on."""

from __future__ import annotations

import errno
import os
import random
from pathlib import Path

import pytest
from sojourn_kernel.store import StoreUnavailable, open_store
from sojourn_kernel.store.backend import MemoryBackend
from sojourn_kernel.store.files import FileBackend

from tests.integration.store.places import PowerCut, Watched, contents, memory_store, refs_of, save

OLD, NEW = [random.Random(1).randbytes(9 << 20), b"small"], [random.Random(2).randbytes(9 << 20), b"other", b"more"]
STEPS = 6  # of the save below: the sweep's list, two packs, the manifest, the head; and one that never comes


class Death:
    """Ends the process (or its connection) at one step of the writes."""

    def __init__(self, error: BaseException, at: int, when: str) -> None:
        self.error, self.left, self.when, self.happened = error, at, when, False

    def __call__(self, when: str, step: str, key: str) -> None:
        if when == self.when:
            self.left -= 1
            if self.left == 0 or (self.happened and isinstance(self.error, PowerCut)):
                self.happened = True
                raise self.error


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("at", range(1, STEPS + 1))
@pytest.mark.parametrize("error", [PowerCut(), StoreUnavailable("the connection dropped")], ids=["killed", "dropped"])
def test_a_save_that_ends_at_any_step_leaves_a_whole_checkpoint(error: BaseException, at: int, when: str) -> None:
    store, backend = memory_store()
    kept = store.session("s")
    first, _ = save(kept, *OLD)
    backend.hook = death = Death(error, at, when)
    try:
        save(kept, *NEW, warm=first.warm)
    except (PowerCut, StoreUnavailable):
        assert death.happened
    else:
        assert not death.happened and at == STEPS, "a step that fails is noticed"
    backend.hook = lambda *_: None

    manifest, passed = kept.load_last_good()  # as the next pod finds it
    assert passed == [] and contents(kept, manifest) in (OLD, NEW)
    assert not any(entry.problem for entry in kept.verify(refs_of, data=True))

    again = kept.warm(manifest, refs_of)
    save(kept, b"goes on", warm=again)
    assert contents(kept) == [b"goes on"]
    kept.prune(1, refs_of, orphan_age=0)
    assert contents(kept) == [b"goes on"]


@pytest.mark.parametrize("at", range(1, STEPS))
def test_the_kernel_itself_goes_on_after_a_failed_save(at: int) -> None:
    """Its warm state is of the last save that it knows of, whatever became of the failed one."""
    for when in ("before", "after"):
        store, backend = memory_store()
        kept = store.session("s")
        first, _ = save(kept, *OLD)
        backend.hook = Death(StoreUnavailable("for now"), at, when)
        with pytest.raises(StoreUnavailable):
            save(kept, *NEW, warm=first.warm)
        backend.hook = lambda *_: None
        save(kept, *NEW, b"and this", warm=first.warm)
        assert contents(kept) == [*NEW, b"and this"]


def test_a_failed_pack_ends_the_save_before_all_is_sent() -> None:
    store, backend = memory_store()

    def full(when: str, step: str, key: str) -> None:
        if step == "put":
            raise StoreUnavailable("no space left on device")

    backend.hook = full
    writer = store.session("s").writer()
    with pytest.raises(StoreUnavailable, match="no space"):
        for number in range(100):
            writer.put_blob(random.Random(number).randbytes(4 << 20))
            if number > 60:
                pytest.fail("240 MB were put on a full disk without a word")


class Half(FileBackend):
    """A file store whose process dies, or whose disk fills, with half a file written."""

    error: BaseException | None = None
    puts_left = 0


@pytest.mark.parametrize("left", range(4))
@pytest.mark.parametrize(
    "error", [PowerCut(), OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))], ids=["killed", "disk full"]
)
def test_half_a_file_is_never_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, left: int, error: BaseException
) -> None:
    kept = open_store(f"file://{tmp_path}").session("s")
    first, _ = save(kept, *OLD)
    write, count = os.write, [0]

    def breaks(descriptor: int, data: memoryview) -> int:
        count[0] += 1
        if count[0] > left:
            write(descriptor, data[: len(data) // 2])
            raise error
        return write(descriptor, data)

    with monkeypatch.context() as patch:
        patch.setattr("sojourn_kernel.store.files.os.write", breaks)
        with pytest.raises((PowerCut, StoreUnavailable)) as raised:
            save(kept, *NEW, warm=first.warm)
    if isinstance(raised.value, StoreUnavailable):
        assert "No space left on device" in str(raised.value)
    assert contents(kept) == OLD
    assert not any(entry.problem for entry in kept.verify(refs_of, data=True))
    save(kept, *NEW, warm=first.warm)
    assert contents(kept) == NEW


def test_what_crashed_writers_left_half_written_is_removed_later(tmp_path: Path) -> None:
    kept = open_store(f"file://{tmp_path}").session("s")
    done, _ = save(kept, b"x")
    half = tmp_path / "tmp" / "1234-abcd"
    half.write_bytes(b"half a p")
    kept.prune(5, refs_of, own=done.warm)
    assert half.exists(), "its writer may be at work"
    os.utime(half, (0, 0))
    kept.prune(5, refs_of, own=done.warm)
    assert not half.exists()


def test_a_store_that_goes_away_is_unavailable_not_empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = open_store(f"file://{tmp_path}").session("s")
    save(kept, b"x")

    def gone(*arguments: object, **named: object) -> object:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr("pathlib.Path.read_bytes", gone)
    for look in (kept.head, kept.load, kept.load_last_good):
        with pytest.raises(StoreUnavailable, match="Input/output error"):
            look()


def test_a_directory_that_is_gone_is_unavailable_not_empty_and_not_damaged(tmp_path: Path) -> None:
    root = tmp_path / "store"
    kept = open_store(f"file://{root}").session("s")
    done, (ref,) = save(kept, b"x" * 100_000)
    root.rename(tmp_path / "away")
    for look in (kept.head, kept.load, kept.load_last_good, lambda: kept.read_blob(ref)):
        with pytest.raises(StoreUnavailable, match="is not there"):
            look()
    (tmp_path / "away").rename(root)
    save(kept, b"y", warm=done.warm)
    assert contents(kept) == [b"y"]


def test_a_read_that_fails_for_now_passes_over_nothing() -> None:
    store, backend = memory_store()
    kept = store.session("s")
    save(kept, b"x")

    def hook(when: str, step: str, key: str) -> None:
        if "/packs/" in key:
            raise StoreUnavailable("later")

    backend.hook = hook
    with pytest.raises(StoreUnavailable):
        kept.load_last_good()


def test_the_hook_of_these_tests_sees_every_step_of_a_save() -> None:
    store, backend = memory_store()
    kept = store.session("s")
    first, _ = save(kept, *OLD)
    backend.steps.clear()
    save(kept, *NEW, warm=first.warm)
    assert len(backend.steps) == STEPS - 1 and isinstance(backend, Watched) and isinstance(backend.inner, MemoryBackend)
