"""A session as seen by a writer whose bytes another process, the uploader, takes to the store."""

from __future__ import annotations

import itertools
import json
import os
import queue
import socket
import threading
from typing import Any

from . import wire
from .backend import Bytes
from .errors import BY_NAME, StoreError, StoreUnavailable
from .outstanding import request
from .publishing import Publication, Start

_ENDED = {"error": "UploaderEnded", "message": "the uploader process has ended; save again"}


class UploaderEnded(StoreUnavailable):
    """The process at the other end was killed, or could not run."""


class RemoteTarget:
    """One writer's connection to the uploader. Safe for threads; not for use after a fork."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._numbers = itertools.count()
        self._waiting: dict[int, queue.SimpleQueue[tuple[wire.Header, bytes]]] = {}
        self._free: list[wire.Memory] = []
        self._lock = threading.Lock()
        self._ended = self._closed = False
        threading.Thread(target=self._listen, name="sojourn-uploader", daemon=True).start()

    def start(self, want_head: bool) -> Start:
        answer, _ = self._ask({"op": "start", "want_head": want_head})
        return Start(answer["head"], answer["tag"], answer["generation"])

    def usable_packs(self) -> set[str]:
        _, text = self._ask({"op": "usable_packs"})
        return set(json.loads(text))

    def put_pack(self, pack: str, data: Bytes) -> None:
        with self._lock:
            memory = self._free.pop() if self._free else None
        memory = memory or wire.Memory()
        try:
            memory.fill(data)
            self._ask({"op": "put_pack", "pack": pack, "size": len(data)}, memory.descriptor)
        finally:
            with self._lock:
                if self._closed:
                    memory.close()
                else:
                    self._free.append(memory)

    def withdraw(self, packs: list[str]) -> None:
        """Stores that are reached like this have no end; a prune finds them."""

    def publish(self, publication: Publication) -> str:
        text = json.dumps(publication.to_json()).encode()
        memory = wire.Memory()
        try:
            memory.fill(text)
            answer, _ = self._ask({"op": "publish", "size": len(text)}, memory.descriptor)
        finally:
            memory.close()
        return answer["tag"]

    def close(self) -> None:
        try:
            self._connection.shutdown(socket.SHUT_RDWR)  # ends the listening thread, which closes the socket
        except OSError:
            pass
        with self._lock:
            self._closed = True
            free, self._free = self._free, []
        for memory in free:
            memory.close()

    def _ask(self, header: wire.Header, descriptor: int | None = None) -> tuple[wire.Header, bytes]:
        """Send a request and wait for its answer. Raises what the uploader met."""
        number, answers = next(self._numbers), queue.SimpleQueue[Any]()
        try:
            with self._lock:
                if self._ended:
                    raise UploaderEnded(_ENDED["message"])
                self._waiting[number] = answers
                wire.send(self._connection, {**header, "number": number}, descriptor)
        except OSError:
            raise UploaderEnded(_ENDED["message"]) from None
        with request():
            answer, payload = answers.get()
        if "error" in answer:
            raise {**BY_NAME, "UploaderEnded": UploaderEnded}.get(answer["error"], StoreError)(answer["message"])
        return answer, payload

    def _listen(self) -> None:
        try:
            while message := wire.receive(self._connection):
                answer, descriptor = message
                payload = b""
                if descriptor is not None:
                    with wire.shown(descriptor, answer["size"]) as view:
                        payload = bytes(view)
                self._waiting.pop(answer["number"]).put((answer, payload))
        except (OSError, ValueError, KeyError):
            pass
        finally:
            with self._lock:
                self._ended = True
                waiting, self._waiting = self._waiting, {}
            for answers in waiting.values():
                answers.put((_ENDED, b""))
            self._connection.close()


def connect(control: socket.socket) -> RemoteTarget:
    """A new connection to the uploader at the other end of ``control``. Raises OSError if there is none any more."""
    mine, its = wire.pair()
    try:
        wire.send(control, {"op": "connect", "pid": os.getpid()}, its.fileno())
    except OSError:
        mine.close()
        raise
    finally:
        its.close()
    return RemoteTarget(mine)
