"""Checkpoints: what is committed comes back, byte for byte; of two writers one wins."""

from __future__ import annotations

import os
import random
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sojourn_kernel.store import BlobRef, FingerprintWriter, HeadMoved, NotFound, StoreUnavailable, open_store, writer

from tests.integration.store.places import KEY, body_of, contents, memory_store, refs_of, save

KB, MB = 1 << 10, 1 << 20


def noise(size: int, seed: int = 0) -> bytes:
    return random.Random(seed).randbytes(size)


sizes = st.one_of(
    st.integers(0, 3000), st.sampled_from([256 * KB - 1, 256 * KB, 256 * KB + 1, MB, 5 * MB + 17, 17 * MB])
)
blobs = st.builds(
    lambda size, seed, flat: bytes([seed]) * size if flat else noise(size, seed),
    sizes,
    st.integers(0, 3),
    st.booleans(),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(blobs, st.sampled_from(["buffer", "stream"])), max_size=5), st.booleans())
def test_whatever_is_put_comes_back(given_blobs: list[tuple[bytes, str]], encrypt: bool) -> None:
    store, _ = memory_store(encrypt=encrypt)
    kept = store.session("s")
    writer = kept.writer()
    refs = [writer.put_blob(data, kind=kind) for data, kind in given_blobs]
    writer.commit(body_of(*refs), {})
    assert contents(kept) == [data for data, _ in given_blobs]
    for (data, kind), ref in zip(given_blobs, refs, strict=True):
        again = FingerprintWriter().put_blob(data, kind=kind)
        assert (again.size, again.digest) == (ref.size, ref.digest), "a digest is of the content alone"


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_a_buffer_that_changes_again_and_again_is_never_mixed_up(data: st.DataObject) -> None:
    store, _ = memory_store()
    kept = store.session("s")
    value = bytearray(noise(data.draw(st.sampled_from([MB, 2 * MB + 5, 6 * MB]))))
    history, warm, ref = [], None, None
    for step in range(data.draw(st.integers(2, 6))):
        change = data.draw(st.sampled_from(["write", "grow", "shrink", "nothing", "restart", "swap"]))
        where = data.draw(st.integers(0, max(0, len(value) - 1)))
        if change == "write":
            value[where : where + 1000] = noise(min(1000, len(value) - where), step)
        elif change == "grow":
            value += noise(where % (600 * KB), step)
        elif change == "shrink":
            del value[where:]
        elif change == "swap":
            value[: 256 * KB], value[-256 * KB :] = value[-256 * KB :], value[: 256 * KB]
        elif change == "restart" and history:
            warm = kept.warm(kept.load(), refs_of)
        done, (ref,) = save(kept, value, warm=warm, previous=(ref,) if ref else ())
        warm = done.warm
        history.append((done.id, bytes(value)))
    for id, expected in history:
        assert contents(kept, kept.load(id)) == [expected]


def test_arrays_of_any_layout_are_put_without_being_asked_for_copies() -> None:
    kept = memory_store()[0].session("s")
    arrays = [
        np.arange(300_000.0).reshape(300, 1000),
        np.asfortranarray(np.arange(300_000.0).reshape(300, 1000)),
        np.zeros((0, 4)),
        np.array(3.5),
        np.arange(5, dtype=">i2"),
    ]
    save(kept, *arrays)
    for array, data in zip(arrays, contents(kept), strict=True):
        assert data == array.tobytes(order="A")


def test_what_is_not_contiguous_is_refused_before_anything_is_stored() -> None:
    writer = memory_store()[0].session("s").writer()
    with pytest.raises(BufferError):
        writer.put_blob(np.arange(10)[::2])


def test_a_read_buffer_is_writable_and_the_callers_own() -> None:
    kept = memory_store()[0].session("s")
    _, (first,) = save(kept, noise(MB))
    one, other = (data for _, data in kept.read_blobs([first, first]))
    one[:4] = b"mine"
    assert bytes(other[:4]) == noise(MB)[:4] and bytes(kept.read_blob(first)[:4]) == noise(MB)[:4]


def test_many_blobs_come_in_the_order_they_were_asked_for() -> None:
    kept = memory_store()[0].session("s")
    values = [noise(n * 7 % 4000, n) for n in range(500)] + [noise(70 * MB, 1)] + [b"end"]
    save(kept, *values)
    assert contents(kept) == values


