"""Retention: the last checkpoints stay whole, whatever happens meanwhile; what nobody names goes."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from sojourn_kernel.store import HeadMoved, SessionStore, forget_packs
from sojourn_kernel.store.retention import ORPHAN_AGE, kept_ids
from sojourn_kernel.store.writer import LONGEST

from tests.integration.store.places import body_of, contents, memory_store, objects, refs_of, save


def noise(seed: int, size: int = 300_000) -> bytes:
    return random.Random(seed).randbytes(size)


def later(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + seconds)


def test_the_last_checkpoints_and_the_heads_are_kept() -> None:
    assert kept_ids(["1", "2", "3", "4"], 2, "4") == {"3", "4"}
    assert kept_ids(["1", "2", "3", "4"], 2, "1") == {"1", "3", "4"}, "a session that went back"
    assert kept_ids(["1", "2"], 0, None) == {"2"}
    assert kept_ids([], 3, "gone") == set()


def test_a_kernel_frees_what_it_wrote_itself_at_once() -> None:
    store, backend = memory_store()
    kept = store.session("s")
    warm, ids = None, []
    for seed in range(6):
        done, _ = save(kept, noise(seed), b"always the same" * 100, warm=warm)
        warm, ids = done.warm, [*ids, done.id]
    pruned = kept.prune(2, refs_of, own=warm)
    assert [entry.id for entry in kept.history()] == ids[-2:]
    assert pruned.freed > 3 * 300_000 and len(pruned.packs) >= 3
    assert contents(kept) == [noise(5), b"always the same" * 100]
    assert not any(entry.problem for entry in kept.verify(refs_of, data=True))
    assert sum("/packs/" in key for key in objects(backend)) <= 6 - len(pruned.packs)


def test_content_that_was_freed_is_sent_again_when_it_comes_back() -> None:
    kept = memory_store()[0].session("s")
    done, _ = save(kept, noise(0))
    for seed in (1, 2):
        done, _ = save(kept, noise(seed), warm=done.warm)
    pruned = kept.prune(1, refs_of, own=done.warm)
    assert pruned.packs
    save(kept, noise(0), warm=forget_packs(done.warm, pruned.packs))
    assert contents(kept) == [noise(0)]


def test_who_does_not_own_the_head_frees_nothing_at_once() -> None:
    kept = memory_store()[0].session("s")
    first, _ = save(kept, noise(0))
    second, _ = save(kept, noise(1), warm=first.warm)
    save(kept, noise(2), warm=kept.warm(kept.load(), refs_of))
    assert kept.prune(1, refs_of, own=second.warm).packs == frozenset()
    assert kept.prune(1, refs_of).packs == frozenset(), "nor does a person from outside"


def test_orphans_of_crashed_writers_go_when_their_time_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    store, backend = memory_store()
    kept = store.session("s")
    done, _ = save(kept, noise(0))
    crashed = kept.writer(done.warm)
    crashed.put_blob(noise(1))
    crashed._packer.finish()
    stored = sum("/packs/" in key for key in objects(backend))
    assert kept.prune(5, refs_of, own=done.warm).packs == frozenset()
    later(monkeypatch, ORPHAN_AGE - 1)
    assert kept.prune(5, refs_of, own=done.warm).packs == frozenset()
    later(monkeypatch, 2)
    assert len(kept.prune(5, refs_of, own=done.warm).packs) == 1
    assert sum("/packs/" in key for key in objects(backend)) == stored - 1
    assert contents(kept) == [noise(0)]


def test_a_writer_may_take_less_time_than_what_it_uses_stays() -> None:
    assert LONGEST < ORPHAN_AGE


def test_a_save_that_takes_too_long_is_not_committed(monkeypatch: pytest.MonkeyPatch) -> None:
    from sojourn_kernel.store import StoreUnavailable

    kept = memory_store()[0].session("s")
    writer = kept.writer()
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now + LONGEST + 1)
    with pytest.raises(StoreUnavailable, match="hours"):
        writer.commit(b"[]", {})
    assert kept.head() is None


def test_a_save_under_way_during_a_prune_is_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = memory_store()[0].session("s")
    done, _ = save(kept, noise(0))
    writer = kept.writer(done.warm)
    ref = writer.put_blob(noise(1))
    writer._packer.flush()
    kept.prune(1, refs_of)
    kept.prune(1, refs_of)
    writer.commit(body_of(ref), {})
    later(monkeypatch, 2 * ORPHAN_AGE)
    kept.prune(5, refs_of)
    assert contents(kept) == [noise(1)]


def test_a_kernel_uses_nothing_that_a_prune_from_outside_condemned_or_removed(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = memory_store()[0].session("s")
    first, _ = save(kept, noise(0))
    second, _ = save(kept, noise(1), warm=first.warm)
    kept.prune(1, refs_of)  # `sojourn prune --keep 1`: the first checkpoint's packs are condemned
    third, _ = save(kept, noise(0), noise(1), warm=second.warm)  # the kernel knows noise(0) from before
    later(monkeypatch, 2 * ORPHAN_AGE)
    kept.prune(1, refs_of)
    assert contents(kept) == [noise(0), noise(1)]
    save(kept, noise(0), noise(2), warm=third.warm)
    assert contents(kept) == [noise(0), noise(2)]


def test_if_a_kept_checkpoint_cannot_be_read_no_pack_is_removed() -> None:
    store, backend = memory_store()
    kept = store.session("s")
    first, _ = save(kept, noise(0))
    second, _ = save(kept, noise(1), warm=first.warm)
    third, _ = save(kept, noise(2), warm=second.warm)
    fresh = store.session("s")
    backend.inner.put(next(key for key in objects(backend) if second.id in key), b"{}")
    before = {key for key in objects(backend) if "/packs/" in key}
    assert fresh.prune(2, refs_of, own=third.warm).packs == frozenset()
    assert {key for key in objects(backend) if "/packs/" in key} == before
    assert contents(kept) == [noise(2)]


def test_a_damaged_list_of_condemned_packs_stops_no_save_and_removes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    store, backend = memory_store()
    kept = store.session("s")
    first, _ = save(kept, noise(0))
    second, _ = save(kept, noise(1), warm=first.warm)
    kept.prune(1, refs_of)
    backend.inner.put(next(key for key in objects(backend) if key.endswith("/sweep")), b"junk")
    save(kept, noise(0), warm=second.warm)
    assert kept.prune(1, refs_of).packs == frozenset()
    assert contents(kept) == [noise(0)]


class Kernels(RuleBasedStateMachine):
    """Two kernels that both believe to own a session, a person who prunes, and time that passes: what is kept is whole."""

    @initialize()
    def begin(self) -> None:
        store, self.backend = memory_store()
        self.kept: SessionStore = store.session("s")
        self.now, self.patch = time.time(), pytest.MonkeyPatch()
        self.patch.setattr(time, "time", lambda: self.now)
        self.warm: dict[str, bytes] = {}
        self.writing: dict[str, tuple[object, list[object], list[bytes]]] = {}
        self.expected: dict[str, list[bytes]] = {}

    def teardown(self) -> None:
        if hasattr(self, "patch"):
            self.patch.undo()

    kernels = st.sampled_from(["ada", "eve"])
    values = st.lists(st.integers(0, 5), min_size=1, max_size=3)

    @rule(kernel=kernels)
    def restore(self, kernel: str) -> None:
        if self.kept.head() is not None:
            self.warm[kernel] = self.kept.warm(self.kept.load(), refs_of)
        self.writing.pop(kernel, None)

    @rule(kernel=kernels, seeds=values)
    def start_saving(self, kernel: str, seeds: list[int]) -> None:
        writer = self.kept.writer(self.warm.get(kernel))
        blobs = [noise(seed, 40_000) for seed in seeds]
        self.writing[kernel] = writer, [writer.put_blob(blob) for blob in blobs], blobs
        writer._packer.flush()

    @precondition(lambda self: self.writing)
    @rule(kernel=kernels)
    def commit(self, kernel: str) -> None:
        if kernel not in self.writing:
            return
        writer, refs, blobs = self.writing.pop(kernel)
        try:
            done = writer.commit(body_of(*refs), {})  # type: ignore[attr-defined]
        except HeadMoved:
            self.warm.pop(kernel, None)
            return
        self.warm[kernel], self.expected[done.id] = done.warm, blobs

    @rule(keep=st.integers(1, 3))
    def person_prunes(self, keep: int) -> None:
        self.kept.prune(keep, refs_of)

    @rule(kernel=kernels, keep=st.integers(1, 3))
    def kernel_prunes(self, kernel: str, keep: int) -> None:
        if kernel not in self.writing and kernel in self.warm:
            pruned = self.kept.prune(keep, refs_of, own=self.warm[kernel])
            self.warm[kernel] = forget_packs(self.warm[kernel], pruned.packs)

    @precondition(lambda self: not self.writing)
    @rule()
    def hours_pass(self) -> None:
        self.now += ORPHAN_AGE + 1

    @rule()
    def minutes_pass(self) -> None:
        self.now += 300

    @rule()
    def everything_kept_is_whole(self) -> None:
        for entry in self.kept.history():
            assert not entry.problem
            assert contents(self.kept, self.kept.load(entry.id)) == self.expected[entry.id]


Kernels.TestCase.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
TestKernels = Kernels.TestCase
