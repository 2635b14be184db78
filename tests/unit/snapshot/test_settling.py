"""Before a fork the kernel writes out what waits in the buffers of files; the child writes nothing, and knows which threads run."""

from __future__ import annotations

import errno
import io
import os
import threading
from pathlib import Path

import pytest
from sojourn_kernel.snapshot.process import settling
from sojourn_kernel.snapshot.process.fork import Child
from sojourn_kernel.snapshot.process.settling import Settling, flush
from sojourn_kernel.snapshot.reducers import lib_h5py


def test_what_waits_in_a_buffer_is_written(tmp_path: Path) -> None:
    before = Settling()
    with (tmp_path / "a.txt").open("w") as text, (tmp_path / "b.bin").open("wb") as binary:
        text.write("waits")
        binary.write(b"too")
        before.settle()
        assert ((tmp_path / "a.txt").read_text(), (tmp_path / "b.bin").read_bytes()) == ("waits", b"too")


def test_files_opened_after_the_last_time_are_found(tmp_path: Path) -> None:
    before = Settling()
    with (tmp_path / "a.txt").open("w") as first:
        before.settle()
        with (tmp_path / "b.txt").open("w") as second:
            first.write("one")
            second.write("two")
            before.settle()
            assert ((tmp_path / "a.txt").read_text(), (tmp_path / "b.txt").read_text()) == ("one", "two")


def test_objects_are_not_looked_through_again_for_descriptors_that_are_no_files_of_pythons(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = Settling()
    number = os.open(tmp_path / "database", os.O_RDWR | os.O_CREAT)
    try:
        before.settle()
        looks: list[int] = []
        monkeypatch.setattr(settling.gc, "get_objects", lambda: looks.append(1) or [])
        before.settle()
    finally:
        os.close(number)
    assert not looks


class OnAFullDisk(io.TextIOWrapper):
    full = True

    def flush(self) -> None:
        if self.full:
            raise OSError(errno.ENOSPC, "no space left")
        super().flush()


def test_a_file_that_cannot_be_flushed_keeps_no_other_from_it(tmp_path: Path) -> None:
    before = Settling()
    with OnAFullDisk((tmp_path / "a.txt").open("wb")) as stuck, (tmp_path / "b.txt").open("w") as other:
        stuck.write("waits")
        other.write("too")
        before.settle()
        assert not stuck.closed
        assert (tmp_path / "b.txt").read_text() == "too"
        stuck.full = False


def test_a_child_writes_nothing_to_an_hdf5_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    h5py = pytest.importorskip("h5py")
    with h5py.File(tmp_path / "a.h5", "w") as file:
        flushed: list[int] = []
        monkeypatch.setattr(h5py.File, "flush", lambda self: flushed.append(1))
        monkeypatch.setattr(settling, "_forked", True)
        lib_h5py.file(file)
        assert not flushed


def test_a_child_writes_nothing_to_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with (tmp_path / "a.txt").open("w") as file:
        file.write("waits")
        monkeypatch.setattr(settling, "_forked", True)
        flush(file)
        assert (tmp_path / "a.txt").read_text() == ""


def test_a_child_flushes_what_is_in_memory_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    memory = io.BytesIO()
    text = io.TextIOWrapper(memory)
    text.write("waits")
    monkeypatch.setattr(settling, "_forked", True)
    flush(text)
    assert memory.getvalue() == b"waits"


def test_a_thread_that_runs_is_not_taken_for_an_ended_one_in_a_child() -> None:
    stop = threading.Event()
    running, ended = threading.Thread(target=stop.wait), threading.Thread(target=int)
    for thread in (running, ended):
        thread.start()
    ended.join()
    Settling().settle()
    outcome = Child(lambda report: (settling.runs(running), settling.runs(ended))).wait()
    stop.set()
    running.join()
    assert outcome.result == (True, False)
