"""What is told to run beside the cells."""

from __future__ import annotations

import multiprocessing
import sys
import threading
import time
import types
from typing import Any

import pytest
from sojourn_kernel.snapshot import rebuild
from sojourn_kernel.snapshot.ambient import running


class Stream:
    def watch(self, until: threading.Event) -> None:
        until.wait()


@pytest.mark.parametrize("is_the_kernels", [True, False])
def test_the_thread_inside_of_a_stream_of_the_kernels_is_not_the_sessions(
    monkeypatch: pytest.MonkeyPatch, is_the_kernels: bool
) -> None:
    stream, end = Stream(), threading.Event()
    streams: dict[str, Any] = {"stdout": stream} if is_the_kernels else {}
    monkeypatch.setattr(rebuild, "STREAMS", streams)
    monkeypatch.setattr(running, "users", lambda _: False)
    thread = threading.Thread(target=stream.watch, args=(end,), name="in the stream")
    thread.start()
    try:
        told = running._threads({"old": stream})
    finally:
        end.set()
        thread.join()
    assert ("in the stream" in told) is not is_the_kernels


def _told_beside(of: type[multiprocessing.Process]) -> list[str]:
    """The processes that are told while one of a class runs."""
    child = of(target=time.sleep, args=(60,), name="beside the cells")
    child.start()
    try:
        return running._processes()
    finally:
        child.kill()
        child.join()


class Worker(multiprocessing.Process):
    """What a library derives for the workers of a pool."""


@pytest.mark.parametrize(("of", "is_told"), [(multiprocessing.Process, True), (Worker, False)])
def test_workers_of_a_librarys_pool_are_not_the_sessions(of: type[multiprocessing.Process], is_told: bool) -> None:
    assert ("beside the cells" in _told_beside(of)) is is_told


def test_a_process_of_a_class_made_in_a_cell_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "__main__", types.ModuleType("__main__"))
    own = type("Own", (multiprocessing.Process,), {"__module__": "__main__"})
    assert "beside the cells" in _told_beside(own)
