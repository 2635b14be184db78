"""Messages between a writer and the uploader: a small JSON header each, and bulk bytes by a file descriptor of memory.

The sockets keep message boundaries (SOCK_SEQPACKET), so that several processes may send on one of them.
"""

from __future__ import annotations

import json
import mmap
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from .backend import Bytes

HEADER = 64 << 10  # bytes of a header at most
Header = dict[str, Any]


def possible() -> bool:
    """Whether this system has what is needed."""
    return all(hasattr(socket, name) for name in ("SOCK_SEQPACKET", "send_fds")) and hasattr(os, "memfd_create")


def pair() -> tuple[socket.socket, socket.socket]:
    return socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)


class Memory:
    """Bytes that another process can be shown; used again, so that their pages need not be made again."""

    def __init__(self) -> None:
        self.descriptor = os.memfd_create("sojourn", os.MFD_CLOEXEC)

    def fill(self, data: Bytes) -> None:
        view, place = memoryview(data), 0
        while place < len(view):
            place += os.pwrite(self.descriptor, view[place:], place)

    def close(self) -> None:
        os.close(self.descriptor)


def send(sender: socket.socket, header: Header, descriptor: int | None = None) -> None:
    """Send one message. Raises OSError."""
    data = json.dumps(header).encode()
    if descriptor is None:
        sender.sendall(data)
    else:
        socket.send_fds(sender, [data], [descriptor])


def receive(receiver: socket.socket) -> tuple[Header, int | None] | None:
    """The next message, with the descriptor that came with it, which is the caller's to close; None at the end."""
    data, descriptors, _, _ = socket.recv_fds(receiver, HEADER, 1)
    if not data:
        return None
    return json.loads(data), descriptors[0] if descriptors else None


def send_bytes(sender: socket.socket, header: Header, payload: bytes) -> None:
    """Send one message with bytes of any number."""
    memory = Memory()
    try:
        memory.fill(payload)
        send(sender, {**header, "size": len(payload)}, memory.descriptor)
    finally:
        memory.close()


@contextmanager
def shown(descriptor: int | None, size: int) -> Iterator[memoryview]:
    """The bytes behind a descriptor, which is closed in the end."""
    if descriptor is None:
        raise ConnectionError("a message came without its bytes")
    try:
        if size == 0:
            yield memoryview(b"")
            return
        with mmap.mmap(descriptor, size, prot=mmap.PROT_READ) as mapping, memoryview(mapping) as view:
            yield view
    finally:
        os.close(descriptor)
