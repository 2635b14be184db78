"""What every store promises, whatever it is made of."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sojourn_kernel.store import BlobRef, Corrupt, Forged, HeadMoved, NotFound, Store, forget_packs, open_store

from tests.integration.store.conftest import KEY, body_of, refs_of


def test_what_was_put_is_what_is_read(store: Store) -> None:
    kept, blobs = store.session("a"), [b"", b"x", os.urandom(300_000), b"ab" * 1_000_000]
    writer = kept.writer()
    refs = [writer.put_blob(blob) for blob in blobs]
    writer.commit(body_of(refs), {})
    assert [bytes(data) for _, data in kept.read_blobs(refs_of(kept.load().body))] == blobs


def test_restored_buffers_are_writable(store: Store, save: Callable[..., str]) -> None:
    kept = store.session("a")
    save(kept, b"0" * 100_000)
    data = kept.read_blob(refs_of(kept.load().body)[0])
    data[0] = 1
    assert not data.readonly


def test_a_checkpoint_exists_once_it_is_committed_and_not_before(store: Store) -> None:
    kept = store.session("a")
    writer = kept.writer()
    ref = writer.put_blob(b"x" * 100)
    assert kept.head() is None
    with pytest.raises(NotFound):
        kept.load()
    done = writer.commit(body_of([ref]), {"n": 1})
    assert kept.head() == done.id
    assert kept.load().meta == {"n": 1}


def test_of_two_writers_one_loses_and_says_so(store: Store) -> None:
    kept = store.session("a")
    first, second = kept.writer(), kept.writer()
    first.commit(body_of([first.put_blob(b"1")]), {})
    ref = second.put_blob(b"2")
    with pytest.raises(HeadMoved):
        second.commit(body_of([ref]), {})
    assert bytes(kept.read_blob(refs_of(kept.load().body)[0])) == b"1"


def test_sessions_do_not_see_each_other(store: Store, save: Callable[..., str]) -> None:
    save(store.session("ns/ada/default"), b"1")
    assert store.session("ns/ada").head() is None
    assert store.sessions() == ["ns/ada/default"]


def test_a_small_change_sends_little_more_than_the_change(store: Store) -> None:
    kept, data = store.session("a"), bytearray(os.urandom(64 << 20))
    writer = kept.writer()
    first = writer.commit(body_of([writer.put_blob(data)]), {})
    data[5_000_000:6_000_000] = os.urandom(1_000_000)
    writer = kept.writer(first.warm)
    second = writer.commit(body_of([writer.put_blob(data)]), {})
    assert second.uploaded_bytes <= 1.5 * 1_048_576
    assert bytes(kept.read_blob(refs_of(kept.load().body)[0])) == bytes(data)


def test_ten_thousand_small_blobs_are_tens_of_requests(store: Store) -> None:
    writer = store.session("a").writer()
    done = writer.commit(body_of([writer.put_blob(b"value %d" % n) for n in range(10_000)]), {})
    assert done.requests < 30


def test_only_the_last_checkpoints_are_kept_and_each_is_whole(store: Store) -> None:
    kept, warm = store.session("a"), None
    for n in range(4):
        writer = kept.writer(warm)
        done = writer.commit(body_of([writer.put_blob(b"same" * 1000), writer.put_blob(os.urandom(50_000))]), {"n": n})
        warm = done.warm
    pruned = kept.prune(2, refs_of, orphan_age=0)
    assert pruned.freed > 0
    assert [entry.meta["n"] for entry in kept.history()] == [2, 3]
    assert not [entry for entry in kept.verify(refs_of, data=True) if entry.problem]


def test_after_a_prune_a_writer_does_not_name_what_is_gone(store: Store) -> None:
    kept = store.session("a")
    lost = os.urandom(50_000)
    writer = kept.writer()
    first = writer.commit(body_of([writer.put_blob(lost)]), {})
    writer = kept.writer(first.warm)
    second = writer.commit(body_of([writer.put_blob(b"other")]), {})
    warm = forget_packs(second.warm, kept.prune(1, refs_of, orphan_age=0).packs)
    writer = kept.writer(warm)
    writer.commit(body_of([writer.put_blob(lost)]), {})
    assert bytes(kept.read_blob(refs_of(kept.load().body)[0])) == lost


def test_a_young_orphan_is_left_to_its_writer(store: Store) -> None:
    kept = store.session("a")
    writer = kept.writer()
    ref = writer.put_blob(os.urandom(9 << 20))  # a full pack: sent before the commit
    kept.prune(1, refs_of)
    writer.commit(body_of([ref]), {})
    assert len(kept.read_blob(refs_of(kept.load().body)[0])) == 9 << 20


def test_the_first_writer_after_a_restore_sends_nothing_again(store: Store) -> None:
    kept, data = store.session("a"), os.urandom(3 << 20)
    writer = kept.writer()
    writer.commit(body_of([writer.put_blob(data)]), {})
    writer = kept.writer(kept.warm(kept.load(), refs_of))
    done = writer.commit(body_of([writer.put_blob(data)]), {})
    assert done.uploaded_bytes < 10_000


def test_a_cleared_head_starts_anew_and_keeps_the_history(store: Store, save: Callable[..., str]) -> None:
    kept = store.session("a")
    id = save(kept, b"1")
    kept.clear_head()
    assert kept.head() is None
    kept.set_head(id)
    assert kept.load().id == id


def test_documents_move_by_compare_and_swap(store: Store) -> None:
    tag = store.put_document("server/ada", b"1")
    assert tag
    assert store.put_document("server/ada", b"2") is None
    assert store.put_document("server/ada", b"2", tag)
    assert store.get_document("server/ada")[0] == b"2"  # type: ignore[index]
    assert store.get_document("server/bob") is None


# Trust


def objects(store: Store, part: str) -> list[str]:
    return [key for key, _, _ in store.backend.walk("sessions/") if f"/{part}" in key]


def test_a_damaged_pack_is_found_and_the_last_good_checkpoint_offered(store: Store, save: Callable[..., str]) -> None:
    kept = store.session("a")
    good = save(kept, b"good" * 100)
    before = set(objects(store, "packs/"))
    save(kept, os.urandom(5000), warm=None)
    [new] = set(objects(store, "packs/")) - before
    data = bytearray(store.backend.get(new))
    data[-1] ^= 1
    store.backend.put(new, bytes(data))
    with pytest.raises(Corrupt):
        kept.load()
    manifest, passed = kept.load_last_good()
    assert manifest.id == good
    assert passed and "not what its address says" in passed[0].problem


@pytest.mark.parametrize("field", ["id", "parent", "created", "meta", "body", "session", "auth"])
def test_a_tampered_field_is_refused(tmp_path, save: Callable[..., str], field: str) -> None:
    import json

    store = open_store(f"file://{tmp_path}", KEY)
    kept = store.session("a")
    save(kept, b"1")
    [key] = objects(store, "manifests/")
    document = json.loads(store.backend.get(key))
    document[field] = "other"
    store.backend.put(key, json.dumps(document).encode())
    with pytest.raises((Forged, Corrupt)):
        kept.load()


def test_another_sessions_checkpoint_is_refused(store: Store, save: Callable[..., str]) -> None:
    save(store.session("a"), b"secret")
    for key in objects(store, ""):
        store.backend.put(key.replace("sessions/a/", "sessions/b/"), store.backend.get(key))
    with pytest.raises(Forged):
        store.session("b").load()


def test_a_store_with_a_key_refuses_what_has_none(tmp_path, save: Callable[..., str]) -> None:
    from sojourn_kernel.store.files import FileBackend
    from sojourn_kernel.store.location import Store as Plain

    backend = FileBackend(tmp_path)
    save(Plain(backend, None, False, "").session("a"), b"1")
    with pytest.raises(Forged, match="not authenticated"):
        Plain(backend, KEY, False, "").session("a").load()


def test_encrypted_chunks_show_nothing_and_need_the_key(tmp_path) -> None:
    store = open_store(f"file://{tmp_path}?encrypt=1", KEY)
    kept, secret = store.session("a"), b"a very secret value " * 100
    writer = kept.writer()
    writer.commit(body_of([writer.put_blob(secret)]), {})
    assert all(b"very secret" not in store.backend.get(key) for key in objects(store, ""))
    assert bytes(kept.read_blob(refs_of(kept.load().body)[0])) == secret
    with pytest.raises(Forged):
        open_store(f"file://{tmp_path}?encrypt=1", b"another key, just as long as it").session("a").load()


@given(st.binary(max_size=300))
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_garbage_passes_for_a_manifest(data: bytes) -> None:
    from sojourn_kernel.store.seal import Sealer

    with pytest.raises((Corrupt, Forged)):
        Sealer("a", KEY).open(data)


@given(st.lists(st.binary(max_size=2000), max_size=30), st.booleans())
@settings(max_examples=30, deadline=None)
def test_any_blobs_come_back_in_order(blobs: list[bytes], stream: bool) -> None:
    kept = open_store("memory://any-blobs", KEY).session(os.urandom(8).hex())
    writer = kept.writer()
    refs = [writer.put_blob(blob, kind="stream" if stream else "buffer") for blob in blobs]
    writer.commit(body_of(refs), {})
    again = [BlobRef.from_json(ref.to_json()) for ref in refs]
    assert [bytes(data) for _, data in kept.read_blobs(again)] == blobs
