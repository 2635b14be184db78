"""Damage and forgery: found before anything is used, said in a sentence, and the last good checkpoint offered."""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sojourn_kernel.store import BlobRef, Corrupt, Forged, FormatTooNew, StoreError
from sojourn_kernel.store.publishing import Head, Sweep
from sojourn_kernel.store.refs import ROW, decode_rows
from sojourn_kernel.store.seal import Sealer

from tests.integration.store.places import KEY, Watched, contents, memory_store, objects, refs_of, save

VALUE = random.Random(0).randbytes(5 << 20)


def two_checkpoints(encrypt: bool = False) -> tuple[Any, Watched, Any, Any]:
    store, backend = memory_store(encrypt=encrypt)
    kept = store.session("s")
    first, refs = save(kept, VALUE, step=1)
    second, _ = save(kept, VALUE + b"!", warm=first.warm, previous=tuple(refs), step=2)
    return kept, backend, first, second


def only(backend: Watched, part: str) -> str:
    (key,) = (key for key in objects(backend) if part in key)
    return key


places = st.floats(0, 1).map(lambda part: lambda whole: round(part * (len(whole) - 1)))  # whatever its length


@pytest.mark.parametrize("encrypt", [False, True])
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_any_changed_byte_in_a_pack_is_found(encrypt: bool, data: st.DataObject) -> None:
    kept, backend, *_ = two_checkpoints(encrypt)
    packs = {key: content for key, content in objects(backend).items() if "/packs/" in key}
    key = sorted(packs)[data.draw(st.integers(0, len(packs) - 1))]
    content = bytearray(packs[key])
    place = data.draw(places)(content)
    content[place] ^= data.draw(st.integers(1, 255))
    backend.inner.put(key, content)
    seen = []
    for id in [entry.id for entry in kept.history()]:
        try:
            seen.append(contents(kept, kept.load(id)))
        except (Corrupt, Forged) as error:
            assert "chunk" in str(error) or "decrypted" in str(error)
            seen.append(None)
    assert None in seen, "every byte of a pack is somebody's"
    assert all(found in (None, [VALUE], [VALUE + b"!"]) for found in seen)
    assert any(entry.problem for entry in kept.verify(refs_of, data=True))


def test_a_damaged_list_of_chunks_costs_its_blob_alone() -> None:
    store, backend = memory_store()
    kept = store.session("s")
    _, (large, small) = save(kept, VALUE, b"small")
    listing = large.chunks[0]
    key = next(key for key in objects(backend) if listing.pack.hex() in key)
    content = bytearray(objects(backend)[key])
    content[listing.offset] ^= 1
    backend.inner.put(key, bytes(content))
    warm = kept.warm(kept.load(), refs_of)
    assert bytes(kept.read_blob(small)) == b"small"
    with pytest.raises(Corrupt):
        kept.read_blob(large)
    save(kept, VALUE, b"small", warm=warm)
    assert contents(kept) == [VALUE, b"small"]


@pytest.mark.parametrize("how", ["removed", "truncated"])
def test_a_pack_that_is_missing_or_truncated_is_said(how: str) -> None:
    kept, backend, first, _ = two_checkpoints()
    for key, content in objects(backend).items():
        if "/packs/" in key and len(content) > 1 << 20:
            backend.inner.delete([key])
            if how == "truncated":
                backend.inner.put(key, content[:100])
    with pytest.raises(Corrupt, match=r"missing from the store|truncated in the store"):
        contents(kept, kept.load(first.id))
    assert [bool(entry.problem) for entry in kept.verify(refs_of)] == [True, True], "found without reading the data"


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
fields = st.sampled_from(
    ["auth", "body", "created", "encrypted", "format", "id", "kind", "mac", "meta", "parent", "session"]
)
Mutation = Callable[[bytes], bytes]


def flipped(place: Callable[[bytes], int], by: int) -> Mutation:
    return lambda good: good[: place(good)] + bytes([good[place(good)] ^ by]) + good[place(good) + 1 :]


def with_junk(place: Callable[[bytes], int], junk: bytes) -> Mutation:
    return lambda good: good[: place(good)] + junk + good[place(good) :]


mutations = st.one_of(
    st.builds(flipped, places, st.integers(1, 255)),
    st.builds(with_junk, places, st.binary(min_size=1, max_size=30)),
    places.map(lambda place: lambda good: good[: place(good)]),
    st.binary(max_size=200).map(lambda junk: lambda good: junk),
    st.tuples(fields, anything).map(
        lambda pair: lambda good: json.dumps({**json.loads(good), pair[0]: pair[1]}).encode()
    ),
    fields.map(lambda name: lambda good: json.dumps({k: v for k, v in json.loads(good).items() if k != name}).encode()),
    st.just(lambda good: b"[" * 100_000),
)


@pytest.mark.parametrize("place", ["head", "manifests/"])
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_no_change_to_a_document_is_believed(place: str, data: st.DataObject) -> None:
    """The fuzz of the parser: bytes flipped, cut, doubled, or fields put in another's place."""
    kept, backend, first, second = two_checkpoints()
    key = next(key for key in objects(backend) if key.endswith("/head" if place == "head" else second.id))
    good = backend.inner.get(key)
    backend.inner.put(key, data.draw(mutations)(good))
    if backend.inner.get(key) == good:
        return
    try:
        manifest = kept.load()
    except (Corrupt, Forged, FormatTooNew) as error:
        assert len(str(error)) > 20
        manifest, passed = kept.load_last_good()
        assert passed[0].problem
    assert contents(kept, manifest) == ([VALUE] if manifest.id == first.id else [VALUE + b"!"])
    assert manifest.meta == {"step": 1 if manifest.id == first.id else 2}


