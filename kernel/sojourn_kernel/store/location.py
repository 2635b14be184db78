"""Store URLs: file:///directory, s3://bucket/prefix?endpoint=http://host:port&region=r, memory://name; all with ?encrypt=1."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from ..protocol import ENV_KEY, ENV_KEY_FILE
from . import keys
from .backend import Backend, MemoryBackend
from .errors import BadStoreURL, StoreError, StoreUnavailable
from .files import FileBackend, make_once
from .seal import Sealer
from .sessions import SessionStore

SHORTEST_KEY = 16  # bytes
CREDENTIALS = "credentials don't belong in a store's URL: use the standard AWS variables or a mounted Secret"


class Store:
    """A backend, a key and the sessions in it."""

    def __init__(self, backend: Backend, key: bytes | None, encrypt: bool, url: str) -> None:
        self.backend, self.key, self.encrypt, self.url = backend, key, encrypt, url

    def __repr__(self) -> str:
        return f"<Store {self.url}>"

    def session(self, session: str) -> SessionStore:
        """One session's checkpoints. Raises BadStoreURL for an id that can't be one."""
        if not session:
            raise BadStoreURL("a session's id must not be empty")
        return SessionStore(self.backend, keys.session(session), session, Sealer(session, self.key, self.encrypt))

    def sessions(self) -> list[str]:
        """Ids of all sessions in the store."""
        segments = sorted({entry.key.split("/")[1] for entry in self.backend.walk("sessions/")})
        return sorted(id for segment in segments if (id := keys.unquoted(segment) or self._long_id(segment)))

    def get_document(self, name: str) -> tuple[bytes, str] | None:
        """A small document and its tag, or None."""
        return self.backend.get_tagged(keys.document(name))

    def put_document(self, name: str, data: bytes, expect: str | None = None) -> str | None:
        """Write a document if its tag is ``expect`` (None: if there is none). The new tag, or None if another was first."""
        return self.backend.swap(keys.document(name), data, expect)

    def _long_id(self, segment: str) -> str | None:
        """The id of a session that is too long for a key: its documents say it."""
        for entry in self.backend.walk(f"sessions/{segment}/manifests/"):
            try:
                id = Sealer.claimed_session(self.backend.get(entry.key))
            except StoreError:
                continue
            if keys.quoted(id) == segment:
                return id
        return None


@dataclass(frozen=True)
class _Place:
    """A URL, taken apart and checked."""

    parts: SplitResult
    query: dict[str, str]
    encrypt: bool

    def open(self) -> Backend:
        return SCHEMES[self.parts.scheme][0](self.parts, self.query)


def open_store(url: str, key: bytes | None = None) -> Store:
    """The store that a URL names. Raises BadStoreURL or StoreUnavailable, with what to do about it.

    key: authenticates checkpoints; without it, SOJOURN_KEY, the file that SOJOURN_KEY_FILE names, or a file store's own.
    """
    place = _place(url)
    backend = place.open()
    return Store(backend, _key(place, key, backend), place.encrypt, url)


def sealer(url: str, session: str, key: bytes | None = None) -> Sealer:
    """What seals a session's documents, for those who leave the store itself to another process. Raises as ``open_store``."""
    place = _place(url)
    return Sealer(session, _key(place, key, None), place.encrypt)


