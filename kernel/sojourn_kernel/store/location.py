"""Store URLs: file:///directory, s3://bucket/prefix?endpoint=http://host:port&region=r, memory://name; all with ?encrypt=1."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from urllib.parse import parse_qs, quote, unquote, urlsplit

from .backend import Backend, FileBackend, MemoryBackend
from .errors import BadStoreURL, StoreUnavailable
from .seal import Sealer
from .sessions import SessionStore

OPTIONS = {"file": {"encrypt"}, "memory": {"encrypt"}, "s3": {"encrypt", "endpoint", "region"}}


class Store:
    """A backend, a key and the sessions in it."""

    def __init__(self, backend: Backend, key: bytes | None, encrypt: bool, url: str) -> None:
        self.backend, self.key, self.encrypt, self.url = backend, key, encrypt, url

    def session(self, session: str) -> SessionStore:
        sealer = Sealer(session, self.key, self.encrypt)
        return SessionStore(self.backend, f"sessions/{quote(session, safe='')}", session, sealer)

    def sessions(self) -> list[str]:
        """Ids of all sessions in the store."""
        keys = (key.split("/")[1] for key, _, _ in self.backend.walk("sessions/"))
        return sorted({unquote(key) for key in keys})

    def get_document(self, name: str) -> tuple[bytes, str] | None:
        """A small document and its tag, or None."""
        return self.backend.get_tagged(f"documents/{quote(name, safe='')}")

    def put_document(self, name: str, data: bytes, expect: str | None = None) -> str | None:
        """Write a document if its tag is ``expect`` (None: if there is none). The new tag, or None if another was first."""
        return self.backend.swap(f"documents/{quote(name, safe='')}", data, expect)


def open_store(url: str, key: bytes | None = None) -> Store:
    """The store that a URL names. Raises BadStoreURL or StoreUnavailable, with what to do about it."""
    parts = urlsplit(url)
    scheme = parts.scheme
    if scheme not in OPTIONS:
        raise BadStoreURL(f"{_shown(url)!r} is no store: use file:///directory or s3://bucket/prefix")
    if "@" in parts.netloc:
        raise BadStoreURL(
            "credentials don't belong in a store's URL: use the standard AWS variables or a mounted Secret"
        )
    query = {name: values[-1] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
    if unknown := query.keys() - OPTIONS[scheme]:
        raise BadStoreURL(
            f"a {scheme}:// store has no option {', '.join(sorted(unknown))}: it knows {', '.join(sorted(OPTIONS[scheme]))}"
        )
    encrypt = query.get("encrypt", "0") in ("1", "true", "yes")
    key = key or _key_from_environment()
    backend: Backend
    if scheme == "file":
        root = Path(unquote(parts.path))
        if parts.netloc not in ("", "localhost") or not root.is_absolute():
            raise BadStoreURL(
                f"{_shown(url)!r}: a file store needs three slashes and an absolute path: file:///directory"
            )
        backend = FileBackend(root)
        key = key or _own_key(root / "key")
    elif scheme == "s3":
        from .s3 import S3Backend  # boto3 takes long to import, and a file store has no use for it

        if not parts.netloc:
            raise BadStoreURL(f"{_shown(url)!r}: which bucket? Use s3://bucket/prefix")
        backend = S3Backend(
            parts.netloc, unquote(parts.path), endpoint=query.get("endpoint"), region=query.get("region")
        )
    else:
        backend = MemoryBackend(parts.netloc)
    if encrypt and key is None:
        raise BadStoreURL("encryption needs a key: put one into the file that SOJOURN_KEY_FILE names")
    return Store(backend, key, encrypt, url)


def _shown(url: str) -> str:
    return url if "@" not in url else url.split("://")[0] + "://…"


def _key_from_environment() -> bytes | None:
    path = os.environ.get("SOJOURN_KEY_FILE")
    if not path:
        return None
    try:
        key = Path(path).read_bytes().strip()
    except OSError as error:
        raise StoreUnavailable(f"cannot read the key file {path}: {error.strerror}") from None
    if len(key) < 16:
        raise StoreUnavailable(f"the key in {path} is shorter than 16 bytes: put at least 32 random ones there")
    return key


def _own_key(path: Path) -> bytes:
    """The key of a file store: made once, readable by its owner only."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        key = path.read_bytes()
        if len(key) < 32:  # another process is writing it at this moment, or died doing so
            raise StoreUnavailable(
                f"the store's key {path} is incomplete: remove it if no kernel is starting"
            ) from None
        return key
    except OSError as error:
        raise StoreUnavailable(f"cannot write the store's key {path}: {error.strerror}") from None
    with os.fdopen(descriptor, "wb") as file:
        file.write(key := secrets.token_hex(32).encode())
    return key
