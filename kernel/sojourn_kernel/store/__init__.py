"""The store: content-addressed chunks in packs, sealed manifests, and a head moved by compare-and-swap.

store = open_store("file:///var/lib/sojourn")
kept = store.session("hub/ada/default")
writer = kept.writer()
ref = writer.put_blob(memoryview(array))
writer.commit(body, {"reason": "idle"})
kept.load().body
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .errors import (
    BadStoreURL,
    Corrupt,
    Emptied,
    Forged,
    FormatTooNew,
    Full,
    HeadMoved,
    NotFound,
    OutOfTime,
    StoreError,
    StoreUnavailable,
)
from .location import Store, open_store
from .refs import BlobRef
from .retention import Pruned
from .sessions import Entry, Manifest, SessionStore
from .warm import forget_packs

if TYPE_CHECKING:
    from .uploader import Uploader
    from .writer import CheckpointWriter, Committed, FingerprintWriter

__all__ = [
    "BadStoreURL", "BlobRef", "CheckpointWriter", "Committed", "Corrupt", "Emptied", "Entry", "FingerprintWriter", "Forged",
    "FormatTooNew", "Full", "HeadMoved", "Manifest", "NotFound", "OutOfTime", "Pruned", "SessionStore", "Store", "StoreError", "StoreUnavailable",
    "Uploader", "forget_packs", "open_store",
]  # fmt: skip

# A kernel's start reads, and does not wait for what only writes.
_LATE = {"CheckpointWriter": ".writer", "Committed": ".writer", "FingerprintWriter": ".writer", "Uploader": ".uploader"}


def __getattr__(name: str) -> Any:
    if name not in _LATE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_LATE[name], __name__), name)
