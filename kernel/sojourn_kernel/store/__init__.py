"""The store: content-addressed chunks in packs, sealed manifests, and a head moved by compare-and-swap.

store = open_store("file:///var/lib/sojourn")
kept = store.session("hub/ada/default")
writer = kept.writer()
ref = writer.put_blob(memoryview(array))
writer.commit(body, {"reason": "idle"})
kept.load().body
"""

from .errors import BadStoreURL, Corrupt, Forged, FormatTooNew, HeadMoved, NotFound, StoreError, StoreUnavailable
from .location import Store, open_store
from .refs import BlobRef
from .retention import Pruned
from .sessions import Entry, Manifest, SessionStore
from .uploader import Uploader
from .warm import forget_packs
from .writer import CheckpointWriter, Committed, FingerprintWriter

__all__ = [
    "BadStoreURL", "BlobRef", "CheckpointWriter", "Committed", "Corrupt", "Entry", "FingerprintWriter", "Forged",
    "FormatTooNew", "HeadMoved", "Manifest", "NotFound", "Pruned", "SessionStore", "Store", "StoreError", "StoreUnavailable",
    "Uploader", "forget_packs", "open_store",
]  # fmt: skip
