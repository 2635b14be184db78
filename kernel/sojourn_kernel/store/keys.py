"""Keys of objects in a store. Ids come from users (names of notebooks and people), so they are quoted, never trusted."""

from __future__ import annotations

import re
from urllib.parse import quote, unquote

from blake3 import blake3

LONGEST = 160  # characters of a quoted id; file systems take 255
SHORT = 80  # characters of a longer one that stay readable before its digest
_SEGMENT = re.compile(r"[A-Za-z0-9_.~%=-]+")


def quoted(id: str) -> str:
    """An id as one segment of a key: readable where it is short, never a path, different for different ids."""
    name = quote(id, safe="", errors="surrogatepass")
    if not name:
        raise ValueError("an id must not be empty")
    if name.startswith("."):
        name = "%2E" + name[1:]
    return name if len(name) <= LONGEST else f"{name[:SHORT]}={blake3(name.encode()).hexdigest()[:32]}"


def unquoted(segment: str) -> str | None:
    """The id of a segment; None for one whose id was too long to stand in it."""
    return None if "=" in segment else unquote(segment, errors="surrogatepass")


def session(id: str) -> str:
    """Prefix of all that a session keeps."""
    return f"sessions/{quoted(id)}"


def document(name: str) -> str:
    return f"documents/{quoted(name)}"


def is_key(key: str) -> bool:
    """Whether a string is a key: segments of URL-safe characters, none of which is a step in a path."""
    return all(_SEGMENT.fullmatch(part) and part not in (".", "..") for part in key.split("/"))
