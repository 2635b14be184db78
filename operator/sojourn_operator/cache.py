"""What the watches have shown, for many threads. Decisions that cannot be taken back look at the API server instead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from threading import RLock
from typing import Any

from .kinds import Json, Kind, name_of, namespace_of, node_of, uid_of


class Cache:
    """Objects by kind, namespace and name. Stored objects are shared and never changed in place."""

    def __init__(self) -> None:
        self._objects: dict[Kind, dict[tuple[str, str], Json]] = {}
        self._lock = RLock()

    def put(self, kind: Kind, body: Mapping[str, Any]) -> None:
        """Take an object in, unless a newer state of it is known."""
        key = (namespace_of(body), name_of(body))
        with self._lock:
            known = self._objects.setdefault(kind, {}).get(key)
            if known is None or uid_of(known) != uid_of(body) or _version(body) >= _version(known):
                self._objects[kind][key] = dict(body)

    def drop(self, kind: Kind, namespace: str, name: str, uid: str = "") -> None:
        """Forget an object; with a uid only that very one, for a later one may have its name by now."""
        with self._lock:
            known = self._objects.get(kind, {}).get((namespace, name))
            if known is not None and uid in ("", uid_of(known)):
                del self._objects[kind][(namespace, name)]

    def get(self, kind: Kind, namespace: str, name: str) -> Json | None:
        with self._lock:
            return self._objects.get(kind, {}).get((namespace, name))

    def pods_on(self, kind: Kind, node: str) -> list[Json]:
        return [pod for pod in self.list(kind) if node_of(pod) == node]

    def list(self, kind: Kind, namespace: str = "") -> Sequence[Json]:
        with self._lock:
            found = self._objects.get(kind, {})
            return [body for (where, _), body in found.items() if not namespace or where == namespace]


def _version(body: Mapping[str, Any]) -> int:
    """Resource versions of one object grow; where they are no numbers, the newest word wins."""
    text = str((body.get("metadata") or {}).get("resourceVersion", ""))
    return int(text) if text.isdigit() else 1 << 62