def test_checkpoints_follow_each_other() -> None:
    kept = memory_store()[0].session("s")
    first, _ = save(kept, b"one", reason="idle")
    second, _ = save(kept, b"two", warm=first.warm, reason="stop")
    assert (first.parent, second.parent) == (None, first.id)
    assert kept.head() == second.id and kept.load().meta == {"reason": "stop"}
    assert [(entry.id, entry.meta["reason"], entry.problem) for entry in kept.history()] == [
        (first.id, "idle", ""),
        (second.id, "stop", ""),
    ]
    assert contents(kept, kept.load(first.id)) == [b"one"]


def test_a_session_without_checkpoints_says_so() -> None:
    kept = memory_store()[0].session("s")
    assert kept.head() is None and kept.history() == []
    with pytest.raises(NotFound, match="session s has no checkpoint"):
        kept.load()
    with pytest.raises(NotFound):
        kept.load_last_good()


def test_an_id_that_is_no_checkpoints_is_not_looked_up() -> None:
    with pytest.raises(NotFound, match="no checkpoint's id"):
        memory_store()[0].session("s").load("../../key")


def test_of_two_writers_one_wins_and_the_other_leaves_no_trace() -> None:
    kept = memory_store()[0].session("s")
    first, _ = save(kept, b"start")
    eve, ada = kept.writer(kept.warm(kept.load(), refs_of)), kept.writer(first.warm)
    won = ada.commit(body_of(ada.put_blob(b"ada")), {})
    with pytest.raises(HeadMoved, match="another kernel has saved session s"):
        eve.commit(body_of(eve.put_blob(b"eve")), {})
    assert kept.head() == won.id and contents(kept) == [b"ada"]
    assert [entry.id for entry in kept.history()] == [first.id, won.id]


def test_two_first_writers_of_a_session_are_told_apart_too() -> None:
    kept = memory_store()[0].session("s")
    ada, eve = kept.writer(), kept.writer()
    ada.commit(b"[]", {})
    with pytest.raises(HeadMoved):
        eve.commit(b"[]", {})


def test_a_kernel_that_restored_loses_to_one_that_saved_since_it_read() -> None:
    kept = memory_store()[0].session("s")
    first, _ = save(kept, b"start")
    read = kept.load()
    save(kept, b"newer", warm=first.warm)
    late = kept.writer(kept.warm(read, refs_of))
    with pytest.raises(HeadMoved):
        late.commit(b"[]", {})
    assert contents(kept) == [b"newer"]


@pytest.mark.parametrize("restored", [True, False])
def test_a_kernel_goes_on_over_a_save_that_the_life_before_had_begun_and_ended_later(restored: bool) -> None:
    """A child outlives its kernel, and the uploader both."""
    kept = memory_store()[0].session("s")
    warm = save(kept, b"start")[0].warm if restored else kept.anew()
    orphan = kept.writer(warm)
    mine = kept.warm(kept.load(), refs_of) if restored else kept.anew(time.time_ns())
    orphan.commit(body_of(orphan.put_blob(b"orphan")), {})
    done, _ = save(kept, b"mine", warm=mine)
    assert contents(kept) == [b"mine"]
    with pytest.raises(HeadMoved):
        save(kept, b"late", warm=warm)
    save(kept, b"more", warm=done.warm)
    assert contents(kept) == [b"more"]


def test_who_began_a_session_never_takes_it_back_from_who_went_on_with_it_however_late_that_ones_clock_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kept = memory_store()[0].session("s")
    left_behind, _ = save(kept, b"start", warm=kept.anew(time.time_ns()))
    elsewhere = kept.warm(kept.load(), refs_of)
    monkeypatch.setattr(writer, "now_ns", lambda: time.time_ns() - 3600 * 10**9)
    save(kept, b"elsewhere", warm=elsewhere)
    monkeypatch.undo()
    with pytest.raises(HeadMoved):
        save(kept, b"left behind", warm=left_behind.warm)
    assert contents(kept) == [b"elsewhere"]


def test_a_kernel_goes_on_after_a_save_whose_answer_was_lost() -> None:
    """The head had moved, and the kernel never heard: its next save is no other kernel's."""
    store, backend = memory_store()
    kept = store.session("s")
    first, _ = save(kept, b"one")

    def lose(when: str, step: str, key: str) -> None:
        if when == "after" and step == "swap" and key.endswith("/head"):
            raise StoreUnavailable("the connection dropped")

    backend.hook = lose
    with pytest.raises(StoreUnavailable):
        save(kept, b"two", warm=first.warm)
    backend.hook = lambda *_: None
    assert contents(kept) == [b"two"]
    save(kept, b"three", warm=first.warm)
    assert contents(kept) == [b"three"]


