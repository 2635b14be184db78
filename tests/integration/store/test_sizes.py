"""What is uploaded: what changed, and little more. Bytes and requests are counted; nothing here depends on time."""

from __future__ import annotations

import json
import random

import numpy as np
import pytest
from sojourn_kernel.store.packing import BUFFERS, IN_FLIGHT, PACK

from tests.integration.store.places import body_of, contents, memory_store, refs_of, save

KB, MB = 1 << 10, 1 << 20


@pytest.fixture(autouse=True)
def a_slow_link(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compression pays on it whatever else the machine is busy with."""
    monkeypatch.setattr("sojourn_kernel.store.compression.STORAGE", 1e6)


def test_one_changed_megabyte_in_512_uploads_at_most_one_and_a_half() -> None:
    store, backend = memory_store()
    kept = store.session("s")
    array = np.random.default_rng(0).integers(0, 255, 512 * MB, dtype=np.uint8)
    first, (ref,) = save(kept, array)
    assert first.uploaded_bytes < 1.01 * array.nbytes
    sent = backend.sent
    array[100 * MB + 777 : 101 * MB + 777] ^= 1
    second, (after,) = save(kept, array, warm=first.warm, previous=(ref,))
    assert backend.sent - sent <= 1.5 * MB, "metadata included"
    assert second.uploaded_bytes == backend.sent - sent
    assert len(json.dumps(after.to_json())) < 2 * KB
    (found,) = contents(kept)
    assert found == array.tobytes()


def test_a_change_is_found_by_content_too_when_the_writer_knows_nothing_of_the_buffer() -> None:
    store, backend = memory_store()
    kept = store.session("s")
    array = np.random.default_rng(0).integers(0, 255, 64 * MB, dtype=np.uint8)
    save(kept, array)
    warm = kept.warm(kept.load(), refs_of)
    sent = backend.sent
    array[:MB] ^= 1
    save(kept, array, warm=warm)
    assert backend.sent - sent <= 1.5 * MB


def test_nothing_changed_uploads_a_manifest_and_a_head() -> None:
    store, backend = memory_store()
    kept = store.session("s")
    array = np.random.default_rng(0).random(MB)
    first, refs = save(kept, array)
    sent = backend.sent
    second, _ = save(kept, array, warm=first.warm, previous=tuple(refs))
    assert backend.sent - sent < 2 * KB and second.requests <= 4


def test_ten_thousand_small_variables_cost_tens_of_requests_to_save_and_to_read() -> None:
    store, backend = memory_store()
    kept = store.session("s")
    values = [f"value {n}".encode() * (n % 50 + 1) for n in range(10_000)]
    done, _ = save(kept, *values)
    assert len(backend.steps) == done.requests <= 20
    backend.steps.clear()
    assert contents(kept) == values
    assert len(backend.steps) <= 20


def test_one_of_ten_thousand_variables_changed_uploads_a_fraction_of_the_table() -> None:
    store, backend = memory_store()
    kept = store.session("s")
    values = [random.Random(n).randbytes(200) for n in range(10_000)]
    first, refs = save(kept, *values)
    table = len(body_of(*refs))
    sent = backend.sent
    writer = kept.writer(first.warm)
    refs[5000] = writer.put_blob(b"new")
    writer.commit(body_of(*refs), {})
    assert backend.sent - sent < table / 4


def test_equal_content_is_stored_once_whoever_holds_it() -> None:
    store, backend = memory_store()
    value = random.Random(0).randbytes(3 * MB)
    save(store.session("s"), value, value, bytearray(value), value + b"x")
    assert backend.sent < 1.2 * len(value)


def test_an_insertion_in_a_long_pickle_uploads_its_neighbourhood() -> None:
    store, backend = memory_store()
    kept = store.session("s")
    stream = random.Random(0).randbytes(20 * MB)
    writer = kept.writer()
    first = writer.commit(body_of(writer.put_blob(stream, kind="stream")), {})
    sent = backend.sent
    changed = stream[: 5 * MB] + b"inserted" + stream[5 * MB :]
    writer = kept.writer(first.warm)
    ref = writer.put_blob(changed, kind="stream")
    writer.commit(body_of(ref), {})
    assert backend.sent - sent < MB
    assert contents(kept) == [changed]


def test_what_compresses_is_compressed_and_what_does_not_is_left_alone() -> None:
    store, backend = memory_store()
    small_integers = np.random.default_rng(0).integers(0, 10, 2 * MB).tobytes()
    _, (ref,) = save(store.session("a"), small_integers)
    assert backend.sent < len(small_integers) / 3
    assert contents(store.session("a")) == [small_integers]
    noise = random.Random(0).randbytes(MB)
    _, (ref,) = save(store.session("b"), noise)
    assert all(chunk.codec == 0 and chunk.stored == chunk.raw for chunk in ref.chunks)


def test_a_ref_stays_small_however_large_the_blob(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sojourn_kernel.store.chunking.BLOCK", 64)  # as many chunks as 18 GB would have
    store, _ = memory_store()
    value = random.Random(0).randbytes(64 * 70_000)
    _, (ref,) = save(store.session("s"), value)
    assert ref.depth == 3 and len(json.dumps(ref.to_json())) < 2 * KB
    assert contents(store.session("s")) == [value]


def test_memory_in_flight_is_bounded() -> None:
    """However slow the store: packs on their way, and those in the making, are all that is held."""
    import threading

    store, backend = memory_store()
    gate, waiting = threading.Event(), []

    def hold(when: str, step: str, key: str) -> None:
        if when == "before" and step == "put":
            waiting.append(key)
            gate.wait(60)

    backend.hook = hold
    writer = store.session("s").writer()
    done: list[object] = []
    value = random.Random(0).randbytes(160 * MB)
    thread = threading.Thread(target=lambda: done.append(writer.put_blob(value)))
    thread.start()
    while len(waiting) < IN_FLIGHT // 2:
        thread.join(0.05)
    thread.join(0.5)
    assert thread.is_alive() and not done, "it waits instead of holding more"
    assert writer._packer.bytes <= BUFFERS * PACK
    gate.set()
    thread.join()
    writer.commit(body_of(done[0]), {})  # type: ignore[arg-type]
    assert contents(store.session("s")) == [value]
