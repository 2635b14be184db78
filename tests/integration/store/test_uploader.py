"""The uploader: another process that takes packs to the store, and finishes what it has when the kernel is killed."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sojourn_kernel.store import BadStoreURL, HeadMoved, SessionStore, StoreUnavailable, open_store
from sojourn_kernel.store.uploader import Uploader

from tests.integration.store.conftest import KEY
from tests.integration.store.places import body_of, contents, refs_of, save

pytestmark = pytest.mark.skipif(not hasattr(os, "memfd_create"), reason="this system has no memfd")


def noise(seed: int, size: int) -> bytes:
    return random.Random(seed).randbytes(size)


def ended(pid: int) -> bool:
    """Whether a process is gone, or a zombie that nobody has waited for."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


def until(what: Callable[[], bool], says: str) -> None:
    end = time.monotonic() + 60
    while not what():
        if time.monotonic() > end:
            pytest.fail(f"not within a minute: {says}")
        time.sleep(0.02)


@pytest.fixture
def place(tmp_path: Path) -> str:
    return f"file://{tmp_path}/store"


@pytest.fixture
def start() -> Iterator[Callable[..., Uploader]]:
    started: list[Uploader] = []

    def act(url: str, session: str = "s", **named: bytes) -> Uploader:
        started.append(Uploader.start(url, session, **named))
        return started[-1]

    yield act
    for uploader in started:
        assert uploader.close(30), "an uploader did not end"


def kept_at(url: str) -> SessionStore:
    return open_store(url, KEY).session("s")


@pytest.mark.parametrize("url", ["file", pytest.param("s3", marks=pytest.mark.s3)], indirect=True)
def test_what_goes_through_the_uploader_is_what_the_store_has(url: str, start: Callable[..., Uploader]) -> None:
    uploader = start(url, key=KEY)
    values = [noise(1, 40 << 20), b"small", b""]
    first, refs = save(uploader, *values)  # type: ignore[arg-type]
    assert contents(kept_at(url)) == values
    second, _ = save(uploader, *values, b"more", warm=first.warm, previous=tuple(refs))  # type: ignore[arg-type]
    assert second.parent == first.id and second.uploaded_bytes < 10_000
    assert contents(kept_at(url)) == [*values, b"more"]


def test_a_forked_child_saves_through_the_kernels_uploader(place: str, start: Callable[..., Uploader]) -> None:
    uploader = start(place, key=KEY)
    save(uploader, b"from the kernel")  # type: ignore[arg-type]
    child = os.fork()
    if child == 0:
        try:
            warm = kept_at(place).warm(kept_at(place).load(), refs_of)
            save(uploader, b"from the child", noise(1, 20 << 20), warm=warm)  # type: ignore[arg-type]
            os._exit(0)
        except BaseException:
            os._exit(1)
    assert os.waitpid(child, 0)[1] == 0
    assert contents(kept_at(place)) == [b"from the child", noise(1, 20 << 20)]
    save(uploader, b"and the kernel again", warm=kept_at(place).warm(kept_at(place).load(), refs_of))  # type: ignore[arg-type]
    assert contents(kept_at(place)) == [b"and the kernel again"]


def test_the_process_starts_when_it_is_first_needed(place: str) -> None:
    uploader = Uploader(place, "s", KEY)
    assert uploader.pid is None
    uploader.launch()
    first = uploader.pid
    uploader.launch()
    save(uploader, b"x")  # type: ignore[arg-type]
    assert first is not None and uploader.pid == first and uploader.close(30)


def test_errors_of_the_store_come_back_as_what_they_are(place: str, start: Callable[..., Uploader]) -> None:
    uploader = start(place, key=KEY)
    late = uploader.writer()
    save(kept_at(place), b"another kernel's")
    with pytest.raises(HeadMoved, match="another kernel"):
        late.commit(b"[]", {})
    (Path(place.removeprefix("file://")) / "sessions" / "s" / "head").write_bytes(b"junk")
    with pytest.raises(Exception, match="not a Sojourn document"):
        uploader.writer()
    with pytest.raises(BadStoreURL):
        start("nowhere://x")


def test_a_store_that_cannot_be_opened_is_said_and_tried_again(tmp_path: Path, start: Callable[..., Uploader]) -> None:
    root = tmp_path / "store"
    uploader = start(f"file://{root}", key=KEY)
    root.parent.joinpath("store").write_bytes(b"in the way")
    with pytest.raises(StoreUnavailable, match="cannot create the store"):
        uploader.writer()
    root.unlink()
    save(uploader, b"x")  # type: ignore[arg-type]
    assert contents(kept_at(f"file://{root}")) == [b"x"]


