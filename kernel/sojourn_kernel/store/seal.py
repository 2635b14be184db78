"""Authentication and encryption: nothing from a store is believed, let alone unpickled, before its seal was checked.

A manifest is JSON with a ``mac`` over its canonical form. Keys are derived per session with HKDF-SHA256 (RFC 5869), so that
a checkpoint can't be passed off as another session's. Without a key the mac still finds damage, and a store that has a key
refuses it.
"""

from __future__ import annotations

import hmac
import json
import os
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from .errors import Corrupt, Forged, FormatTooNew

FORMAT = 1
OPEN_KEY = b"sojourn: integrity only"


def derive(key: bytes, session: str, purpose: str) -> bytes:
    """32 bytes for one purpose of one session."""
    info = f"sojourn/{purpose}/{session}".encode()
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(key)


class Sealer:
    """Seals and opens the documents of one session."""

    def __init__(self, session: str, key: bytes | None, encrypt: bool = False) -> None:
        self.session, self.auth = session, "hmac-sha256" if key else "none"
        self._mac_key = derive(key or OPEN_KEY, session, "mac")
        self._aead = AESGCM(derive(key, session, "aead")) if key and encrypt else None
        self.address_key = derive(key, session, "address") if key and encrypt else None

    @property
    def encrypts(self) -> bool:
        return self._aead is not None

    def encrypt(self, data: bytes, digest: str) -> bytes:
        """Nonce and ciphertext, bound to the chunk's address."""
        nonce = os.urandom(12)
        return nonce + self._require_aead().encrypt(nonce, data, digest.encode())

    def decrypt(self, data: bytes, digest: str) -> bytes:
        try:
            return self._require_aead().decrypt(bytes(data[:12]), bytes(data[12:]), digest.encode())
        except (InvalidTag, ValueError):
            raise Forged(f"chunk {digest[:12]}… can't be decrypted with this key") from None

    def _require_aead(self) -> AESGCM:
        if self._aead is None:
            raise Forged("the checkpoint is encrypted, and this store's URL says nothing of it: add ?encrypt=1")
        return self._aead

    def _mac(self, document: dict[str, Any]) -> str:
        canonical = json.dumps(document, sort_keys=True, separators=(",", ":")).encode()
        return hmac.digest(self._mac_key, canonical, "sha256").hex()

    def seal(self, document: dict[str, Any]) -> bytes:
        sealed = {**document, "format": FORMAT, "session": self.session, "auth": self.auth, "encrypted": self.encrypts}
        return json.dumps({**sealed, "mac": self._mac(sealed)}, sort_keys=True).encode()

    def open(self, data: bytes) -> dict[str, Any]:
        """The document, once its seal is checked. Raises Corrupt, Forged or FormatTooNew."""
        try:
            document = json.loads(data)
            mac, version, session = document.pop("mac"), document["format"], document["session"]
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise Corrupt("not a Sojourn document: truncated or damaged") from None
        if not isinstance(version, int) or not isinstance(mac, str):
            raise Corrupt("not a Sojourn document: its version or seal is no such thing")
        if version > FORMAT:
            raise FormatTooNew(f"written in format {version}; this Sojourn reads up to {FORMAT}: upgrade it")
        if document.get("auth") != self.auth:
            raise Forged(
                "the checkpoint is not authenticated and this store has a key: refused"
                if self.auth != "none"
                else f"the checkpoint is authenticated and no key was given: set {'SOJOURN_KEY_FILE'}"
            )
        if not hmac.compare_digest(mac.encode(), self._mac(document).encode()):
            raise Forged(
                f"the seal doesn't match: wrong key, or tampered with (it claims session {str(session)[:80]!r})"
            )
        if session != self.session:
            raise Forged(f"this is a checkpoint of session {session!r}, not of {self.session!r}")
        return document
