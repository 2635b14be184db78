"""Addresses of content: BLAKE3, keyed where the store is encrypted so that an address reveals nothing."""

from __future__ import annotations

from typing import Any

from blake3 import blake3


def address(data: Any, key: bytes | None = None) -> str:
    """Hex digest of bytes."""
    return (blake3(data, key=key) if key else blake3(data)).hexdigest()