def test_an_uploader_that_was_killed_costs_one_save(place: str, start: Callable[..., Uploader]) -> None:
    uploader = start(place, key=KEY)
    first, _ = save(uploader, b"one")  # type: ignore[arg-type]
    writer = uploader.writer(first.warm)
    assert uploader.pid
    os.kill(uploader.pid, signal.SIGKILL)
    with pytest.raises(StoreUnavailable, match="uploader process has ended"):
        writer.commit(body_of(writer.put_blob(b"two")), {})
    assert contents(kept_at(place)) == [b"one"]
    save(uploader, b"three", warm=first.warm)  # type: ignore[arg-type]
    assert contents(kept_at(place)) == [b"three"]


def test_where_the_process_cannot_run_the_writer_does_the_work_itself(
    place: str, start: Callable[..., Uploader], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    uploader = start(place, key=KEY)
    first, _ = save(uploader, b"x")  # type: ignore[arg-type]
    save(uploader, b"y", warm=first.warm)  # type: ignore[arg-type]
    assert contents(kept_at(place)) == [b"y"]


def test_signals_to_the_kernels_group_miss_it(place: str, start: Callable[..., Uploader]) -> None:
    uploader = start(place, key=KEY)
    save(uploader, b"x")  # type: ignore[arg-type]
    assert uploader.pid and os.getsid(uploader.pid) == uploader.pid != os.getsid(0)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        os.kill(uploader.pid, number)
    save(uploader, b"y", warm=kept_at(place).warm(kept_at(place).load(), refs_of))  # type: ignore[arg-type]
    assert contents(kept_at(place)) == [b"y"]


KERNEL = """
    import os, signal, sys, threading, time
    from sojourn_kernel.store.uploader import Uploader
    from tests.integration.store.places import body_of
    from tests.integration.store.conftest import KEY
    uploader = Uploader.start(sys.argv[1], "s", key=KEY)
    writer = uploader.writer()
    ref = writer.put_blob(os.urandom(20 << 20))
    writer._packer.finish()
    print(uploader.pid, flush=True)
    if sys.argv[2] == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    finish = writer._packer.finish
    writer._packer.finish = lambda: (finish(), os.kill(uploader.pid, signal.SIGSTOP))  # the commit is sent, and not begun
    threading.Thread(target=lambda: writer.commit(b"[]", {"kept": True}), daemon=True).start()
    while not any(queue for queue in writer._target._waiting.values()):
        time.sleep(0.01)
    time.sleep(0.2)
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_kernel_that_is_killed_has_committed_what_it_had_asked_for_and_nothing_else(place: str, when: str) -> None:
    kernel = subprocess.Popen([sys.executable, "-c", textwrap.dedent(KERNEL), place, when], stdout=subprocess.PIPE)
    assert kernel.stdout
    pid = int(kernel.stdout.readline())
    assert kernel.wait(60) == -signal.SIGKILL
    kernel.stdout.close()
    if when == "after":
        assert kept_at(place).head() is None
        os.kill(pid, signal.SIGCONT)
    until(lambda: ended(pid), "the end of the uploader, once its kernel is gone")
    if when == "before":
        assert kept_at(place).head() is None
    else:
        assert kept_at(place).load().meta == {"kept": True}


def test_it_ends_with_the_kernel_and_leaves_no_descriptors_there(place: str) -> None:
    def open_files() -> int:
        return len(list(Path("/proc/self/fd").iterdir()))

    before = open_files()
    uploader = Uploader.start(place, "s", key=KEY)
    save(uploader, noise(1, 20 << 20))  # type: ignore[arg-type]
    uploader.writer().close()
    assert uploader.close(30) and uploader.pid and ended(uploader.pid)
    until(lambda: open_files() == before, "all descriptors closed")


def test_where_a_system_has_no_such_memory_the_writer_does_the_work_itself(
    place: str, start: Callable[..., Uploader], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sojourn_kernel.store.wire.possible", lambda: False)
    uploader = start(place, key=KEY)
    assert uploader.pid is None
    save(uploader, b"x")  # type: ignore[arg-type]
    assert contents(kept_at(place)) == [b"x"]


def test_neither_keys_nor_sessions_show_in_the_list_of_processes(place: str, start: Callable[..., Uploader]) -> None:
    uploader = start(place, session="a telling name", key=KEY)
    uploader.writer().close()
    line = Path(f"/proc/{uploader.pid}/cmdline").read_bytes() + Path(f"/proc/{uploader.pid}/environ").read_bytes()
    assert KEY not in line and KEY.hex().encode() not in line and b"a telling name" not in line
