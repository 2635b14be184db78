"""Authentication and encryption: nothing from a store is believed, let alone unpickled, before its seal was checked.

A document is JSON with a ``mac`` over its canonical form. Keys are derived per session with HKDF-SHA256 (RFC 5869), so that
a checkpoint can't be passed off as another session's. Without a key the mac still finds damage, and a store that has a key
refuses it.
"""

from __future__ import annotations

import base64
import hmac
import json
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from ..system import urandom
from .errors import Corrupt, Forged, FormatTooNew

FORMAT = 1
READABLE = frozenset({1})  # formats that this version loads: the current one and the one before it
OPEN_KEY = b"sojourn: integrity only"
NONCE = 12  # bytes


def derive(key: bytes, session: str, purpose: str) -> bytes:
    """32 bytes for one purpose of one session."""
    info = f"sojourn/{purpose}/{session}".encode("utf-8", "surrogatepass")
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(key)


def user_key(root: bytes, user: str) -> bytes:
    """The key of one user, from the one that only the hub has, as the hub's spawner derives it (hex, as in SOJOURN_KEY)."""
    return hmac.digest(root, b"sojourn/user/" + user.encode(), "sha256").hex().encode()


class Sealer:
    """Seals and opens the documents of one session, and its chunks where the store is encrypted."""

    def __init__(self, session: str, key: bytes | None, encrypt: bool = False) -> None:
        self.session, self.auth = session, "hmac-sha256" if key else "none"
        self._mac_key = derive(key or OPEN_KEY, session, "mac")
        self._aead = AESGCM(derive(key, session, "aead")) if key and encrypt else None

    @property
    def encrypts(self) -> bool:
        return self._aead is not None

    def encrypt(self, data: bytes, purpose: str) -> bytes:
        """Nonce and ciphertext, bound to what it is for: a chunk's address, or the name of a kind of document."""
        nonce = urandom(NONCE)
        return nonce + self._require_aead().encrypt(nonce, data, purpose.encode())

    def decrypt(self, data: bytes | memoryview, purpose: str) -> bytes:
        """Raises Forged."""
        try:
            return self._require_aead().decrypt(bytes(data[:NONCE]), bytes(data[NONCE:]), purpose.encode())
        except (InvalidTag, ValueError):
            raise Forged("stored bytes can't be decrypted with this key: another key, or damaged") from None

    def seal(self, document: dict[str, Any]) -> bytes:
        sealed = {**document, "format": FORMAT, "session": self.session, "auth": self.auth, "encrypted": self.encrypts}
        return json.dumps({**sealed, "mac": self._mac(sealed)}, sort_keys=True).encode()

    def open(self, data: bytes) -> dict[str, Any]:
        """The document, once its seal is checked. Raises Corrupt, Forged or FormatTooNew."""
        try:
            document = json.loads(data)
            mac, version, session = document.pop("mac"), document["format"], document["session"]
            sound = type(version) is int and type(mac) is str and type(session) is str
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            sound = False
        if not sound:
            raise Corrupt("not a Sojourn document: truncated or damaged")
        if version > FORMAT:
            raise FormatTooNew(f"written in format {version}; this Sojourn reads up to {FORMAT}: upgrade it")
        if version not in READABLE:
            raise Corrupt(f"not a Sojourn document: there is no format {version}")
        if document.get("auth") != self.auth:
            raise Forged(self._wrong_auth(document.get("auth")))
        if not hmac.compare_digest(mac.encode("utf-8", "replace"), self._mac(document).encode()):
            raise Forged(f"the seal doesn't match: wrong key, another session's ({session[:80]!r}), or tampered with")
        if session != self.session:
            raise Forged(f"this is a checkpoint of session {session!r}, not of {self.session!r}")
        if document.get("encrypted") and not self.encrypts:
            raise Forged("the checkpoint is encrypted, and the store's URL says nothing of it: add ?encrypt=1")
        if self.encrypts and not document.get("encrypted"):
            raise Forged("the checkpoint is not encrypted, and the store's URL says that all are: refused")
        return document

    @staticmethod
    def claimed_session(data: bytes) -> str:
        """The session that a document claims to be of, not checked. Raises Corrupt."""
        try:
            return str(json.loads(data)["session"])
        except (ValueError, KeyError, TypeError, RecursionError):
            raise Corrupt("not a Sojourn document: truncated or damaged") from None

    def seal_kind(self, kind: str, public: dict[str, Any], private: dict[str, Any]) -> bytes:
        """A document of one kind; its private part is encrypted where the store is."""
        if not self.encrypts:
            return self.seal({"kind": kind, **public, **private})
        secret = self.encrypt(json.dumps(private).encode(), kind)
        return self.seal({"kind": kind, **public, "private": base64.b64encode(secret).decode()})

    def open_kind(self, kind: str, data: bytes) -> dict[str, Any]:
        """The inverse of ``seal_kind``. Raises Corrupt for another kind of document, and as ``open``."""
        document = self.open(data)
        if document.get("kind") != kind:
            raise Corrupt(f"not a {kind}, but a {str(document.get('kind'))[:40]!r}")
        if not self.encrypts:
            return document
        try:
            private = json.loads(self.decrypt(base64.b64decode(document.pop("private"), validate=True), kind))
            return {**document, **private}
        except (KeyError, TypeError, ValueError):
            raise Corrupt(f"the encrypted part of a {kind} is damaged") from None

    def _mac(self, document: dict[str, Any]) -> str:
        canonical = json.dumps(document, sort_keys=True, separators=(",", ":")).encode()
        return hmac.digest(self._mac_key, canonical, "sha256").hex()

    def _require_aead(self) -> AESGCM:
        if self._aead is None:
            raise Forged("the checkpoint is encrypted, and the store's URL says nothing of it: add ?encrypt=1")
        return self._aead

    def _wrong_auth(self, found: object) -> str:
        if self.auth == "none":
            return "the checkpoint is authenticated, and no key was given: set SOJOURN_KEY_FILE"
        if found == "none":
            return "the checkpoint is not authenticated, and this store has a key: refused"
        return f"the checkpoint claims an authentication that this Sojourn doesn't know ({str(found)[:40]!r}): refused"