def test_the_first_saves_of_a_kernel_know_each_other_too() -> None:
    """A killed child's commit may come after the kernel's own save has begun."""
    kept = memory_store()[0].session("s")
    warm = kept.anew()
    child, kernel = kept.writer(warm), kept.writer(warm)
    child.commit(body_of(child.put_blob(b"child")), {})
    kernel.commit(body_of(kernel.put_blob(b"kernel")), {})
    assert contents(kept) == [b"kernel"]
    with pytest.raises(HeadMoved):
        other = kept.writer(kept.anew())
        other.commit(b"[]", {})


def test_a_save_that_began_earlier_never_replaces_a_later_one_of_the_same_kernel() -> None:
    kept = memory_store()[0].session("s")
    first, _ = save(kept, b"one")
    slow = kept.writer(first.warm)
    save(kept, b"final", warm=first.warm)
    with pytest.raises(StoreUnavailable, match="later save"):
        slow.commit(body_of(slow.put_blob(b"stale")), {})
    assert contents(kept) == [b"final"]


def test_ids_sort_in_order_of_saves_even_where_a_clock_goes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = memory_store()[0].session("s")
    first, _ = save(kept, b"one")
    monkeypatch.setattr(time, "time", lambda: 1_000_000_000.0)
    second, _ = save(kept, b"two", warm=first.warm)
    assert first.id < second.id and kept.history()[-1].id == second.id


def test_a_session_begins_anew_when_its_head_is_cleared_and_can_go_back() -> None:
    kept = memory_store()[0].session("s")
    first, _ = save(kept, b"one")
    kept.clear_head()
    with pytest.raises(NotFound):
        kept.load_last_good()
    save(kept, b"anew")
    assert contents(kept) == [b"anew"] and kept.load().parent is None
    kept.set_head(first.id)
    assert contents(kept) == [b"one"]


def test_sessions_do_not_see_each_other(tmp_path: Path) -> None:
    store = open_store(f"file://{tmp_path}/store")
    names = ["ns/ada/default", "ns/ada", "..", ".", "a b", "ü/%2F", "x" * 400, "x" * 399 + "y", "ns%2Fada"]
    for name in names:
        save(store.session(name), name.encode())
    for name in names:
        assert contents(store.session(name)) == [name.encode()]
    assert store.sessions() == sorted(names)
    assert {path.name for path in (tmp_path / "store").iterdir()} == {"key", "lock", "tmp", "sessions"}


def test_documents_are_swapped(tmp_path: Path) -> None:
    store = open_store(f"file://{tmp_path}")
    assert store.get_document("agents/ns/ada") is None
    tag = store.put_document("agents/ns/ada", b"{}")
    assert tag and store.get_document("agents/ns/ada") == (b"{}", tag)
    assert store.put_document("agents/ns/ada", b"{1}") is None, "somebody was first"
    second = store.put_document("agents/ns/ada", b"{2}", expect=tag)
    assert second and store.put_document("agents/ns/ada", b"{3}", expect=tag) is None
    assert store.get_document("agents/ns/ada") == (b"{2}", second)


def test_an_encrypted_store_shows_nothing_of_what_is_in_it() -> None:
    store, backend = memory_store(encrypt=True)
    kept = store.session("s")
    secret = b"the very secret text " * 1000
    save(kept, secret, secret * 100, reason="a telling reason")
    assert contents(kept) == [secret, secret * 100]
    ref = refs_of(kept.load().body)[0]
    for key, data in {entry.key: backend.inner.get(entry.key) for entry in backend.inner.walk("")}.items():
        for telltale in (b"secret", b"telling", ref.digest.encode(), ref.chunks[0].digest):
            assert telltale not in data and telltale not in key.encode()


def test_warm_state_is_only_for_its_own_version() -> None:
    kept = memory_store()[0].session("s")
    from sojourn_kernel.store import StoreError

    for state in (b"x", os.urandom(50), b"\x02\x00\x00\x00{}"):
        with pytest.raises(StoreError, match="warm state"):
            kept.writer(state)


def test_refs_survive_json() -> None:
    kept = memory_store(KEY)[0].session("s")
    _, refs = save(kept, b"", b"x", noise(9 * MB))
    assert [BlobRef.from_json(ref.to_json()) for ref in refs] == refs