def _place(url: str) -> _Place:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise BadStoreURL("the store's URL can't be read: use file:///directory or s3://bucket/prefix") from None
    if parts.scheme not in SCHEMES:
        raise BadStoreURL(f"{_shown(parts)!r} is no store: use file:///directory or s3://bucket/prefix")
    known = SCHEMES[parts.scheme][1]
    query = {name: values[-1] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
    if "@" in parts.netloc or any(word in name.lower() for name in query for word in ("secret", "access_key", "token")):
        raise BadStoreURL(CREDENTIALS)
    if unknown := query.keys() - known - {"encrypt"}:
        names = ", ".join(sorted({*known, "encrypt"}))
        raise BadStoreURL(f"a {parts.scheme}:// store has no option {', '.join(sorted(unknown))}: it knows {names}")
    return _Place(parts, query, bool(_switch(query, "encrypt")))


def _key(place: _Place, given: bytes | None, backend: Backend | None) -> bytes | None:
    key = given or _key_from_environment()
    if key is None and place.parts.scheme == "file":
        backend = backend or place.open()
        assert isinstance(backend, FileBackend)
        key = _own_key(backend.root / "key")
    if place.encrypt and key is None:
        raise BadStoreURL("encryption needs a key: put one into the file that SOJOURN_KEY_FILE names")
    return key


def _file(parts: SplitResult, query: dict[str, str]) -> Backend:
    root = Path(unquote(parts.path))
    if parts.netloc not in ("", "localhost") or not root.is_absolute():
        raise BadStoreURL(
            f"{_shown(parts)!r}: a file store needs three slashes and an absolute path: file:///directory"
        )
    return FileBackend(root)


def _s3(parts: SplitResult, query: dict[str, str]) -> Backend:
    if not parts.netloc:
        raise BadStoreURL(f"{_shown(parts)!r}: which bucket? Use s3://bucket/prefix")
    endpoint = query.get("endpoint") or None
    if endpoint and urlsplit(endpoint).scheme not in ("http", "https"):
        raise BadStoreURL("the store's endpoint is an http:// or https:// address")
    if endpoint and "@" in endpoint:
        raise BadStoreURL(CREDENTIALS)
    try:
        patience = {"patience": float(query["patience"])} if "patience" in query else {}
    except ValueError:
        raise BadStoreURL("the store's patience is a number of seconds") from None
    from .s3 import S3Backend  # botocore takes long to import, and a file store has no use for it

    return S3Backend(parts.netloc, unquote(parts.path), endpoint=endpoint, region=query.get("region") or None,
                     path_style=_switch(query, "path_style"), **patience)  # fmt: skip


def _memory(parts: SplitResult, query: dict[str, str]) -> Backend:
    return MemoryBackend(parts.netloc)


SCHEMES: dict[str, tuple[Callable[[SplitResult, dict[str, str]], Backend], frozenset[str]]] = {
    "file": (_file, frozenset()),
    "s3": (_s3, frozenset({"endpoint", "region", "path_style", "patience"})),
    "memory": (_memory, frozenset()),
}  # a gateway that grants access per object is one more line here


def _switch(query: dict[str, str], name: str) -> bool | None:
    value = query.get(name)
    if value is None:
        return None
    if value.lower() not in ("1", "true", "yes", "on", "0", "false", "no", "off"):
        raise BadStoreURL(f"the store's option {name} is 1 or 0")
    return value.lower() in ("1", "true", "yes", "on")


def _shown(parts: SplitResult) -> str:
    """A URL without what might be secret in it."""
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def _key_from_environment() -> bytes | None:
    given = os.environ.get(ENV_KEY, "").strip()
    path = os.environ.get(ENV_KEY_FILE)
    return _long_enough(given.encode(), ENV_KEY) if given else read_key(path) if path else None


def read_key(path: str) -> bytes:
    """The key in a file. Raises StoreUnavailable."""
    try:
        return _long_enough(Path(path).read_bytes().strip(), path)
    except OSError as error:
        raise StoreUnavailable(f"cannot read the key file {path}: {error.strerror}") from None


def _long_enough(key: bytes, where: str) -> bytes:
    if len(key) < SHORTEST_KEY:
        raise StoreUnavailable(f"the key in {where} is shorter than {SHORTEST_KEY} bytes: put 32 random ones there")
    return key


def _own_key(path: Path) -> bytes:
    """The key of a file store: made once, readable by its owner only."""
    try:
        key = path.read_bytes()
    except FileNotFoundError:
        key = make_once(path, secrets.token_hex(32).encode())
    except OSError as error:
        raise StoreUnavailable(f"cannot read the store's key {path}: {error.strerror}") from None
    if len(key.strip()) < SHORTEST_KEY:
        raise StoreUnavailable(f"the store's key {path} is damaged: without it, its checkpoints can't be used")
    return key
