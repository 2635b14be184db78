"""What is told to run beside the cells."""

from __future__ import annotations

import threading
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
