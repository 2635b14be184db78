"""Limits that cells set on the process (open files, memory, sizes of files) are for what cells do: a save that met them would be lost."""

from __future__ import annotations

from contextlib import AbstractContextManager, suppress

from .outermost import Outermost

try:
    from resource import RLIM_INFINITY, RLIMIT_AS, RLIMIT_DATA, RLIMIT_FSIZE, RLIMIT_NOFILE, getrlimit, setrlimit
except ImportError:  # only Unix has such limits
    _LIMITS: tuple[int, ...] = ()
else:
    _LIMITS = (RLIMIT_NOFILE, RLIMIT_FSIZE, RLIMIT_AS, RLIMIT_DATA)

_raised: dict[int, tuple[int, int]] = {}
"""By limit: the soft limit that cells have, and the hard one that stands in its place while Sojourn works."""


def raised() -> AbstractContextManager[None]:
    """While inside, what the process may have at most is what it may have."""
    return _outermost.inside(_raise)


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


_outermost = Outermost(_put_back)
