"""A small TCP proxy that treats connections badly: cuts them in the middle, or lets them wait."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit


@dataclass
class Proxy:
    """What is to happen to the next connections: bytes of the answer, and of the request, after which each is cut."""

    endpoint: str
    cut_answers: list[int] = field(default_factory=list)
    cut_requests: list[int] = field(default_factory=list)
    delay: float = 0.0
    "Seconds before each piece of an answer."
    connections: int = 0


@contextmanager
def between(endpoint: str) -> Iterator[Proxy]:
    """A proxy in front of a server."""
    there = urlsplit(endpoint)
    listener = socket.create_server(("127.0.0.1", 0))
    proxy = Proxy(f"http://127.0.0.1:{listener.getsockname()[1]}")
    threading.Thread(target=_accept, args=(listener, proxy, (there.hostname, there.port)), daemon=True).start()
    try:
        yield proxy
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def _accept(listener: socket.socket, proxy: Proxy, there: tuple[str | None, int | None]) -> None:
    while True:
        try:
            client, _ = listener.accept()
        except OSError:
            return
        proxy.connections += 1
        server = socket.create_connection(there)
        request = proxy.cut_requests.pop(0) if proxy.cut_requests else None
        answer = proxy.cut_answers.pop(0) if proxy.cut_answers else None
        threading.Thread(target=_pump, args=(client, server, request, lambda: 0.0), daemon=True).start()
        threading.Thread(target=_pump, args=(server, client, answer, lambda: proxy.delay), daemon=True).start()


def _pump(source: socket.socket, sink: socket.socket, cut: int | None, delay: object) -> None:
    """Carry bytes one way, until the end or the cut."""
    passed = 0
    try:
        while piece := source.recv(1 << 16):
            time.sleep(delay())  # type: ignore[operator]
            piece = piece if cut is None else piece[: cut - passed]
            sink.sendall(piece)
            passed += len(piece)
            if cut is not None and passed >= cut:
                break
    except OSError:
        pass
    for end in (source, sink):
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
