"""Whether this process waits for the store: then it does not stand still, however long the answer takes. Requests end by themselves (see ``s3``)."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

_lock = threading.Lock()
_under_way = 0


@contextmanager
def request() -> Iterator[None]:
    """A request to the store is under way meanwhile."""
    global _under_way
    with _lock:
        _under_way += 1
    try:
        yield
    finally:
        with _lock:
            _under_way -= 1


def waits_for_the_store() -> bool:
    return _under_way > 0


def in_a_child() -> None:
    """What other threads of the kernel had asked for when this process was forked is not asked for here."""
    global _under_way, _lock
    _under_way, _lock = 0, threading.Lock()
