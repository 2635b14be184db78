"""Errors of the store.

StoreError
├── StoreUnavailable   the store can't be reached, is full, or refuses for now: try again
│   ├── Full           it has no room
│   └── Emptied        the session's checkpoints were removed from the store: all has to be stored anew
├── OutOfTime          this blob can't be stored by the time that was set; others may
├── HeadMoved          another writer has moved the session's head: this one no longer owns it
├── NotFound           no such session, checkpoint or document
├── Corrupt            bytes are missing or are not what their address says
├── Forged             the authentication code doesn't match: wrong key, another session's, or tampered with
├── FormatTooNew       written by a later version of Sojourn
└── BadStoreURL        the URL can't name a store
"""

from __future__ import annotations


class StoreError(Exception):
    """Base of all errors of the store."""


class StoreUnavailable(StoreError):
    """The store can't be reached, is full, or refuses for now."""


class Full(StoreUnavailable):
    """The store has no room for it."""


class Emptied(StoreUnavailable):
    """There is no checkpoint of this session any more, though this writer goes on from one."""


class OutOfTime(StoreError):
    """The link, as fast as it has shown to be, doesn't carry this blob by the time that was set."""


class HeadMoved(StoreError):
    """Another writer committed to this session since this one read its head."""


class NotFound(StoreError):
    """No such session, checkpoint or document."""


class Corrupt(StoreError):
    """Bytes are missing, truncated, or not what their address says."""


class Forged(StoreError):
    """The authentication code doesn't match the content."""


class FormatTooNew(StoreError):
    """Written by a later version of Sojourn."""


class BadStoreURL(StoreError):
    """The URL can't name a store."""


BY_NAME = {
    error.__name__: error
    for error in (
        StoreError,
        StoreUnavailable,
        Full,
        Emptied,
        HeadMoved,
        NotFound,
        Corrupt,
        Forged,
        FormatTooNew,
        BadStoreURL,
    )
}
