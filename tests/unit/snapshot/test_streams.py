"""Streams have no frames: they load as they are, and a change moves what follows it without altering it."""

from __future__ import annotations

import io
import pickle
import tempfile
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sojourn_kernel.restore.thaw import Thaw
from sojourn_kernel.snapshot.freeze import freeze
from sojourn_kernel.snapshot.streams import Unframed, reading
from sojourn_kernel.store import open_store
from sojourn_kernel.store.compression import Compressor

LARGE = 70_000  # bytes from which the pickler hands an object's content over by itself
SIZES = st.sampled_from([0, 1, 3, 4, 200, 65_535, LARGE, 140_000])
LOOKS_LIKE_A_FRAME = b"\x95" + (LARGE - 9).to_bytes(8, "little")


def dumped(*values: Any) -> bytes:
    file = Unframed()
    pickler = pickle.Pickler(file, 5)
    for value in values:
        pickler.dump(value)
    return file.getvalue()


@st.composite
def large(draw: st.DrawFn) -> Any:
    size = draw(SIZES)
    made = draw(st.sampled_from([bytes, bytearray, str, list]))
    start = LOOKS_LIKE_A_FRAME if draw(st.booleans()) else b"\x80\x05"
    content = (start + b"x" * size)[:size]
    return content.decode("latin-1") if made is str else made(content)


@given(st.lists(large(), max_size=4), st.lists(large(), max_size=2))
def test_what_was_pickled_comes_back(first: list[Any], second: list[Any]) -> None:
    file = reading(dumped(first, second))
    unpickler = pickle.Unpickler(file)
    assert (unpickler.load(), unpickler.load(), file.peek(1)) == (first, second, b"")


def test_a_later_pickle_shares_the_objects_of_an_earlier() -> None:
    one = ["shared"] * 30_000
    unpickler = pickle.Unpickler(reading(dumped({"a": one}, {"b": one})))
    assert unpickler.load()["a"] is unpickler.load()["b"]


def test_there_are_no_frames() -> None:
    framed = io.BytesIO()
    pickle.Pickler(framed, 5).dump([str(n) for n in range(100_000)])
    assert len(framed.getvalue()) - len(dumped([str(n) for n in range(100_000)])) >= 9 * 10


@pytest.mark.parametrize("where", [5, 50_000, 99_990])
def test_an_object_that_grows_alters_no_other_chunk(where: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Compressor, "level_for", lambda self, blocks: 1)  # both alike, however busy the machine
    records = [{"name": f"record {n}"} for n in range(100_000)]
    with tempfile.TemporaryDirectory() as folder:
        kept = open_store(f"file://{folder}").session("a/b/c")
        roots = {"records": records}
        writer = kept.writer(kept.anew())
        before = freeze(roots, writer, main=roots)
        first = writer.commit(before.to_bytes(), {})
        record = records[where]
        record["name"] += ", with more"
        roots["record"] = record  # as the variable of a loop
        writer = kept.writer(first.warm)
        after = freeze(roots, writer, main=roots, dirty={"records", "record"}, previous=before)
        second = writer.commit(after.to_bytes(), {})
        assert second.uploaded_bytes < first.uploaded_bytes / 4
        values = Thaw(after, kept, {}).load_all()
        assert values["record"] is values["records"][where]
        assert values["records"] == records
