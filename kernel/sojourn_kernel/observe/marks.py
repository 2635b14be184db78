"""Marks by which the user says of a cell whether it may be run again: a comment, or a tag of the cell."""

from __future__ import annotations

import re
from typing import Any

REPLAY, NEVER = "replay", "never"
_COMMENT = re.compile(r"^\s*#\s*sojourn:\s*(replay|never)\b", re.MULTILINE)


def mark_of(source: str, metadata: Any = None) -> str:
    """``replay``, ``never`` or "". Never wins over replay."""
    marks = set(_COMMENT.findall(source))
    tags = metadata.get("tags") if isinstance(metadata, dict) else None
    tags = tags if isinstance(tags, (list, tuple)) else []
    marks |= {tag.split(":", 1)[1].strip() for tag in tags if isinstance(tag, str) and tag.startswith("sojourn:")}
    return NEVER if NEVER in marks else REPLAY if REPLAY in marks else ""
