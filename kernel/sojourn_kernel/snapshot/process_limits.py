"""Limits that cells set on the process (open files, memory, sizes of files) are for what cells do: a save that met them would be lost."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

try:
    from resource import RLIM_INFINITY, RLIMIT_AS, RLIMIT_DATA, RLIMIT_FSIZE, RLIMIT_NOFILE, getrlimit, setrlimit
except ImportError:  # only Unix has such limits
    _LIMITS: tuple[int, ...] = ()
else:
    _LIMITS = (RLIMIT_NOFILE, RLIMIT_FSIZE, RLIMIT_AS, RLIMIT_DATA)

_raised: dict[int, tuple[int, int]] = {}
"""By limit: the soft limit that cells have, and the hard one that stands in its place while Sojourn works."""
_lock = threading.RLock()
_depth = 0


@contextmanager
def raised() -> Iterator[None]:
    """While inside, what the process may have at most is what it may have."""
    global _depth
    with _lock:
        if _depth == 0:
            _raise()
        _depth += 1
    try:
        yield
    finally:
        with _lock:
            _depth -= 1
            if _depth == 0:
                _put_back()


def _raise() -> None:
    for limit in _LIMITS:
        soft, hard = getrlimit(limit)
        if soft not in (hard, RLIM_INFINITY):
            with suppress(OSError, ValueError):  # a container may forbid it
                setrlimit(limit, (hard, hard))
                _raised[limit] = (soft, hard)


def _put_back() -> None:
    for limit, (soft, hard) in _raised.items():
        if getrlimit(limit) == (hard, hard):  # else a call of the session's has set another meanwhile
            with suppress(OSError, ValueError):
                setrlimit(limit, (soft, hard))
    _raised.clear()
