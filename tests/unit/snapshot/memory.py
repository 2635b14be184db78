"""What a store is to the freezer and to the thaw, and no more."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sojourn_kernel.store import BlobRef


class Memory:
    """Blobs by digest, where a test can damage them."""

    def __init__(self) -> None:
        self.blobs: dict[str, bytes] = {}

    def put_blob(self, data: Any, *, kind: str = "buffer", previous: BlobRef | None = None) -> BlobRef:
        ref = BlobRef(memoryview(data).nbytes, str(len(self.blobs)))
        self.blobs[ref.digest] = bytes(data)
        return ref

    def read_blobs(self, refs: list[BlobRef]) -> Any:
        return ((ref, memoryview(self.blobs[ref.digest])) for ref in refs)


class Noting(Memory):
    """Notes something of each buffer that it is handed."""

    def __init__(self, note: Callable[[Any], Any]) -> None:
        super().__init__()
        self.noted: list[Any] = []
        self._note = note

    def put_blob(self, data: Any, *, kind: str = "buffer", previous: BlobRef | None = None) -> BlobRef:
        if kind == "buffer":
            self.noted.append(self._note(data))
        return super().put_blob(data, kind=kind, previous=previous)