FIELDS = {"id": "0-1", "parent": "0-0", "created": 1.0, "meta": {"step": 9}, "body": [0, ""], "session": "t", "auth": "none",
          "encrypted": True, "kind": "head", "format": 0, "mac": "00", "added": 1}  # fmt: skip


@pytest.mark.parametrize("field", FIELDS)
def test_each_field_of_a_manifest_is_under_the_seal(field: str) -> None:
    kept, backend, first, second = two_checkpoints()
    key = only(backend, second.id)
    document = json.loads(backend.inner.get(key))
    assert document.get(field) != FIELDS[field]
    backend.inner.put(key, json.dumps({**document, field: FIELDS[field]}).encode())
    with pytest.raises((Corrupt, Forged)):
        kept.load()
    manifest, passed = kept.load_last_good()
    assert manifest.id == first.id and contents(kept, manifest) == [VALUE]
    assert {entry.id for entry in passed} == {"head", second.id} and all(entry.problem for entry in passed)


def test_another_sessions_checkpoint_is_refused_even_under_the_same_key() -> None:
    store, backend = memory_store()
    mine, foreign = store.session("mine"), store.session("foreign")
    save(mine, b"mine")
    save(foreign, b"foreign")
    for key, content in objects(backend).items():
        if "foreign" in key:
            backend.inner.put(key.replace("foreign", "mine"), content)
    with pytest.raises(Forged, match="another session's"):
        mine.load()
    assert contents(mine, mine.load_last_good()[0]) == [b"mine"]


def test_a_checkpoint_of_another_key_is_refused() -> None:
    store, _ = memory_store()
    save(store.session("s"), b"x")
    store.key = b"another key " * 3
    with pytest.raises(Forged, match="wrong key"):
        store.session("s").load()


def test_a_checkpoint_without_authentication_is_refused_by_a_store_that_has_a_key() -> None:
    store, _ = memory_store(key=None)
    save(store.session("s"), b"x")
    assert contents(store.session("s")) == [b"x"], "without a key, integrity is still checked"
    store.key = KEY
    with pytest.raises(Forged, match="not authenticated, and this store has a key"):
        store.session("s").load()
    with pytest.raises(Forged):
        store.session("s").writer()


def test_a_checkpoint_with_authentication_says_which_key_is_missing() -> None:
    store, _ = memory_store()
    save(store.session("s"), b"x")
    store.key = None
    with pytest.raises(Forged, match="SOJOURN_KEY_FILE"):
        store.session("s").load()


def test_an_encrypted_checkpoint_says_what_the_url_lacks_and_the_other_way_round() -> None:
    store, _ = memory_store(encrypt=True)
    save(store.session("s"), b"x")
    store.encrypt = False
    with pytest.raises(Forged, match=r"add .encrypt=1"):
        store.session("s").load()
    save(store.session("t"), b"x")
    store.encrypt = True
    with pytest.raises(Forged, match="not encrypted"):
        store.session("t").load()


def test_a_later_format_says_to_upgrade() -> None:
    kept, backend, *_ = two_checkpoints()
    for key, content in objects(backend).items():
        if not key.count("/packs/"):
            backend.inner.put(key, json.dumps({**json.loads(content), "format": 99}).encode())
    with pytest.raises(FormatTooNew, match="upgrade"):
        kept.load()
    with pytest.raises(Corrupt, match="upgrade"):
        kept.load_last_good()


def test_the_last_good_checkpoint_is_found_behind_a_lost_manifest_and_a_lost_body() -> None:
    kept, backend, _, second = two_checkpoints()
    third, _ = save(kept, b"three", warm=second.warm)
    backend.inner.delete([only(backend, f"manifests/{third.id}")])
    manifest, passed = kept.load_last_good()
    assert manifest.id == second.id and "missing" in passed[0].problem
    writer = kept.warm(manifest, refs_of)
    save(kept, b"on we go", warm=writer)
    assert contents(kept) == [b"on we go"], "and the session goes on from there"


def test_when_nothing_is_good_each_reason_is_said() -> None:
    kept, backend, first, second = two_checkpoints()
    for key in objects(backend):
        if "/manifests/" in key:
            backend.inner.put(key, b"{}")
    with pytest.raises(Corrupt) as raised:
        kept.load_last_good()
    assert first.id in str(raised.value) and second.id in str(raised.value)


def test_a_head_that_names_something_else_is_not_followed() -> None:
    kept, backend, *_ = two_checkpoints()
    sealer = Sealer("s", KEY)
    for id in ("../head", "", "x" * 100):
        backend.inner.put(only(backend, "/head"), Head(id, "", 1).seal(sealer))
        with pytest.raises(Corrupt, match="head is damaged"):
            kept.load()
    backend.inner.put(only(backend, "/head"), Sweep(1, {}).seal(sealer))
    with pytest.raises(Corrupt, match="not a head"):
        kept.head()


@settings(max_examples=200, deadline=None)
@given(st.recursive(st.none() | st.integers() | st.text() | st.binary(max_size=300).map(lambda b: base64.b64encode(b).decode()),
                    lambda inner: st.lists(inner, max_size=5), max_leaves=8))  # fmt: skip
def test_whatever_claims_to_be_a_ref_is_one_or_is_damaged(data: Any) -> None:
    try:
        ref = BlobRef.from_json(data)
    except Corrupt:
        return
    assert BlobRef.from_json(ref.to_json()) == ref


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=5 * ROW.size))
def test_whatever_claims_to_be_a_list_of_chunks_is_bounded(data: bytes) -> None:
    try:
        rows = decode_rows(data)
    except Corrupt:
        return
    assert all(row.raw <= 4 << 20 for row in rows)


def test_all_errors_of_damage_are_errors_of_the_store() -> None:
    assert all(issubclass(error, StoreError) for error in (Corrupt, Forged, FormatTooNew))
