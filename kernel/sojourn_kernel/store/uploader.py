"""The uploader: a process of its own that takes packs to the store and moves the head.

It keeps off the kernel's interpreter lock, holds the connections, and outlives a kernel that is killed: a commit that it has
in full it finishes. It ends when the kernel and all writers are gone. Writers, in the kernel or in a forked child of it, make
chunks and packs where the memory is; only new packs cross.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from . import wire
from .errors import StoreError, StoreUnavailable
from .location import open_store, sealer
from .packing import IN_FLIGHT
from .publishing import LocalTarget, Publication, Target
from .remote import UploaderEnded, connect
from .writer import CheckpointWriter

# Packs are given back to the system after use, not kept for the next: they come seldom, and the pod's memory is the user's.
SMALL = {"MALLOC_ARENA_MAX": "2", "MALLOC_MMAP_THRESHOLD_": str(1 << 20)}


class Uploader:
    """The kernel's end of an uploader process. Where the system can't have one, writers do the work themselves."""

    def __init__(self, url: str, session: str, key: bytes | None = None) -> None:
        self.url, self.session = url, session
        self._key, self._owner = key, os.getpid()
        self._environment = {
            **os.environ,
            **SMALL,
        }  # as it is now: later on, the user may set credentials of other stores
        self._sealer = sealer(url, session, key)
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None

    @classmethod
    def start(cls, url: str, session: str, *, key: bytes | None = None) -> Uploader:
        """Start the process; it opens the store by itself. Raises BadStoreURL, StoreUnavailable."""
        uploader = cls(url, session, key)
        uploader.launch()
        return uploader

    def launch(self) -> None:
        """Start the process if it does not run: before a fork whose child is to use it. Raises StoreUnavailable."""
        if self._control is None and wire.possible() and not self.url.startswith("memory:"):
            self._launch()

    @property
    def pid(self) -> int | None:
        """Of the process, if there is one."""
        return self._process.pid if self._process else None

    def writer(self, warm: bytes | None = None) -> CheckpointWriter:
        """A writer of the next checkpoint, in the kernel or in a forked child of it. Raises StoreError."""
        try:
            return CheckpointWriter(self._target(), self._sealer, warm)
        except UploaderEnded:  # it was killed at this moment, or can't run here
            return CheckpointWriter(self._local(), self._sealer, warm)

    def close(self, timeout: float = 10.0) -> bool:
        """Let it end once its work is done; whether it has within so many seconds."""
        if self._control is not None:
            self._control.close()
            self._control = None
        if self._process is None:
            return True
        try:
            self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            return False
        return True

    def _target(self) -> Target:
        for _ in range(2):
            if self._control is not None:
                try:
                    return connect(self._control)
                except OSError:  # it was killed
                    self._control.close()
                    self._control = None
            if os.getpid() == self._owner:
                self.launch()
        return self._local()

    def _local(self) -> LocalTarget:
        return open_store(self.url, self._key).session(self.session).target()

    def _launch(self) -> None:
        mine, its = wire.pair()
        try:
            # No standard streams: what is written to them would show in the notebook. From /: no module of the user's.
            self._process = subprocess.Popen(
                [sys.executable, "-m", __spec__.name, str(its.fileno())], cwd="/", pass_fds=[its.fileno()],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
                env=self._environment,
            )  # fmt: skip
            hello = {"url": self.url, "session": self.session, "key": self._key.hex() if self._key else None}
            wire.send_bytes(mine, {"op": "hello"}, json.dumps(hello).encode())
        except OSError as error:
            mine.close()
            raise StoreUnavailable(f"cannot start the uploader process: {error.strerror}") from None
        finally:
            its.close()
        self._control = mine


class Server:
    """The process's own side: one thread for each writer, and a few that put packs."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._pool = ThreadPoolExecutor(IN_FLIGHT, thread_name_prefix="put")
        self._hello: dict[str, Any] = {}
        self._opening = threading.Lock()
        self._opened: LocalTarget | None = None

    def run(self) -> None:
        """Until the kernel and all writers are gone, and what they asked for is done."""
        writers: list[threading.Thread] = []
        while message := wire.receive(self._control):
            header, descriptor = message
            if header["op"] == "hello":
                with wire.shown(descriptor, header["size"]) as view:
                    self._hello = json.loads(bytes(view))
            elif header["op"] == "connect" and descriptor is not None:
                connection = socket.socket(fileno=descriptor)
                thread = threading.Thread(target=self._serve, args=(connection,))
                thread.start()
                writers = [other for other in writers if other.is_alive()] + [thread]
        for thread in writers:
            thread.join()
        self._pool.shutdown()

    def _target(self) -> LocalTarget:
        """The session, opened with the first request; tried again with the next if that fails."""
        with self._opening:
            if self._opened is None:
                key = bytes.fromhex(self._hello["key"]) if self._hello["key"] else None
                self._opened = open_store(self._hello["url"], key).session(self._hello["session"]).target()
            return self._opened

    def _serve(self, connection: socket.socket) -> None:
        lock = threading.Lock()
        with connection:
            try:
                while message := wire.receive(connection):
                    header, descriptor = message
                    if header["op"] == "put_pack":
                        self._pool.submit(self._answer, connection, lock, header, descriptor)
                    else:
                        self._answer(connection, lock, header, descriptor)
            except OSError:  # the writer was killed
                pass

    def _answer(
        self, connection: socket.socket, lock: threading.Lock, header: wire.Header, descriptor: int | None
    ) -> None:
        payload: bytes | None = None
        try:
            answer, payload = self._do(header, descriptor)
        except StoreError as error:
            answer = {"error": type(error).__name__, "message": str(error)[:2000]}
        except Exception as error:  # a bug must end the save, not leave it waiting for ever
            answer = {
                "error": "StoreUnavailable",
                "message": f"the uploader failed: {type(error).__name__}: {str(error)[:500]}",
            }
        answer["number"] = header["number"]
        try:
            with lock:
                if payload is None:
                    wire.send(connection, answer)
                else:
                    wire.send_bytes(connection, answer, payload)
        except OSError:  # nobody waits for it any more
            pass

    def _do(self, header: wire.Header, descriptor: int | None) -> tuple[wire.Header, bytes | None]:
        if header["op"] == "put_pack":
            with wire.shown(descriptor, header["size"]) as view:
                self._target().put_pack(header["pack"], view)
            return {}, None
        if header["op"] == "publish":
            with wire.shown(descriptor, header["size"]) as view:
                publication = Publication.from_json(json.loads(bytes(view)))
            return {"tag": self._target().publish(publication)}, None
        if header["op"] == "usable_packs":
            return {}, json.dumps(sorted(self._target().usable_packs())).encode()
        start = self._target().start(header["want_head"])
        return {"head": start.head, "tag": start.tag, "generation": start.generation}, None


def main(argv: list[str]) -> int:
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, signal.SIG_IGN)  # it ends with its writers, when their work is done
    Server(socket.socket(fileno=int(argv[0]))).run()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
